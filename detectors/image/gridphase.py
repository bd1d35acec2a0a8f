"""Where the 8x8 blocks of a JPEG compression begin, measured part by part.

Read at the place where its blocks began, a picture that was once a JPEG shows many coefficients of
the cosine transform near zero; read one pixel beside, it does not (Fan and de Queiroz 2003;
Nikoukhah et al. 2021). The share of such coefficients is measured for all 64 places where blocks
can begin, in a window around every cell. What the picture's own grid does to the other places is
the same pattern everywhere, and is taken away before another grid is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.image.parts import Floats

PERIOD = 8
"""Pixels per side of a block, and of a cell of the map."""

WINDOW = 11
"""Cells per side of the window: 88 pixels, 121 blocks."""

PLACES = ((2, 4), (4, 2), (3, 3), (3, 5), (5, 3), (4, 4), (5, 5), (2, 6), (6, 2))
"""(vertical, horizontal) frequencies counted: those that compression removes first."""

NEAR_ZERO = 1.0
"""A coefficient of this size counts half."""

Phase = tuple[int, int]
"""(column, row) modulo 8 where blocks begin."""


@dataclass(frozen=True, kw_only=True)
class Grids:
    """``own``: the picture's usual phase and how clear it is, in standard errors.

    Per cell: ``foreign``, the standard errors by which the best other phase stands out, ``phase``,
    which (column * 8 + row), and ``informed``, whether coefficients differ at all.
    """

    own: Phase
    clarity: float
    foreign: Floats
    phase: NDArray[np.int64]
    informed: NDArray[np.bool_]


def measure(luma: Floats, *, least_spread: float) -> Grids:
    """All phases of a plane of brightness, 0-255."""
    share, spread = _shares(_near_zero(luma))
    error = np.maximum(spread, np.float32(1e-3))[..., None, None]
    contrast = np.asarray((share - _parity_mean(share)) / error, dtype=np.float32)
    typical = np.asarray(np.median(contrast, axis=(0, 1)), dtype=np.float32)
    row, column = (int(at) for at in np.unravel_index(int(np.argmax(typical)), typical.shape))
    free = np.ones((PERIOD, PERIOD), dtype=np.bool_)
    free[row, :] = free[:, column] = False
    left = _without(contrast, typical, free=free)
    flat = np.where(free, left, -np.inf).reshape(*left.shape[:2], -1)
    best = flat.argmax(axis=2)
    return Grids(
        own=(column, row),
        clarity=round(float(typical[row, column]), 3),
        foreign=np.asarray(flat.max(axis=2), dtype=np.float32),
        phase=np.asarray(best % PERIOD * PERIOD + best // PERIOD, dtype=np.int64),
        informed=np.asarray(spread * np.sqrt(WINDOW**2) >= least_spread, dtype=np.bool_),
    )


def _near_zero(luma: Floats) -> Floats:
    """For a block that begins at each pixel, how many of its chosen coefficients are near zero."""
    k = np.arange(PERIOD)
    waves = np.sqrt(2 / PERIOD) * np.cos((2 * k[None, :] + 1) * k[:, None] * np.pi / 16)
    total = np.zeros_like(luma)
    for down, across in PLACES:
        found = cv2.sepFilter2D(
            luma, cv2.CV_32F, waves[across].astype(np.float32), waves[down].astype(np.float32),
            anchor=(0, 0), borderType=cv2.BORDER_REFLECT,
        )  # fmt: skip
        np.multiply(found, found, out=found)
        total += 1 / (1 + found * np.float32(1 / NEAR_ZERO**2))
    return total


def _shares(count: Floats) -> tuple[Floats, Floats]:
    """Mean count per window and phase (cells x cells x row x column), and its standard error."""
    rows, columns = count.shape[0] // PERIOD, count.shape[1] // PERIOD
    blocks = count[: rows * PERIOD, : columns * PERIOD].reshape(rows, PERIOD, columns, PERIOD)
    phases = np.ascontiguousarray(blocks.transpose(0, 2, 1, 3).reshape(rows, columns, -1))
    mean = _windowed(phases)
    square = _windowed(np.square(phases).mean(axis=2))
    variance = np.maximum(square - np.square(mean).mean(axis=2), 0)
    return mean.reshape(rows, columns, PERIOD, PERIOD), np.sqrt(variance) / WINDOW


def _windowed(cells: Floats) -> Floats:
    mean = cv2.blur(cells, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean, dtype=np.float32)


def _parity_mean(share: Floats) -> Floats:
    """Per phase, the mean over phases of its parity: colour interpolation repeats every second."""
    split = share.reshape(*share.shape[:2], 4, 2, 4, 2)
    mean = split.mean(axis=(2, 4), keepdims=True)
    return np.asarray(np.broadcast_to(mean, split.shape).reshape(share.shape), dtype=np.float32)


def _without(contrast: Floats, typical: Floats, *, free: NDArray[np.bool_]) -> Floats:
    """Take away the usual pattern, as strong as it is in each cell."""
    pattern = np.where(free, typical, 0)
    size = float(np.square(pattern).sum())
    if size < 1e-6:
        return contrast
    strength = np.einsum("rcij,ij->rc", contrast, pattern) / size
    return np.asarray(
        contrast - np.clip(strength, 0, 3)[..., None, None] * pattern, dtype=np.float32
    )
