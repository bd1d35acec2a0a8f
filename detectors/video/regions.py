"""Parts of a face crop: skin, the ring around the face, its surroundings, neck."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Masks (CROP, CROP) of one crop; none of them reaches beyond the picture's edge."""

    skin: Mask
    ring: Mask
    surround: Mask
    neck: Mask


def regions(track: Track, crops: Crops, number: int) -> Regions:
    """The parts of crop ``number``."""
    points = crops.place(number, track.points[crops.index[number]])
    there = crops.images[number].any(axis=2)
    oval = points[list(OVAL)]
    skin = _filled(_scaled(oval, 0.86))
    for part, grown in (
        (RIGHT_EYE, 1.9),
        (LEFT_EYE, 1.9),
        (MOUTH, 1.35),
        *((b, 1.4) for b in BROWS),
    ):
        skin &= ~_filled(_scaled(points[list(part)], grown))
    return Regions(
        skin=skin & there,
        ring=_filled(_scaled(oval, RING[1])) & ~_filled(_scaled(oval, RING[0])) & there,
        surround=_filled(_scaled(oval, SURROUND[1])) & ~_filled(_scaled(oval, SURROUND[0])) & there,
        neck=_neck(points) & there,
    )


def grey(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma as float32, 0-255."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def detail(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is finer than about two pixels (H, W)."""
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), 1.2), dtype=np.float32)


def spread(values: NDArray[np.floating]) -> float:
    """Robust standard deviation of a set of numbers, 0 for none."""
    if not values.size:
        return 0.0
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


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


def _filled(polygon: Floats) -> Mask:
    mask = np.zeros((CROP, CROP), dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
    return mask.astype(np.bool_)
