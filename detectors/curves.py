"""Curves as plain numbers, small enough to travel with a finding and still showing every spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.api import Curve

MOST_POINTS = 800
HOLE = 3.0
"""A curve is broken where neighbours are further apart than so many usual steps."""


def curve(
    *,
    label: str,
    times: NDArray[np.floating],
    values: NDArray[np.floating],
    low: float,
    high: float,
    level: float | None = None,
    level_label: str = "",
    axis: str = "time",
) -> Curve:
    """A curve of at most ``MOST_POINTS`` points and as many breaks.

    ``times`` (N,) rise, ``values`` (N,) are NaN where nothing was measured. Longer curves keep the
    lowest and the highest point of each stretch, so that nothing is smoothed away. A unit stands
    in the label's last parentheses.
    """
    known = np.isfinite(values) & np.isfinite(times)
    at, value = np.asarray(times[known], np.float64), np.asarray(values[known], np.float64)
    kept = _kept(value)
    runs = np.cumsum(_breaks(at, np.flatnonzero(known)))
    shown_times: list[float] = []
    shown_values: list[float | None] = []
    last = None
    for time, height, run in zip(
        at[kept].tolist(), value[kept].tolist(), runs[kept].tolist(), strict=True
    ):
        if last is not None and run != last:
            shown_times.append(round(time, 3))
            shown_values.append(None)
        shown_times.append(round(time, 3))
        shown_values.append(float(f"{height:.4g}"))
        last = run
    name, _, unit = label.rpartition(" (") if label.endswith(")") else (label, "", "")
    return Curve(
        label=name,
        unit=unit.rstrip(")"),
        times=tuple(shown_times),
        values=tuple(shown_values),
        low=float(f"{low:.4g}"),
        high=float(f"{high:.4g}"),
        level=level,
        level_label=level_label,
        axis=axis,
    )


def _breaks(at: NDArray[np.float64], index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Before which points the line is broken (N,)."""
    broken = np.zeros(at.size, dtype=np.bool_)
    if at.size > 1:
        apart = np.diff(at)
        broken[1:] = (apart > HOLE * max(float(np.median(apart)), 1e-9)) | (np.diff(index) > HOLE)
    return broken


def _kept(value: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which points stay: all, or the lowest and highest of each stretch, in order."""
    if value.size <= MOST_POINTS:
        return np.arange(value.size)
    edges = np.linspace(0, value.size, MOST_POINTS // 2 + 1).round().astype(np.int64)
    stretch = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    # sorted within each stretch, what it begins with is its extreme
    ends = [np.lexsort((heights, stretch))[edges[:-1]] for heights in (value, -value)]
    return np.unique(np.concatenate(ends))
