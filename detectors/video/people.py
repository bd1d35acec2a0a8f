"""Whose face a detector measures, and the sentences for when nobody's can be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain
from detectors.faces import Faces, Track
from detectors.faces.tracks import usable_seconds

NOBODY = "No face was found in the video, so there is nothing to measure."


def main_person(faces: Faces) -> tuple[Track, ...]:
    """The tracks of the person who can be measured longest. Raises :class:`Abstain`."""
    people = [group for group in faces.people() if any(track.points.shape[1] for track in group)]
    if not people:
        raise Abstain(NOBODY)
    best = max(people, key=usable_seconds)
    if not any(track.usable.any() for track in best):
        raise Abstain(
            "Every face in the video is turned away, too small or cut off by the edge, so eyes and "
            "mouth cannot be measured."
        )
    return best


def stretches(track: Track, *, least: int = 1) -> list[slice]:
    """Runs of usable frames without holes, at least ``least`` long."""
    good = track.usable.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    found: list[slice] = []
    usual = float(np.median(np.diff(track.times))) if len(track.times) > 1 else 0.0
    for first, end in edges.reshape(-1, 2):
        holes = np.flatnonzero(np.diff(track.times[first:end]) > 3 * usual) + first + 1
        borders = [int(first), *(int(hole) for hole in holes), int(end)]
        found += [slice(start, stop) for start, stop in pairwise(borders) if stop - start >= least]
    return found


def rate(tracks: Sequence[Track]) -> float:
    """Frames a second of these tracks, by the usual step; 0 for single frames."""
    apart = [np.diff(track.times) for track in tracks if len(track.times) > 1]
    usual = float(np.median(np.concatenate(apart))) if apart else 0.0
    return 1 / usual if usual > 0 else 0.0


def smoothed(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Running mean over ``width`` neighbours (N,), shorter at the ends."""
    if width <= 1 or values.size <= 1:
        return values
    kernel = np.ones(min(width, values.size))
    weight = np.convolve(np.ones(values.size), kernel, mode="same")
    mean: NDArray[np.float64] = np.convolve(values, kernel, mode="same") / weight
    return mean
