"""Parts of a face crop: skin, the ring around the face, its surroundings, neck."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import CROP, Crops, Floats, Track

Mask = NDArray[np.bool_]

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
MOUTH = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)

RING = (0.90, 1.12)
SURROUND = (1.18, 1.55)
"""Shares of the face's size, measured from its middle."""


@dataclass(frozen=True, kw_only=True)
class Regions:
    """Masks (CROP, CROP) of one crop; none of them reaches beyond the picture's edge.

    ``points`` (478, 2) in pixels of the crop; ``there`` (CROP, CROP) where it lies inside the
    picture. Each mask is drawn when it is asked for.
    """

    points: Floats
    there: Mask

    @cached_property
    def skin(self) -> Mask:
        """Of the face, without what moves: eyes, brows, mouth."""
        moving = ((RIGHT_EYE, 1.9), (LEFT_EYE, 1.9), (MOUTH, 1.35), *((b, 1.4) for b in BROWS))
        without = [_scaled(self.points[list(part)], grown) for part, grown in moving]
        return _filled(_scaled(self._oval, 0.86), *without) & self.there

    @cached_property
    def ring(self) -> Mask:
        """Around the edge of the face, where one would be pasted."""
        return _filled(*(_scaled(self._oval, share) for share in reversed(RING))) & self.there

    @cached_property
    def surround(self) -> Mask:
        """What lies around that ring."""
        return _filled(*(_scaled(self._oval, share) for share in reversed(SURROUND))) & self.there

    @cached_property
    def neck(self) -> Mask:
        """Below the chin."""
        return _neck(self.points) & self.there

    @property
    def _oval(self) -> Floats:
        return self.points[list(OVAL)]


def regions(track: Track, crops: Crops, number: int) -> Regions:
    """The parts of crop ``number``."""
    return Regions(
        points=crops.place(number, track.points[crops.index[number]]),
        there=_shown(crops.images[number]),
    )


def grey(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma as float32, 0-255."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def detail(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is finer than about two pixels (H, W)."""
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), 1.2), dtype=np.float32)


def box_of(mask: Mask) -> tuple[slice, slice]:
    """The rows and columns that hold a mask. What it picks is picked there in the same order,
    without passing over the rest."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return slice(y, y + height), slice(x, x + width)


def inside(values: NDArray[Any], mask: Mask) -> NDArray[Any]:
    """``values[mask]``."""
    there = box_of(mask)
    picked: NDArray[Any] = values[there][mask[there]]
    return picked


def spread(values: NDArray[np.floating]) -> float:
    """Robust standard deviation of a set of numbers, 0 for none."""
    if not values.size:
        return 0.0
    return float(1.4826 * median(np.abs(values - median(values))))


def median(values: NDArray[Any]) -> np.floating:
    """Of finite numbers, at least one: looking for NaN first takes as long as the median."""
    half = values.size // 2
    if values.size % 2:
        middle: np.floating = np.partition(values, half)[half]
        return middle
    mean: np.floating = np.partition(values, (half - 1, half))[half - 1 : half + 1].mean()
    return mean


def _shown(image: NDArray[np.uint8]) -> Mask:
    """Where a crop lies inside the picture: what is beyond the edge is black."""
    red, green, blue = (image[..., channel] for channel in range(3))
    return np.asarray((red | green | blue) != 0)


def _neck(points: Floats) -> Mask:
    """Below the chin, between the corners of the jaw."""
    chin, left, right = points[152], points[172], points[397]
    down = chin - points[10]
    down = down / max(float(np.linalg.norm(down)), 1e-6)
    long = float(np.linalg.norm(right - left))
    across = (right - left) / max(long, 1e-6)
    top = chin + down * 0.10 * long
    corners = np.array([top - across * 0.25 * long, top + across * 0.25 * long,
                        top + across * 0.25 * long + down * 0.32 * long,
                        top - across * 0.25 * long + down * 0.32 * long])  # fmt: skip
    return _filled(corners)


def _scaled(polygon: Floats, factor: float) -> Floats:
    middle = polygon.mean(axis=0)
    scaled: Floats = (middle + (polygon - middle) * factor).astype(np.float32)
    return scaled


def _filled(polygon: Floats, *without: Floats) -> Mask:
    """What lies in the first polygon and in none of the others."""
    mask = np.zeros((CROP, CROP), dtype=np.uint8)
    for number, part in enumerate((polygon, *without)):
        cv2.fillPoly(mask, [np.round(part).astype(np.int32)], 0 if number else 1)
    return mask.view(np.bool_)
