"""Points of a face that do not move by themselves, and how one set of points lies over another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

RIGID = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 127, 356, 234, 454, 10, 151, 9, 8)
"""Corners of the eyes, bridge and tip of the nose, temples, forehead: bone, not muscle."""

EYES = (RIGID.index(33), RIGID.index(263))
"""Places in RIGID of the outer corners of the eyes."""


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """(2, 3): the shift, turn and size that take points (K, 2) onto others with least squares.

    S. Umeyama, Least-Squares Estimation of Transformation Parameters Between Two Point Patterns,
    IEEE Transactions on Pattern Analysis and Machine Intelligence 13(4), 1991.
    """
    plane = np.array([1, 1j])
    start, aim = source.mean(axis=0), target.mean(axis=0)
    one, other = (source - start) @ plane, (target - aim) @ plane
    turn = (other @ one.conj()) / max(float((one @ one.conj()).real), 1e-9)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.hstack([matrix, (aim - matrix @ start)[:, None]])


def moved(points: Points, matrix: NDArray[np.float64]) -> Points:
    """Points (..., 2) under a (2, 3) matrix."""
    laid: Points = points @ matrix[:, :2].T + matrix[:, 2]
    return laid
