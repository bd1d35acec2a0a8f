"""Coefficients of the 8x8 cosine transform that JPEG uses (ITU-T T.81, A.3.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BAND_BLOCKS = 4096
"""Rows of blocks are worked on in bands of about this many blocks, to bound memory."""

Place = tuple[int, int]
"""(vertical, horizontal) frequency, 0-7 each."""


def coefficients(
    luma: NDArray[np.uint8], places: Sequence[Place], *, shift: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Coefficients (rows x columns of blocks x places) and which blocks hold no clipped pixel.

    The blocks begin ``shift`` pixels in, both ways; incomplete ones are left out.
    """
    plane = luma[shift:, shift:]
    rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
    basis = _basis(places)
    found = np.empty((rows, columns, len(places)), dtype=np.float32)
    usable = np.empty((rows, columns), dtype=np.bool_)
    band = max(1, BAND_BLOCKS // max(columns, 1))
    for start in range(0, rows, band):
        count = min(band, rows - start)
        pixels = plane[start * 8 : (start + count) * 8, : columns * 8]
        blocks = pixels.reshape(count, 8, columns, 8)
        low, high = blocks.min(axis=(1, 3)), blocks.max(axis=(1, 3))
        usable[start : start + count] = (low > 2) & (high < 253)
        turned = blocks.transpose(0, 2, 1, 3).reshape(-1, 64).astype(np.float32)
        found[start : start + count] = (turned @ basis).reshape(count, columns, -1)
    return found, usable


def _basis(places: Sequence[Place]) -> Floats:
    """64 pixels -> the chosen coefficients."""
    k = np.arange(8)
    one = np.sqrt(2 / 8) * np.cos((2 * k[None, :] + 1) * k[:, None] * np.pi / 16)
    one[0] /= np.sqrt(2)
    columns = [np.outer(one[v], one[u]).ravel() for v, u in places]
    return np.stack(columns, axis=1).astype(np.float32)
