"""PDQ, the 256-bit perceptual hash of a picture, as matrix products. Child only (pixels).

Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019),
sections 3 to 6. Brightness, two passes of a box filter whose width follows the size of the
picture, 64 x 64 points, a cosine transform of which 16 x 16 coefficients stay, one bit each:
above their median or not.

Filtering and choosing points are linear and work on rows and columns apart, so both passes and the
choice are one banded matrix for each side: every pixel is touched about once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from foundation.fingerprint.bits import Pdq
from foundation.media.pictures import Pixels

Floats = npt.NDArray[np.float32]

POINTS: Final = 64
KEPT: Final = 16
PASSES: Final = 2
LEAST_SIDE: Final = 5
"""Smaller pictures have no hash; their quality is 0."""

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def pdq(pixels: Pixels) -> Pdq:
    """The hash of height x width x 3 (red-green-blue) or height x width (grey) pixels."""
    small = points(pixels)
    return Pdq(hash=hashed(coefficients(small)), quality=quality(small))


def pdq_variants(pixels: Pixels) -> tuple[Pdq, ...]:
    """The hashes of the picture as it is, turned by 90, 180 and 270 degrees clockwise, and of these
    four mirrored left to right: all eight from one filtering."""
    small = points(pixels)
    good = quality(small)
    return tuple(Pdq(hash=hashed(each), quality=good) for each in _turned(coefficients(small)))


def points(pixels: Pixels) -> Floats:
    """64 x 64 filtered brightnesses, 0..255; all zero for a picture smaller than 5 pixels."""
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        return np.zeros((POINTS, POINTS), dtype=np.float32)
    rows, columns = _filter(height), _filter(width)
    flat = pixels.reshape(height, -1)
    narrow = np.empty((POINTS, flat.shape[1]), dtype=np.float32)
    for place, (first, weights) in enumerate(rows):
        np.dot(weights, flat[first : first + weights.size].astype(np.float32), out=narrow[place])
    if pixels.ndim == 3:
        narrow = narrow.reshape(POINTS, width, 3) @ _LUMA
    small = np.empty((POINTS, POINTS), dtype=np.float32)
    for place, (first, weights) in enumerate(columns):
        small[:, place] = narrow[:, first : first + weights.size] @ weights
    return small


def coefficients(small: Floats) -> Floats:
    """The 16 x 16 lowest frequencies 1..16 (the mean is left out)."""
    return np.asarray(_COSINES @ small @ _COSINES.T, dtype=np.float32)


def hashed(kept: Floats) -> bytes:
    """32 bytes, the last coefficient's bit first: bits above the lower median."""
    flat = kept.ravel()
    median = np.partition(flat, flat.size // 2 - 1)[flat.size // 2 - 1]
    return np.packbits(flat[::-1] > median).tobytes()


def quality(small: Floats) -> int:
    """0 (nothing to go by) to 100: the sum of steps between neighbouring points."""
    down = np.abs((np.diff(small, axis=0) * 100 / 255).astype(np.int32)).sum()
    across = np.abs((np.diff(small, axis=1) * 100 / 255).astype(np.int32)).sum()
    return min(100, int(down + across) // 90)


def _turned(kept: Floats) -> tuple[Floats, ...]:
    """A mirrored axis changes the sign of every odd frequency; a turn is a swap and a mirror."""
    sign = np.where(np.arange(1, KEPT + 1) % 2, -1, 1).astype(np.float32)
    across, down = sign[None, :], sign[:, None]
    turns: list[Floats] = [kept, kept.T * across, kept * down * across, kept.T * down]
    return (*turns, *(turn * across for turn in turns))


def _cosines() -> Floats:
    frequency = np.arange(1, KEPT + 1)[:, None]
    place = 2 * np.arange(POINTS)[None, :] + 1
    waves: npt.NDArray[np.float64] = np.sqrt(2 / POINTS) * np.cos(
        np.pi / 2 / POINTS * frequency * place
    )
    return waves.astype(np.float32)


_COSINES = _cosines()


@lru_cache(maxsize=64)
def _filter(length: int) -> tuple[tuple[int, Floats], ...]:
    """For each of 64 points along a side: the first pixel that counts, and the weights from it."""
    if length == POINTS:
        return tuple((place, np.ones(1, dtype=np.float32)) for place in range(POINTS))
    window = (length + 2 * POINTS - 1) // (2 * POINTS)
    return tuple(
        _weights(int((place + 0.5) * length / POINTS), length=length, window=window)
        for place in range(POINTS)
    )


def _weights(place: int, *, length: int, window: int) -> tuple[int, Floats]:
    """Both passes of the box around one pixel; at the edges the box is cut, never padded."""
    first, weights = place, np.ones(1)
    for _ in range(PASSES):
        ahead = window // 2
        behind = window - 1 - ahead
        low = max(0, first - behind)
        high = min(length, first + weights.size + ahead)
        spread = np.zeros(high - low)
        for offset, weight in enumerate(weights):
            left = max(0, first + offset - behind)
            right = min(length, first + offset + ahead + 1)
            spread[left - low : right - low] += weight / (right - left)
        first, weights = low, spread
    return first, weights.astype(np.float32)
