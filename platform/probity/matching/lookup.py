"""Asking the index: who is near a hash, a picture, a film, a recording; checked in the table."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from foundation.fingerprint.segments import Hit, Segment, common
from foundation.fingerprint.sound_codes import Codes, Heard
from probity.core.clock import now
from probity.core.errors import InvalidInput

from .index import default_radius, follower
from .models import (
    EXACT,
    LENGTHS,
    Bank,
    BankEntry,
    BankKind,
    Signal,
    SignalKind,
)
from .signals import LEAST_QUALITY, TURNS, Asked

Owner = tuple[str, str]
"""``("asset", sha256)`` or ``("entry", id)``."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """Something known that is like what was asked: by which signal, how near, and where."""

    signal: SignalKind
    distance: int
    asset: str | None = None
    entry: BankEntry | None = None
    turn: int = 0
    at: float | None = None
    known_at: float | None = None
    seconds: float | None = None
    speed: float | None = None

    @property
    def owner(self) -> Owner:
        """What it is that is near."""
        return (
            ("asset", self.asset) if self.asset else ("entry", str(getattr(self.entry, "pk", "")))
        )


def radius_check(radius: int | None) -> int:
    """The radius to use, 0 to 64 bits; raises InvalidInput."""
    chosen = default_radius() if radius is None else radius
    if not 0 <= chosen <= 64:
        raise InvalidInput.of({"radius": "The radius is a number of bits from 0 to 64."})
    return chosen


def value_read(kind: str, text: str) -> tuple[SignalKind, bytes]:
    """A hash in hexadecimal; raises InvalidInput for an unknown kind or a wrong length."""
    if kind not in LENGTHS:
        names = ", ".join(LENGTHS)
        raise InvalidInput.of({"kind": f"Hashes of the kinds {names} can be given; not “{kind}”."})
    wanted = SignalKind(kind)
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b""
    if len(value) != LENGTHS[wanted]:
        digits = 2 * LENGTHS[wanted]
        raise InvalidInput.of({"value": f"A {kind} hash has {digits} hexadecimal digits."})
    return wanted, value


def signals_find(
    *, kind: SignalKind, value: bytes, radius: int | None = None, asked: str = ""
) -> list[Near]:
    """Who has this hash, or one near it, nearest first. ``asked`` is the SHA-256 of the content
    that asks, by which a bank that is let in slowly decides."""
    if kind in EXACT:
        return _in_use(_exact(kind, value), asked)
    return pictures_find([value], radius=radius, asked=asked)


def pictures_find(
    turns: Sequence[bytes], *, radius: int | None = None, asked: str = ""
) -> list[Near]:
    """What looks like a picture in any of its turns; nothing where the negative banks say that it
    means nothing."""
    within = radius_check(radius)
    best: dict[int, tuple[int, int]] = {}
    for turn, code in enumerate(turns):
        for number, bits in follower().near(code, radius=within).items():
            if number not in best or bits < best[number][0]:
                best[number] = (bits, turn)
    rows = _owned(best)
    if any(row.entry and row.entry.bank.kind == BankKind.NEGATIVE for row in rows):
        return []
    found = [
        Near(
            signal=SignalKind(row.kind), distance=best[row.pk][0], turn=best[row.pk][1] % TURNS,
            asset=row.asset_id, entry=row.entry, known_at=row.at,
        )
        for row in rows
    ]  # fmt: skip
    return _in_use(found, asked)


def films_find(
    film: Sequence[tuple[float, bytes, int]], *, radius: int | None = None, asked: str = ""
) -> list[Near]:
    """Where a film, or a part of it, lies in known ones, and known pictures among its frames."""
    within = radius_check(radius)
    frames = [frame for frame in film if frame[2] >= LEAST_QUALITY]
    near = [(at, follower().near(code, radius=within)) for at, code, _ in frames]
    rows = {row.pk: row for row in _owned({number for _, found in near for number in found})}
    hits: dict[Owner, list[Hit]] = defaultdict(list)
    stills: dict[Owner, Near] = {}
    meaning = 0
    for at, found in near:
        here = [(rows[number], bits) for number, bits in found.items() if number in rows]
        if any(row.entry and row.entry.bank.kind == BankKind.NEGATIVE for row, _ in here):
            continue
        meaning += 1
        for row, bits in here:
            like = _near_of(row, bits, at)
            if row.kind == SignalKind.VIDEO:
                hits[like.owner].append(Hit(at=at, known_at=row.at or 0.0, distance=bits))
            elif like.owner not in stills or bits < stills[like.owner].distance:
                stills[like.owner] = like
    by_owner = {_near_of(row, 0, 0).owner: row for row in rows.values()}
    parts = [
        _film_near(by_owner[owner], segment)
        for owner, each in hits.items()
        if (segment := common(each, frames=meaning))
    ]
    return _in_use([*parts, *stills.values()], asked)


def sounds_find(sound: dict[float, Codes], *, asked: str = "") -> list[Near]:
    """Where a recording, or three seconds of it, lies in known ones."""
    if not any(codes.size for codes in sound.values()):
        return []
    heard = {found.name: found for found in follower().sounds().find(sound)}
    return _in_use([_sound_near(row, heard[row.pk]) for row in _owned(heard)], asked)


def content_find(asked: Asked, *, radius: int | None = None) -> list[Near]:
    """Everything known that a file is like, the surest first; for each known thing and signal the
    nearest."""
    found: list[Near] = []
    if asked.sha256:
        found += _in_use(_exact(SignalKind.SHA256, bytes.fromhex(asked.sha256)), asked.sha256)
    if asked.md5:
        found += _in_use(_exact(SignalKind.MD5, asked.md5), asked.sha256)
    if asked.turns and asked.quality >= LEAST_QUALITY:
        found += pictures_find(asked.turns, radius=radius, asked=asked.sha256)
    if asked.film:
        found += films_find(asked.film, radius=radius, asked=asked.sha256)
    if asked.sound:
        found += sounds_find(asked.sound, asked=asked.sha256)
    others = [near for near in found if near.asset != asked.sha256]
    best: dict[tuple[Owner, SignalKind], Near] = {}
    for near in sorted(others, key=_surest):
        best.setdefault((near.owner, near.signal), near)
    return sorted(best.values(), key=_surest)


def _surest(near: Near) -> tuple[bool, int]:
    per_mille = near.distance if near.signal == SignalKind.SOUND else near.distance * 1000 // 256
    return near.signal not in EXACT, per_mille


def _exact(kind: SignalKind, value: bytes) -> list[Near]:
    rows = Signal.objects.filter(kind=kind, value=value).select_related("entry__bank")
    return [Near(signal=kind, distance=0, asset=row.asset_id, entry=row.entry) for row in rows]


def _owned(numbers: Collection[int]) -> list[Signal]:
    """The rows behind hits, as they stand in the table: what has gone is gone."""
    rows = Signal.objects.filter(pk__in=list(numbers)).select_related("entry__bank")
    return [row for row in rows.defer("turns") if row.entry is None or entry_used(row.entry)]


def entry_used(entry: BankEntry) -> bool:
    """Whether an entry counts now: not removed, parked or expired, and its bank open."""
    moment = now()
    bank = entry.bank
    over = [at for at in (entry.expires_at, bank.expires_at) if at is not None and at <= moment]
    return not (over or entry.removed_at or entry.parked_at or bank.closed_at)


def _in_use(found: Iterable[Near], asked: str) -> list[Near]:
    """Without what negative banks hold, and banks that do not answer to this content."""
    kept = []
    for near in found:
        if near.entry is not None:
            bank = near.entry.bank
            if not entry_used(near.entry) or bank.kind == BankKind.NEGATIVE:
                continue
            if not in_share(bank, asked):
                continue
        kept.append(near)
    return sorted(kept, key=_surest)


def in_share(bank: Bank, asked: str) -> bool:
    """Whether the bank answers to this content: the same content always gets the same answer."""
    if bank.share >= 100:
        return True
    digest = hashlib.sha256(f"{bank.pk}:{asked}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < bank.share


def _near_of(row: Signal, bits: int, at: float) -> Near:
    return Near(
        signal=SignalKind(row.kind), distance=bits, asset=row.asset_id, entry=row.entry, at=at,
        known_at=row.at,
    )  # fmt: skip


def _film_near(row: Signal, segment: Segment) -> Near:
    return Near(
        signal=SignalKind.VIDEO, distance=segment.distance, asset=row.asset_id, entry=row.entry,
        at=segment.at, known_at=segment.known_at, seconds=segment.seconds,
    )  # fmt: skip


def _sound_near(row: Signal, heard: Heard) -> Near:
    return Near(
        signal=SignalKind.SOUND, distance=heard.wrong, asset=row.asset_id, entry=row.entry,
        at=heard.at, known_at=heard.known_at, seconds=heard.seconds, speed=heard.speed,
    )  # fmt: skip
