"""How far the eyes are open, and the moments at which they close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import BLINK_LEFT, BLINK_RIGHT, Floats, Track
from detectors.video.people import stretches

Curve = NDArray[np.float64]

RIGHT = (33, 160, 158, 133, 153, 144)
LEFT = (362, 385, 387, 263, 373, 380)
"""Corner, two of the upper lid, corner, two of the lower lid."""


NEAR = 0.15
"""Seconds around a closure in which the lids only go down for it or come back from it."""


@dataclass(frozen=True, kw_only=True)
class Closure:
    """From ``start`` to ``end`` (s) the lids are down; ``least`` is the openness at the deepest
    point, as a share of that person's open eye."""

    start: float
    end: float
    least: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start

    def to_dict(self) -> dict[str, float]:
        """Seconds rounded to a millisecond."""
        return {"start": round(self.start, 3), "end": round(self.end, 3)}


@dataclass(frozen=True, kw_only=True)
class Lids:
    """One stretch of usable frames: ``times`` (N,), ``openness`` (N,) with 1 = this person's open
    eye; closures sorted into complete blinks, incomplete ones and long closures."""

    times: Curve
    openness: Curve
    blinks: tuple[Closure, ...]
    incomplete: tuple[Closure, ...]
    long: tuple[Closure, ...]


def lids(track: Track, *, p: Mapping[str, float]) -> list[Lids]:
    """Every stretch of a track in which the eyes can be measured."""
    return [_stretch(track, part, p=p) for part in stretches(track, least=3)]


def contours(points: Floats) -> Curve:
    """Eye aspect ratio (Soukupova and Cech 2016), mean of both eyes (N,)."""
    ratio: Curve = np.mean([_ratio(points, eye) for eye in (RIGHT, LEFT)], axis=0)
    return ratio


def _ratio(points: Floats, eye: tuple[int, ...]) -> Curve:
    def apart(one: int, other: int) -> Curve:
        across = points[:, eye[one], :2] - points[:, eye[other], :2]
        return np.asarray(np.linalg.norm(across, axis=1), dtype=np.float64)

    return (apart(1, 5) + apart(2, 4)) / np.maximum(2 * apart(0, 3), 1e-6)


def _stretch(track: Track, part: slice, *, p: Mapping[str, float]) -> Lids:
    times = track.times[part]
    shapes = track.blendshapes[part][:, [BLINK_LEFT, BLINK_RIGHT]].astype(np.float64)
    by_shapes = 1 - shapes.mean(axis=1)
    by_contours = contours(track.points[part])
    openness = (
        by_shapes / _open(by_shapes, times, p=p) + by_contours / _open(by_contours, times, p=p)
    ) / 2
    found = [_closure(times, openness, run) for run in _dips(openness, p=p)]
    deep = [one for one in found if one.least <= p["closed_below"]]
    return Lids(
        times=times,
        openness=openness,
        blinks=tuple(one for one in deep if one.seconds <= p["most_blink_seconds"]),
        incomplete=tuple(
            one
            for one in found
            if one.least > p["closed_below"]
            and one.seconds <= p["most_blink_seconds"]
            and not any(_touch(one, other) for other in deep)
        ),
        long=tuple(one for one in deep if one.seconds > p["most_blink_seconds"]),
    )


def _touch(one: Closure, other: Closure) -> bool:
    """Whether one is the way into or out of the other."""
    return one.start - NEAR <= other.end and other.start - NEAR <= one.end


def _open(signal: Curve, times: Curve, *, p: Mapping[str, float]) -> Curve:
    """This person's open eye around each moment: a high percentile of the neighbourhood.

    It never falls far below that of the whole stretch, so that closed eyes do not become usual.
    """
    half = p["baseline_seconds"] / 2
    first = np.searchsorted(times, times - half)
    last = np.searchsorted(times, times + half, side="right")
    near, lengths = np.empty(len(signal)), last - first
    for length in np.unique(lengths):  # nearly all neighbourhoods have one of two lengths
        at = np.flatnonzero(lengths == length)
        around = signal[first[at, None] + np.arange(length)]
        near[at] = np.percentile(around, p["open_percentile"], axis=1)
    whole = float(np.percentile(signal, p["open_percentile"]))
    base: Curve = np.maximum(near, max(0.75 * whole, 1e-3))
    return base


def _dips(openness: Curve, *, p: Mapping[str, float]) -> list[tuple[int, int]]:
    """First and last frame of each stretch below ``lowered_below`` that goes down far enough."""
    low = openness < p["lowered_below"]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], low, [False])).astype(np.int8)))
    return [
        (int(first), int(end) - 1)
        for first, end in edges.reshape(-1, 2)
        if openness[first:end].min() <= p["incomplete_below"]
    ]


def _closure(times: Curve, openness: Curve, run: tuple[int, int]) -> Closure:
    first, last = run
    return Closure(
        start=float(times[first]),
        end=float(times[last]),
        least=float(openness[first : last + 1].min()),
    )
