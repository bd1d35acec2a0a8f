"""Where faces, eyes and mouths are over time: a few boxes a second, for drawing over a player."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import Faces, Floats, Track

RATE = 8.0
"""Boxes a second at most."""

MOST_BOXES = 6000
"""In all; long films get fewer a second."""

MOUTH = (61, 291, 0, 17, 40, 270, 91, 321)
EYES = (33, 133, 362, 263, 159, 145, 386, 374, 105, 334)
"""Landmarks whose box, a little wider, holds the mouth, and both eyes with their brows."""

GROWN = 0.25


def where(faces: Faces) -> dict[str, Any]:
    """``{"version", "width", "height", "windows", "cuts", "tracks": [{"person", "times", "boxes",
    "eyes", "mouth"}]}``: seconds, and boxes as x, y, width, height in pixels of the upright
    picture. ``eyes`` and ``mouth`` are empty without landmarks."""
    frames = sum(len(track.times) for track in faces.tracks)
    seconds = sum(track.seconds for track in faces.tracks)
    rate = min(RATE, MOST_BOXES / max(seconds, 1.0)) if frames > MOST_BOXES else RATE
    return {
        "version": 1,
        "width": faces.width,
        "height": faces.height,
        "windows": [[round(w.start, 3), round(w.end, 3)] for w in faces.windows],
        "cuts": [round(cut, 3) for cut in faces.cuts[:MOST_BOXES]],
        "tracks": [_track(track, rate=rate) for track in faces.tracks],
    }


def _track(track: Track, *, rate: float) -> dict[str, Any]:
    chosen = _thinned(track.times, rate=rate)
    known = track.points.shape[1] > 0
    return {
        "person": track.person,
        "times": [round(float(time), 3) for time in track.times[chosen]],
        "boxes": [_box(*box) for box in track.boxes[chosen].tolist()],
        "eyes": [_around(track.points[at], EYES) for at in chosen] if known else [],
        "mouth": [_around(track.points[at], MOUTH) for at in chosen] if known else [],
    }


def _thinned(times: NDArray[np.float64], *, rate: float) -> list[int]:
    """The first and the last frame, and those in between that are far enough apart."""
    chosen, due = [], -np.inf
    for place, time in enumerate(times):
        if time + 1e-6 >= due or place == len(times) - 1:
            chosen.append(place)
            due = time + 1 / rate
    return chosen


def _around(points: Floats, part: tuple[int, ...]) -> list[int]:
    held = points[list(part), :2]
    low, high = held.min(axis=0), held.max(axis=0)
    grown = GROWN * float((high - low).max())
    (x, y), (width, height) = low - grown, high - low + 2 * grown
    return _box(float(x), float(y), float(width), float(height))


def _box(x: float, y: float, width: float, height: float) -> list[int]:
    return [round(x), round(y), max(1, round(width)), max(1, round(height))]
