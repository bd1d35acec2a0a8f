"""How soft the sharpest edges of each part are, in pixels.

An edge that is blurred once more by a known amount loses the less of its gradient, the softer it
was (Zhuo and Sim 2011): from the ratio of the two gradients follows the edge's own spread. Where a
picture was enlarged, even its sharpest edges are soft.
"""

from __future__ import annotations

import cv2
import numpy as np

from detectors.image.parts import Floats

CELL = 16
"""Pixels per side of a cell of the map."""

WINDOW = 7
"""Cells per side of the window whose edges are compared: 112 pixels."""

AGAIN = 1.5
"""Standard deviation of the second blur, in pixels."""

SOFTEST = 6.0
LEAST_EDGES = 60
"""Edge pixels that a window needs."""

SHARPEST = 0.25
"""Share of a window's edges, the sharpest, at whose upper end its softness is read."""

STEPS = 40
"""Steps of spread between 0 and SOFTEST that edges are counted in."""


def measure(luma: Floats, *, least_gradient: float) -> Floats:
    """Per cell, the spread in pixels of the sharper edges around it; NaN without enough edges."""
    smooth = _blurred(luma, 0.7)
    gradient = _gradient(smooth)
    ratio = gradient / np.maximum(_gradient(_blurred(smooth, AGAIN)), 1e-3)
    edge = (gradient >= least_gradient) & (gradient >= cv2.dilate(gradient, np.ones((3, 3))) * 0.98)
    edge &= ratio > 1.02
    spread = np.minimum(AGAIN / np.sqrt(np.maximum(np.square(ratio) - 1, 1e-3)), SOFTEST - 1e-3)
    rows, columns = luma.shape[0] // CELL, luma.shape[1] // CELL
    down, across = np.nonzero(edge[: rows * CELL, : columns * CELL])
    step = (spread[down, across] * (STEPS / SOFTEST)).astype(np.int64)
    place = ((down // CELL) * columns + across // CELL) * STEPS + step
    counts = np.bincount(place, minlength=rows * columns * STEPS).astype(np.float32)
    summed = cv2.boxFilter(
        counts.reshape(rows, columns, STEPS),
        -1,
        (WINDOW, WINDOW),
        normalize=False,
        borderType=cv2.BORDER_REFLECT,
    )
    total = summed.sum(axis=2)
    passed = np.cumsum(summed, axis=2) >= SHARPEST * total[..., None]
    found = (passed.argmax(axis=2) + 0.5) * (SOFTEST / STEPS)
    return np.where(total >= LEAST_EDGES, found, np.nan).astype(np.float32)


def _blurred(plane: Floats, spread: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), spread), dtype=np.float32)


def _gradient(plane: Floats) -> Floats:
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)
