"""Computing what an asset is like: once, in the child, while it is analysed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.db import transaction

from foundation import fingerprint
from foundation.fingerprint.sound_codes import KEPT_EVERY, Codes
from foundation.media import Kind, Probe
from probity.audit.services import case_chain, event_append
from probity.core.errors import Refusal
from probity.evidence.models import Asset
from probity.evidence.services import AssetSealed, file_probe
from probity.evidence.uploads import ReceivedFile

from .models import Signal, SignalKind

LEAST_QUALITY = 50
"""A PDQ hash of lower quality says too little (the usual bound); such pictures never match."""
TURNS = 8
"""A picture is asked as it is, turned and mirrored."""
_PART = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to look for: pictures with their turns, film frames, sound by speed, exact hashes.

    ``film``: seconds and hash; ``turns``: the plain hash first, eight of the whole picture and
    perhaps eight of what lies within its border.
    """

    sha256: str = ""
    md5: bytes = b""
    turns: tuple[bytes, ...] = ()
    quality: int = 100
    film: tuple[tuple[float, bytes, int], ...] = ()
    sound: dict[float, Codes] = field(default_factory=dict)
    sound_kept: Codes | None = None


def asked_of(path: Path, *, probe: Probe, sha256: str) -> Asked:
    """Everything about a file, computed in the child. What cannot be read is left out; the very
    bytes can always be compared."""
    looks = _looks(path, probe)
    heard = _sound(path, probe)
    return Asked(
        sha256=sha256,
        md5=_md5(path),
        turns=tuple(each.hash for each in looks),
        quality=looks[0].quality if looks else 0,
        film=tuple((each.at, each.pdq.hash, each.pdq.quality) for each in _film(path, probe)),
        sound=heard.asked if heard else {},
        sound_kept=heard.kept if heard else None,
    )


def _looks(path: Path, probe: Probe) -> tuple[fingerprint.Pdq, ...]:
    if probe.kind != Kind.IMAGE:
        return ()
    try:
        found = fingerprint.of_image(path)
    except Refusal:
        return ()
    eights = [found[place : place + TURNS] for place in range(0, len(found), TURNS)]
    return tuple(each for eight in eights if eight[0].quality >= LEAST_QUALITY for each in eight)


def _film(path: Path, probe: Probe) -> tuple[fingerprint.Frame, ...]:
    if probe.kind != Kind.VIDEO and not probe.animated:
        return ()
    try:
        return fingerprint.of_film(path)
    except Refusal:
        return ()


def _sound(path: Path, probe: Probe) -> fingerprint.Sound | None:
    if probe.kind == Kind.IMAGE or not probe.sample_rate:
        return None
    try:
        return fingerprint.of_sound(path)
    except Refusal:
        return None


def _md5(path: Path) -> bytes:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.digest()


def rows_of(asked: Asked) -> list[Signal]:
    """What is kept: unsaved rows without an owner; of a film one frame a second."""
    rows = []
    if asked.sha256:
        rows.append(Signal(kind=SignalKind.SHA256, value=bytes.fromhex(asked.sha256)))
    if asked.md5:
        rows.append(Signal(kind=SignalKind.MD5, value=asked.md5))
    for place in range(0, len(asked.turns), TURNS):
        eight = asked.turns[place : place + TURNS]
        rows.append(
            Signal(
                kind=SignalKind.PDQ, value=eight[0], turns=b"".join(eight), quality=asked.quality
            )
        )
    for at, value, quality in _a_second(asked.film):
        rows.append(Signal(kind=SignalKind.VIDEO, value=value, quality=quality, at=at))
    if asked.sound_kept is not None and asked.sound_kept.size:
        rows.append(Signal(kind=SignalKind.SOUND, value=asked.sound_kept.astype("<u4").tobytes()))
    return rows


def _a_second(film: tuple[tuple[float, bytes, int], ...]) -> list[tuple[float, bytes, int]]:
    good = [frame for frame in film if frame[2] >= LEAST_QUALITY]
    by_second = {int(frame[0] + 0.02): frame for frame in reversed(good)}
    return [by_second[second] for second in sorted(by_second)]


def asked_stored(asset: Asset) -> Asked:
    """The same from what is stored, without opening the file; sound at its plain speed only."""
    rows = list(asset.signals.all())
    looks = [row for row in rows if row.kind == SignalKind.PDQ]
    turns = b"".join(bytes(row.turns) for row in looks)
    heard = next((row for row in rows if row.kind == SignalKind.SOUND), None)
    kept = np.frombuffer(bytes(heard.value), dtype="<u4").astype(np.uint32) if heard else None
    return Asked(
        sha256=asset.pk,
        md5=next((bytes(row.value) for row in rows if row.kind == SignalKind.MD5), b""),
        turns=tuple(turns[place : place + 32] for place in range(0, len(turns), 32)),
        quality=looks[0].quality or 0 if looks else 0,
        film=tuple(
            (row.at or 0.0, bytes(row.value), row.quality or 0)
            for row in rows
            if row.kind == SignalKind.VIDEO
        ),
        sound={1.0: np.repeat(kept, KEPT_EVERY)} if kept is not None else {},
        sound_kept=kept,
    )


def signals_known(asset: Asset) -> bool:
    """Whether what the asset is like was computed before."""
    return Signal.objects.filter(asset=asset, kind=SignalKind.MD5).exists()


def signal_of_bytes(asset: Asset) -> None:
    """Keep an asset's SHA-256 to be found by: all that is used of a sealed one."""
    if not Signal.objects.filter(asset=asset, kind=SignalKind.SHA256).exists():
        Signal.objects.create(asset=asset, kind=SignalKind.SHA256, value=bytes.fromhex(asset.pk))


@transaction.atomic
def signals_keep(*, asset: Asset, asked: Asked, case: object) -> list[Signal]:
    """Write an asset's signals, once: an asset that has them keeps them. Raises AssetSealed."""
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    if locked.sealed:
        raise AssetSealed
    if signals_known(asset):
        return list(asset.signals.all())
    Signal.objects.filter(asset=asset).delete()
    rows = rows_of(asked)
    for row in rows:
        row.asset = asset
    kept = Signal.objects.bulk_create(rows)
    event_append(
        chain=case_chain(case),
        name="signals.kept",
        actor="system",
        payload={"asset": asset.pk, "signals": len(kept)},
    )
    return kept


def asked_of_upload(received: ReceivedFile) -> Asked:
    """Everything about a received file that nobody keeps. Raises the media refusals."""
    return asked_of(received.path, probe=file_probe(received), sha256=received.sha256)
