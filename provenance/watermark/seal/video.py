"""Sealing a video frame by frame, and reading what is left of a seal. Child only.

Every frame carries the label of the work, its own number (``order``) and the pattern of its epoch
of 64 frames, so that a place copied from another moment of the same video does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from provenance.watermark.errors import WatermarkRefused
from provenance.watermark.seal import film, identifier, image, label, order, pattern
from provenance.watermark.seal.identifier import Floats
from provenance.watermark.seal.label import Label
from provenance.watermark.seal.pattern import Lattice

EPOCH = 64
_STEP = 14.0
_PATTERN_ROUNDS = 3
# all frames carry the same label, so that each needs little of it
_SPENDING = image.Spending(cost=1.3, least=0.6, most=2.0)
_UNEVEN = 0.1
_TICK = 1e-5
_MEASURED = 25


@dataclass(frozen=True)
class Pace:
    """What a first look at a video says: frames, their usual distance in seconds (None when
    uneven), width and height as shown."""

    frames: int
    interval: float | None
    width: int
    height: int


def pace(path: Path) -> Pace:
    """Count the frames by decoding them. Raises WatermarkRefused when there are none."""
    times: list[float] = []
    width = height = 0
    for frame in film.frames(path):
        times.append(frame.at)
        height, width = frame.planes[0].shape
    if not times:
        raise WatermarkRefused("The video has no frame that can be decoded, so none can be sealed.")
    steps = np.diff(times)
    usual = float(np.median(steps)) if steps.size else 0.0
    even = steps.size > 0 and usual > 0 and float(np.max(np.abs(steps - usual))) < _UNEVEN * usual
    ticks = usual / _TICK
    interval = float(np.mean(steps)) if even and ticks < label.MOST_INTERVAL else None
    return Pace(frames=len(times), interval=interval, width=width, height=height)


def said_of(found: Pace, *, work: bytes) -> Label:
    """The label of a video. Raises WatermarkRefused for one that is too small or too long."""
    if min(found.width, found.height) < image.LEAST_SIDE:
        raise WatermarkRefused(too_small(width=found.width, height=found.height))
    if found.frames > order.MOST:
        raise WatermarkRefused(
            f"The video has {found.frames:,} frames; at most {order.MOST:,} can be sealed. "
            "Seal it in parts."
        )
    # what is written has even sides
    rows, columns = image.grid(width=found.width // 2 * 2, height=found.height // 2 * 2)
    interval = round(found.interval / _TICK) if found.interval else 0
    return Label(work=work, rows=rows, columns=columns, interval=interval, frames=found.frames)


def too_small(*, width: int, height: int) -> str:
    """Why a small video cannot be sealed or judged."""
    return (
        f"The video has {width} x {height} pixels; the seal needs {image.LEAST_SIDE} on each "
        "side. Use a larger copy."
    )


def interval_of(said: Label) -> float | None:
    """Seconds between two frames, None for an uneven video."""
    return said.interval * _TICK or None


def lattice(said: Label, *, epoch: int, key: bytes) -> Lattice:
    """The pattern of the frames of one epoch."""
    name = f"video {said.work.hex()} {epoch}"
    return pattern.lattice(key, name, rows=said.rows, columns=said.columns, step=_STEP)


@dataclass(frozen=True)
class Sealed:
    """``psnr``: of the brightness, decibels, mean over some frames, before coding."""

    frames: int
    psnr: float
    container: str


def seal(source: Path, target: Path, *, work: bytes, key: bytes) -> Sealed:
    """Write the sealed video to ``target``; one frame at a time is in memory.

    Raises WatermarkRefused, UnreadableMedia, DecodesTooLarge.
    """
    found = pace(source)
    said = said_of(found, work=work)
    rate = Fraction(1 / found.interval if found.interval else 25.0).limit_denominator(1001)
    writer = film.Writer(target, source=source, rate=rate)
    errors: list[float] = []
    held: Lattice | None = None
    try:
        for number, frame in enumerate(film.frames(source)):
            if number % EPOCH == 0 or held is None:
                held = lattice(said, epoch=number // EPOCH, key=key)
            frame = frame.even()
            plane = frame.brightness()
            added = _change(plane, said=said, number=number, lattice=held, key=key)
            if number % _MEASURED == 0:
                errors.append(float(np.mean(np.square(added))))
            writer.write(frame.changed(added), key=number % EPOCH == 0)
    finally:
        writer.close()
    psnr = float(10 * np.log10(255**2 / max(1e-6, float(np.mean(errors)))))
    return Sealed(frames=found.frames, psnr=psnr, container=writer.form)


def _change(plane: Floats, *, said: Label, number: int, lattice: Lattice, key: bytes) -> Floats:
    """What is added to the brightness of one frame."""
    height, width = plane.shape
    room = image.headroom(plane)
    small = identifier.resized(plane + room, width=identifier.SIDE, height=identifier.SIDE)
    marked = small + image.label_change(small, said=said, key=key, spending=_SPENDING)
    marked = marked + order.change(marked, index=number, key=key)
    added = room + identifier.resized(marked - small, width=width, height=height)
    rows, columns = said.rows, said.columns
    values = pattern.held(plane + added, rows=rows, columns=columns).values
    goal = lattice.nearest(values)
    for _ in range(_PATTERN_ROUNDS):
        added = added + pattern.change(goal - values, width=width, height=height)
        values = pattern.held(np.clip(plane + added, 0, 255), rows=rows, columns=columns).values
    return added
