"""How a mouth moves: opening of lips and jaw over time, in units of the distance of the eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import JAW_OPEN, Floats, Track

Curve = NDArray[np.float64]

INNER = ((13, 14), (82, 87), (312, 317))
OUTER = (0, 17)
JAW = (1, 152)
LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 146, 91, 181, 84, 17, 314, 405, 321, 375,
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 95, 88, 178, 87, 14, 317, 402, 318, 324,
)  # fmt: skip
"""The forty points of the outer and inner lip line."""


def openings(track: Track, part: slice) -> list[Curve]:
    """Four measures of how far the mouth is open (N,) each, none of them with a known zero."""
    points = track.points[part]
    eyes = np.maximum(track.eye_distance[part], 1e-6)
    inner = np.mean([_apart(points, *pair) for pair in INNER], axis=0)
    return [
        inner / eyes,
        _apart(points, *OUTER) / eyes,
        _apart(points, *JAW) / eyes,
        track.blendshapes[part][:, JAW_OPEN].astype(np.float64),
    ]


def _apart(points: Floats, one: int, other: int) -> Curve:
    between = points[:, one, :2] - points[:, other, :2]
    return np.asarray(np.linalg.norm(between, axis=1), dtype=np.float64)
