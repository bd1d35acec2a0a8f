"""The picture of measured curves: lanes under one another over one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.api import Picture, Track
from detectors.captions import curves, joined, letter, marks
from detectors.curves import curve
from detectors.draw import LINE, MARGIN, QUIET, RULE, Sheet, TimeAxis, mark_tracks

TOP = 72
TALL = 150
GAP = 22
HOLE = 3.0
"""A curve is broken where neighbours are further apart than so many usual steps."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One curve: ``times`` (N,) seconds, ``values`` (N,), NaN where nothing was measured.

    ``low`` and ``high`` are the ends of the scale; ``level`` draws a dashed line with its meaning.
    """

    label: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    low: float
    high: float
    level: float | None = None
    level_label: str = ""
    ticks: tuple[float, ...] = field(default=())


def chart(
    lanes: Sequence[Lane],
    *,
    end: float,
    tracks: Sequence[Track] = (),
    note: str,
    name: str,
    caption: str,
) -> Picture:
    """All lanes from the file's start to ``end`` (s); tracks are shaded and numbered."""
    bottom = TOP + len(lanes) * TALL + (len(lanes) - 1) * GAP
    sheet = Sheet(height=bottom + MARGIN + 24)
    axis = TimeAxis(seconds=end)
    axis.draw(sheet, top=TOP, bottom=bottom)
    for number, lane in enumerate(lanes):
        top = TOP + number * (TALL + GAP)
        _draw(sheet, lane, axis=axis, top=top)
        if len(lanes) > 1:
            sheet.text(axis.left + 6, top - 18, letter(number), size=16, colour=QUIET)
    mark_tracks(sheet, axis=axis, tracks=tracks, top=TOP, bottom=bottom)
    drawn = [
        curve(
            label=lane.label, times=lane.times, values=lane.values, low=lane.low,
            high=lane.high, level=lane.level, level_label=lane.level_label,
        )
        for lane in lanes
    ]  # fmt: skip
    said = joined(caption, curves(drawn), note, marks(tracks))
    return sheet.picture(name=name, caption=said, curves=drawn)


def _draw(sheet: Sheet, lane: Lane, *, axis: TimeAxis, top: int) -> None:
    bottom = top + TALL
    sheet.draw.line((axis.left, bottom, axis.right, bottom), fill=RULE)
    sheet.text(axis.left - 10, top, f"{lane.high:.3g}", size=15, colour=QUIET, anchor="ra")
    sheet.text(axis.left - 10, bottom - 16, f"{lane.low:.3g}", size=15, colour=QUIET, anchor="ra")
    if lane.level is not None:
        y = float(_heights(lane, np.array(lane.level), top=top))
        for left in range(axis.left, axis.right, 14):
            sheet.draw.line((left, y, left + 6, y), fill=QUIET)
    for run in _runs(lane):
        heights = _heights(lane, lane.values[run], top=top)
        line = list(zip(axis.across(lane.times[run]).tolist(), heights.tolist(), strict=True))
        if len(line) > 1:
            sheet.draw.line(line, fill=LINE, width=2)
        else:
            sheet.draw.ellipse((line[0][0] - 2, line[0][1] - 2, line[0][0] + 2, line[0][1] + 2),
                               fill=LINE)  # fmt: skip
    for tick in lane.ticks:
        x = axis.x(tick)
        sheet.draw.polygon((x - 5, top - 2, x + 5, top - 2, x, top + 8), fill=QUIET)


def _heights(lane: Lane, values: NDArray[np.float64], *, top: int) -> NDArray[np.float64]:
    share = (values - lane.low) / max(lane.high - lane.low, 1e-12)
    return np.asarray(top + TALL * (1 - np.clip(share, 0, 1)))


def _runs(lane: Lane) -> list[NDArray[np.int64]]:
    """Stretches without holes, at most 4,000 points in all."""
    known = np.flatnonzero(np.isfinite(lane.values))
    if not known.size:
        return []
    step = float(np.median(np.diff(lane.times))) if len(lane.times) > 1 else 0.0
    breaks = np.flatnonzero((np.diff(lane.times[known]) > HOLE * step) | (np.diff(known) > HOLE))
    thin = max(1, known.size // 4000)
    return [run[::thin] for run in np.split(known, breaks + 1)]
