"""Moments at which the upper bands of a recording fall silent, or come alive, for good.

A recording made at a low sample rate, or sent over a telephone, has nothing above a certain
frequency, however loud the voice. What counts is therefore the ceiling of a band (its loudest
moments), compared only where both sides are loud enough to have filled it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detectors.audio.bands import BANDS, Bands, Floats

CEILING_PERCENTILE = 95.0
EVERY = 4
TOP_COUNTS = (2, 3, 4, 5, 6, 8)
"""How many of the uppermost bands in use may be the ones that change."""

LOW_BANDS = BANDS // 2
EMPTY_DB = -95.0
"""A band whose loudest moments stay below this carries nothing but rounding noise."""

LOUDNESS_RANGE_DB = 25.0
"""Both sides must come this near to the loudest moments of the recording in the lower bands."""

ACTIVE_DB = 15.0
"""A frame this far above the empty side's ceiling belongs to the wide side."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A change of bandwidth between ``start`` and ``end`` (seconds).

    ``size`` dB in the bands above ``above_hz``; ``narrows`` when they fall silent.
    """

    start: float
    end: float
    size: float
    above_hz: float
    narrows: bool


def find_cuts(bands: Bands, *, window: float, least: float) -> list[Cut]:
    """Every change of at least ``least`` dB, with ``window`` seconds looked at on both sides."""
    bands = _in_use(bands)
    width = max(8, round(window / bands.hop))
    if bands.power.shape[1] < LOW_BANDS + TOP_COUNTS[0]:
        return []
    overall = float(_ceilings(bands.power[:, :LOW_BANDS]).max())
    frames = np.arange(width, len(bands.times) - width, EVERY)
    changes = [_change(bands, int(frame), width=width, loudest=overall) for frame in frames]
    left = np.array([size for size, _ in changes])
    cuts: list[Cut] = []
    while left.size and left.max() >= least:
        peak = int(np.argmax(left))
        size, count = changes[peak]
        cuts.append(_exact(bands, int(frames[peak]), width=width, count=count, size=size))
        left[np.abs(frames - frames[peak]) <= width] = -1.0
    return sorted(cuts, key=lambda cut: cut.start)


def _in_use(bands: Bands) -> Bands:
    """Without the bands at the top that hold nothing anywhere in the recording."""
    filled = np.flatnonzero(_ceilings(bands.power) > EMPTY_DB)
    count = int(filled[-1]) + 1 if filled.size else 0
    return replace(bands, power=bands.power[:, :count], edges=bands.edges[: count + 1])


def _change(bands: Bands, frame: int, *, width: int, loudest: float) -> tuple[float, int]:
    """Decibels by which the top bands change more than the low ones, and how many bands."""
    before = _ceiling(bands.power[frame - width : frame])
    after = _ceiling(bands.power[frame : frame + width])
    low = slice(0, LOW_BANDS)
    if min(before[low].max(), after[low].max()) < loudest - LOUDNESS_RANGE_DB:
        return 0.0, 0
    change = after - before
    overall = abs(float(change[low].mean()))
    found = [
        (float(np.abs(change[-count:]).mean()) - overall, count)
        for count in TOP_COUNTS
        if count <= change.size - LOW_BANDS
        and abs(int(np.sign(change[-count:]).sum())) == count
        and min(before[-count:].max(), after[-count:].max()) < EMPTY_DB
    ]
    return max(found, default=(0.0, 0))


def _ceiling(power: Floats) -> Floats:
    return np.asarray(np.percentile(power, CEILING_PERCENTILE, axis=0))


def _ceilings(power: Floats) -> Floats:
    """Of a whole recording, band by band: the percentile takes copies of what it is given."""
    return np.array([_ceiling(band) for band in power.T])


def _exact(bands: Bands, frame: int, *, width: int, count: int, size: float) -> Cut:
    """Between the last frame that fills the top bands and the next loud one that does not."""
    low, high = frame - width, frame + width
    part = bands.power[low:high]
    narrows = bool(_ceiling(part[:width])[-count:].mean() > _ceiling(part[width:])[-count:].mean())
    if not narrows:
        part = part[::-1]
    top = part[:, -count:].mean(axis=1)
    voice = part[:, :LOW_BANDS].max(axis=1)
    active = np.flatnonzero(top > _ceiling(part[width:])[-count:].mean() + ACTIVE_DB)
    last = int(active[-1]) if active.size else width
    loud = np.flatnonzero(voice[last + 1 :] > np.percentile(voice, 75))
    following = min(last + 1 + (int(loud[0]) if loud.size else 0), len(part) - 1)
    places = (last, following) if narrows else (len(part) - 1 - following, len(part) - 1 - last)
    return Cut(
        start=float(bands.times[low + places[0]]),
        end=float(bands.times[low + places[1]]),
        size=size,
        above_hz=float(bands.edges[-1 - count]),
        narrows=narrows,
    )
