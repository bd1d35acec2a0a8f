"""The picture of a recording's background: loudness, floor and marks over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from detectors.api import Picture, Track
from detectors.audio.bands import FLOOR_PERCENTILE, Bands, Floats
from detectors.captions import joined, marks
from detectors.curves import curve
from detectors.draw import LINE, QUIET, RULE, Sheet, TimeAxis, mark_tracks

HEIGHT = 450
TOP, BOTTOM = 72, 386
LOUDNESS = (190, 208, 220)
POINTS = 360


def background_chart(
    bands: Bands, *, tracks: Sequence[Track], start: float, seconds: float, caption: str
) -> Picture:
    """Loudness as a pale area, the floor as a line that is broken at each mark.

    ``start`` is the file's time at which the sound begins; the axis counts from the file's start.
    """
    bands = replace(bands, times=bands.times + start)
    sheet = Sheet(height=HEIGHT)
    axis = TimeAxis(seconds=start + seconds)
    lowest, highest = _range(bands.level)
    axis.draw(sheet, top=TOP, bottom=BOTTOM)
    _levels(sheet, axis=axis, lowest=lowest, highest=highest)
    _area(sheet, bands, axis=axis, lowest=lowest, highest=highest)
    for start, end in _pieces(bands, tracks):
        _floor_line(sheet, bands, start, end, axis=axis, lowest=lowest, highest=highest)
    mark_tracks(sheet, axis=axis, tracks=tracks, top=TOP, bottom=BOTTOM)
    shown = curve(
        label="loudness (dB)", times=bands.times, values=bands.level, low=lowest, high=highest
    )
    meaning = "Pale: the loudness. Line: the background, the quietest moments of each 1.5 s."
    said = joined(caption, meaning, marks(tracks))
    return sheet.picture(name="background-sound", caption=said, curves=[shown])


def _range(level: Floats) -> tuple[float, float]:
    low, high = float(np.percentile(level, 1)), float(level.max())
    return 10 * np.floor(low / 10 - 0.2), 10 * np.ceil(high / 10 + 0.1)


def _y(value: float, *, lowest: float, highest: float) -> float:
    share = (value - lowest) / max(highest - lowest, 1e-6)
    return BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0)


def _levels(sheet: Sheet, *, axis: TimeAxis, lowest: float, highest: float) -> None:
    step = 10 if highest - lowest <= 60 else 20
    for value in np.arange(lowest, highest + 1, step):
        y = _y(float(value), lowest=lowest, highest=highest)
        sheet.draw.line((axis.left, y, axis.right, y), fill=RULE)
        sheet.text(axis.left - 10, y, f"{value:.0f} dB", size=17, colour=QUIET, anchor="rm")


def _area(sheet: Sheet, bands: Bands, *, axis: TimeAxis, lowest: float, highest: float) -> None:
    """Highest level of each pixel column: no smoothing."""
    columns = [int(axis.x(float(time))) for time in bands.times]
    loudest: dict[int, float] = {}
    for column, level in zip(columns, bands.level, strict=True):
        loudest[column] = max(loudest.get(column, -1e9), float(level))
    wide = max(1, round((axis.right - axis.left) / max(1, len(loudest))))
    for column, level in loudest.items():
        y = _y(level, lowest=lowest, highest=highest)
        if y < BOTTOM:
            sheet.draw.rectangle((column - wide / 2, y, column + wide / 2, BOTTOM), fill=LOUDNESS)


def _pieces(bands: Bands, tracks: Sequence[Track]) -> list[tuple[int, int]]:
    """Frame ranges between the marks, so that the line does not smear a sudden change."""
    cuts = [0]
    for track in tracks:
        cuts += [
            int(np.searchsorted(bands.times, track.start)),
            int(np.searchsorted(bands.times, track.end)),
        ]
    cuts.append(len(bands.times))
    return [(a, b) for a, b in pairwise(cuts) if b - a >= 4]


def _floor_line(
    sheet: Sheet,
    bands: Bands,
    start: int,
    end: int,
    *,
    axis: TimeAxis,
    lowest: float,
    highest: float,
) -> None:
    half = max(2, round(0.75 / bands.hop))
    count = max(2, round(POINTS * (end - start) / len(bands.times)))
    points = []
    for frame in np.linspace(start, end - 1, count).round().astype(int):
        near = bands.level[max(start, frame - half) : min(end, frame + half + 1)]
        floor = float(np.percentile(near, FLOOR_PERCENTILE))
        points.append(
            (axis.x(float(bands.times[frame])), _y(floor, lowest=lowest, highest=highest))
        )
    sheet.draw.line(points, fill=LINE, width=4, joint="curve")
