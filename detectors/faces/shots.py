"""Cuts, and the looks by which one person is found again after a cut."""

from __future__ import annotations

from collections import deque
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.faces.boxes import Box, Picture

SMALL = (32, 18)
THINNED = 90
"""Lines that are enough of a picture to tell a cut."""

LEAST_CHANGE = 18.0
TIMES_USUAL = 4.0
USUAL_OF = 24

ALIKE = 0.6
"""Correlation of two looks from which on they count as one person."""


class Shots:
    """Tells from frame to frame whether a new shot has begun."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._usual: deque[float] = deque(maxlen=USUAL_OF)

    def cut(self, rgb: Picture) -> bool:
        """Whether this frame begins a new shot; the first frame begins none."""
        step = max(1, min(rgb.shape[:2]) // THINNED)
        thinned = (-(-rgb.shape[1] // step), -(-rgb.shape[0] // step))
        small = cv2.resize(
            cv2.resize(rgb, thinned, interpolation=cv2.INTER_NEAREST),
            SMALL,
            interpolation=cv2.INTER_AREA,
        ).astype(np.float32)
        last, self._last = self._last, small
        if last is None:
            return False
        change = float(cv2.norm(small, last, cv2.NORM_L1)) / small.size
        usual = median(self._usual) if self._usual else 0.0
        found = change >= max(LEAST_CHANGE, TIMES_USUAL * usual)
        if not found:
            self._usual.append(change)
        return found


def look(rgb: Picture, box: Box) -> NDArray[np.float32]:
    """Colours of hair, face and clothing around a box, as a normalised histogram.

    It is compared inside one file and thrown away; it says nothing about a face itself.
    """
    left, right = int(box.x - 0.4 * box.width), int(box.x + 1.4 * box.width)
    top, bottom = int(box.y - 0.5 * box.height), int(box.y + 2.0 * box.height)
    part = rgb[max(0, top) : max(1, bottom), max(0, left) : max(1, right)]
    if part.size == 0:
        part = rgb
    lab = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, [8, 12, 12], [0, 256, 96, 176, 96, 176])
    return np.asarray(np.sqrt(counts.ravel() / max(1.0, float(counts.sum()))), dtype=np.float32)


def alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Bhattacharyya coefficient of two looks, 0-1."""
    return float(one @ other)
