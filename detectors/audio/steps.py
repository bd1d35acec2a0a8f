"""Moments at which the background of a recording changes at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.audio.bands import SILENT_DB, Bands, Floats, Side, side

EVERY = 4
"""A possible join is tried at every so many frames, then made more exact."""

LIKE_DB = 3.5
"""A frame this near to a floor, averaged over the bands, belongs to it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change between ``start`` and ``end`` (seconds) by ``size`` dB; ``change`` dB per band."""

    start: float
    end: float
    size: float
    change: Floats
    steady: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Course:
    """The change of the floor at each tried frame (NaN where it cannot be measured)."""

    frames: NDArray[np.int64]
    change: Floats


def follow(bands: Bands, *, window: float, spread: float, share: float) -> Course:
    """Compare the floor before and after each moment over ``window`` seconds on both sides."""
    width = max(8, round(window / bands.hop))
    frames = np.arange(width, len(bands.times) - width, EVERY)
    change = np.full(frames.size, np.nan)
    for index, frame in enumerate(frames):
        before = side(bands.power[frame - width : frame])
        after = side(bands.power[frame : frame + width])
        steady = _steady(before, after, spread=spread)
        if steady.mean() >= share:
            change[index] = np.abs(after.floor - before.floor)[steady].mean()
    return Course(frames=frames, change=change)


def find(
    bands: Bands, course: Course, *, window: float, spread: float, least: float, times_usual: float
) -> list[Step]:
    """The peaks of the course that stand out from the recording's own movement."""
    known = ~np.isnan(course.change)
    if not known.any():
        return []
    usual = float(np.median(course.change[known]))
    threshold = max(least, times_usual * usual)
    width = max(8, round(window / bands.hop))
    left = np.where(known, course.change, -1.0)
    steps: list[Step] = []
    while left.max() >= threshold:
        peak = int(np.argmax(left))
        step = _exact(bands, int(course.frames[peak]), width=width, spread=spread)
        if step.size >= least:
            steps.append(step)
        left[np.abs(course.frames - course.frames[peak]) <= width] = -1.0
    return sorted(steps, key=lambda step: step.start)


def _steady(before: Side, after: Side, *, spread: float) -> NDArray[np.bool_]:
    audible = np.maximum(before.floor, after.floor) > SILENT_DB + 6
    return (before.spread <= spread) & (after.spread <= spread) & audible


def _exact(bands: Bands, frame: int, *, width: int, spread: float) -> Step:
    """Narrow a change down to the time between the last old and the first new background."""
    low, high = max(0, frame - width), min(len(bands.times), frame + width)
    before, after = side(bands.power[low:frame]), side(bands.power[frame:high])
    steady = _steady(before, after, spread=spread)
    part = bands.power[low:high][:, steady]
    old = np.abs(part - before.floor[steady]).mean(axis=1)
    new = np.abs(part - after.floor[steady]).mean(axis=1)
    is_old = (old < new) & (old <= LIKE_DB)
    is_new = (new < old) & (new <= LIKE_DB)
    agreeing = np.cumsum(is_old) + np.cumsum(is_new[::-1])[::-1]
    cut = int(np.argmax(agreeing))
    olds, news = np.flatnonzero(is_old[: cut + 1]), np.flatnonzero(is_new[cut:])
    start = int(olds[-1]) if olds.size else frame - low
    end = int(news[0]) + cut if news.size else frame - low
    change = after.floor - before.floor
    size = float(np.abs(change[steady]).mean()) if steady.any() else 0.0
    first, last = sorted((start, end))
    return Step(
        start=float(bands.times[low + first]),
        end=float(bands.times[low + last]),
        size=size,
        change=change,
        steady=steady,
    )
