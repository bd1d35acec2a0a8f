"""The parent's side: fingerprints are computed where files are decoded, in the child."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foundation import child
from foundation.fingerprint.bits import Pdq

if TYPE_CHECKING:
    from foundation.fingerprint.sound_codes import Codes

LIMITS = child.Limits(cpu_seconds=60, wall_seconds=120)
LONG = child.Limits(cpu_seconds=900, wall_seconds=1800)
FILM_RATE: Final = 2.0
"""Frames a second that a film is asked with; one a second is kept."""
MOST_AT_SPEEDS: Final = 600.0
"""Seconds of a recording that are tried at other speeds."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a film: seconds from its start and its hash."""

    at: float
    pdq: Pdq


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A recording: the codes to keep, and those to ask with, by speed."""

    kept: Codes
    asked: dict[float, Codes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two JPEG pictures of one size, the copy turned and fitted to the known one; ``fitted`` tells
    whether more than a turn and a stretch could be found."""

    copy: bytes
    known: bytes
    width: int
    height: int
    fitted: bool


def of_image(path: Path) -> tuple[Pdq, ...]:
    """The PDQ of a picture as its pixels lie in the file, followed by its seven turns and mirrors
    (see ``pdq.pdq_variants``); where a plain border surrounds it, eight more of what lies within.
    Keep the first of each eight, look up with all.

    Raises UnreadableMedia and the other refusals of ``foundation.media``, and the child's.
    """
    found = _call("of_image", path, limits=LIMITS)
    return tuple(Pdq.from_dict(each) for each in found)


def of_film(path: Path) -> tuple[Frame, ...]:
    """The PDQ of ``FILM_RATE`` frames a second of a video or animation, in order, turned upright.

    Raises what ``of_image`` raises.
    """
    found = _call("of_film", path, limits=LONG, rate=FILM_RATE)
    return tuple(Frame(at=float(each["at"]), pdq=Pdq.from_dict(each)) for each in found)


def kept(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """One frame of each second: what is stored of a film."""
    by_second = {int(frame.at + 0.02): frame for frame in reversed(frames)}
    return tuple(by_second[second] for second in sorted(by_second))


def of_sound(path: Path) -> Sound:
    """The codes of a file's sound; no codes where it has none. Raises what ``of_image`` raises."""
    found = _call("of_sound", path, limits=LONG, most_seconds=MOST_AT_SPEEDS)
    asked = {float(speed): _codes(data) for speed, data in found["asked"]}
    return Sound(kept=_codes(found["kept"]), asked=asked)


def aligned(
    path: Path, other: Path, *, turn: int, at: float | None = None, other_at: float | None = None
) -> Pair:
    """A copy laid over what it is a copy of, ``turn`` as in ``pdq.pdq_variants``; ``at`` and
    ``other_at`` are seconds where a file is a film. Raises what ``of_image`` raises."""
    found = _call(
        "aligned", path, limits=LIMITS, other=os.fsencode(other.absolute()), turn=turn, at=at,
        other_at=other_at,
    )  # fmt: skip
    return Pair(**found)


def _codes(data: bytes) -> Codes:
    import numpy as np  # whoever asks for pictures alone needs none

    return np.frombuffer(data, dtype="<u4").astype(np.uint32)


def _call(name: str, path: Path, *, limits: child.Limits, **more: Any) -> Any:
    payload = {"path": os.fsencode(path.absolute()), **more}
    return child.call(f"foundation.fingerprint.inside:{name}", payload, limits=limits)
