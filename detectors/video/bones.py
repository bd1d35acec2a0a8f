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
    """(..., 2, 3): the shift, turn and size that take points (..., K, 2) onto others (K, 2) with
    least squares.

    S. Umeyama, Least-Squares Estimation of Transformation Parameters Between Two Point Patterns,
    IEEE Transactions on Pattern Analysis and Machine Intelligence 13(4), 1991.
    """
    plane = np.array([1, 1j])
    start, aim = source.mean(axis=-2), target.mean(axis=-2)
    one, other = (source - start[..., None, :]) @ plane, (target - aim) @ plane
    size = np.maximum((one * one.conj()).real.sum(axis=-1), 1e-9)
    turn = (other * one.conj()).sum(axis=-1) / size
    matrix = np.stack([turn.real, -turn.imag, turn.imag, turn.real], axis=-1)
    matrix = matrix.reshape(*turn.shape, 2, 2)
    shift = aim - (matrix @ start[..., None])[..., 0]
    return np.concatenate([matrix, shift[..., None]], axis=-1)


def moved(points: Points, matrix: NDArray[np.float64]) -> Points:
    """Points (..., K, 2) under matrices (..., 2, 3)."""
    laid: Points = points @ matrix[..., :2].swapaxes(-1, -2) + matrix[..., None, :, 2]
    return laid
