"""A bank's new entry held against everything that was here before it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from foundation.fingerprint.segments import Hit, common
from foundation.fingerprint.sound_codes import KEPT_EVERY

from .held import codes_of
from .index import default_radius, follower
from .lookup import Near, entry_used, in_share
from .models import EXACT, BankEntry, BankKind, Signal, SignalKind

_INVERSE = {1: 3, 3: 1}
"""The turn back: a quarter one way is undone by one the other way; every mirror undoes itself."""


def assets_near(entry: BankEntry) -> dict[str, list[Near]]:
    """Assets that are like an entry, and how: SHA-256 to what was found, as if the asset had asked.

    Empty for negative banks and entries that are not in use. Sound is compared at its plain speed
    only, since of an entry no more than its kept codes is known.
    """
    if entry.bank.kind == BankKind.NEGATIVE or not entry_used(entry):
        return {}
    signals = list(entry.signals.all())
    found: dict[str, list[Near]] = defaultdict(list)
    for near in (*_exact(signals), *_pictures(signals), *_films(signals), *_sounds(signals)):
        if near.asset and in_share(entry.bank, near.asset):
            found[near.asset].append(replace(near, asset=None, entry=entry))
    return dict(found)


def _exact(signals: list[Signal]) -> list[Near]:
    found = []
    for own in signals:
        if own.kind in EXACT:
            rows = Signal.objects.filter(kind=own.kind, value=own.value, entry=None)
            found += [
                Near(signal=SignalKind(own.kind), distance=0, asset=row.asset_id) for row in rows
            ]
    return found


def _pictures(signals: list[Signal]) -> list[Near]:
    best: dict[tuple[str, str], Near] = {}
    for own in signals:
        if own.kind != SignalKind.PDQ:
            continue
        turns = bytes(own.turns) or bytes(own.value)
        for place in range(len(turns) // 32):
            code = turns[place * 32 : place * 32 + 32]
            for row, bits in _hits(code):
                key = (str(row.asset_id), row.kind)
                if key not in best or bits < best[key].distance:
                    best[key] = Near(
                        signal=SignalKind(row.kind), distance=bits, asset=row.asset_id,
                        turn=_INVERSE.get(place, place), at=row.at,
                    )  # fmt: skip
    return list(best.values())


def _films(signals: list[Signal]) -> list[Near]:
    frames = [own for own in signals if own.kind == SignalKind.VIDEO]
    hits: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for own in frames:
        for row, bits in _hits(bytes(own.value)):
            at = row.at or 0.0
            hit = Hit(at=at, known_at=own.at or 0.0, distance=bits)
            hits[str(row.asset_id), row.kind].append(hit)
    found = []
    for (asset, kind), each in hits.items():
        if kind == SignalKind.PDQ or len(frames) == 1:
            nearest = min(each, key=lambda hit: hit.distance)
            found.append(
                Near(
                    signal=SignalKind(kind), distance=nearest.distance, asset=asset,
                    known_at=nearest.known_at, at=None if kind == SignalKind.PDQ else nearest.at,
                )
            )  # fmt: skip
        elif segment := common(each, frames=len(frames)):
            found.append(
                Near(
                    signal=SignalKind.VIDEO, distance=segment.distance, asset=asset, at=segment.at,
                    known_at=segment.known_at, seconds=segment.seconds,
                )
            )  # fmt: skip
    return found


def _sounds(signals: list[Signal]) -> list[Near]:
    found = []
    for own in signals:
        if own.kind != SignalKind.SOUND:
            continue
        asked = {1.0: np.repeat(codes_of(bytes(own.value)), KEPT_EVERY)}
        heard = {each.name: each for each in follower().sounds().find(asked)}
        for row in Signal.objects.filter(pk__in=list(heard), entry=None).defer("value"):
            each = heard[row.pk]
            found.append(
                Near(
                    signal=SignalKind.SOUND, distance=each.wrong, asset=row.asset_id,
                    at=each.known_at, known_at=each.at, seconds=each.seconds, speed=each.speed,
                )
            )  # fmt: skip
    return found


def _hits(code: bytes) -> list[tuple[Signal, int]]:
    near = follower().near(code, radius=default_radius())
    rows = Signal.objects.filter(pk__in=list(near), entry=None).defer("value", "turns")
    return [(row, near[row.pk]) for row in rows]
