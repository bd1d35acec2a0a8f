"""Pictures of one size gathered into one array, without ever being held twice."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
FIRST = 64


class Growing:
    """Pictures, height x width x 3, in the order in which they come.

    The array grows where it lies; copying a list of pictures into an array at the end would hold
    all of them twice. A picture of another size is fitted to the first.
    """

    def __init__(self, *, first: int = FIRST) -> None:
        """``first``: for how many room is made at the start."""
        self._first = first
        self._held = np.empty((0, 0, 0, 3), dtype=np.uint8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, picture: Picture) -> None:
        """Take a copy of the picture."""
        if self._count == 0:
            self._held = np.empty((self._first, *picture.shape), dtype=np.uint8)
        elif self._count == len(self._held):
            # nobody else knows the array yet, and room that is not used costs time
            more = self._count + max(min(self._first, FIRST), self._count // 8)
            self._held.resize((more, *self._held.shape[1:]), refcheck=False)
        rows, columns = self._held.shape[1:3]
        fits = picture.shape[:2] == (rows, columns)
        self._held[self._count] = picture if fits else cv2.resize(picture, (columns, rows))
        self._count += 1

    def whole(self) -> Picture:
        """All of them (N, height, width, 3), read-only; nothing may be added afterwards."""
        whole = self._held
        self._held = np.empty((0, 0, 0, 3), dtype=np.uint8)
        whole.resize((self._count, *whole.shape[1:]), refcheck=False)
        whole.flags.writeable = False
        return whole
