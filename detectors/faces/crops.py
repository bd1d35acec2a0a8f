"""Which frames of a face are kept as pictures, under a budget that does not grow with the file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.faces.boxes import Box, Picture
from detectors.faces.mesh import cut, square
from detectors.faces.tracks import CROP, CROP_SCALE, Crops
from detectors.growing import Growing

BURST = 8
"""Frames kept one after the other, so that neighbours can be compared."""

CROP_BYTES = CROP * CROP * 3


def burst_gap(*, frames: int, budget: int) -> int:
    """Frames between the starts of two bursts, so that ``frames`` fit into ``budget`` crops."""
    return BURST * max(1, -(-frames // max(budget, BURST)))


class Keeper:
    """Crops of one track: ``BURST`` frames out of every ``gap``, at most ``budget`` in all."""

    def __init__(self, *, budget: int, gap: int) -> None:
        self._budget, self._gap = budget, gap
        self._images = Growing(first=BURST)  # a film has hundreds of tracks
        self._index: list[int] = []
        self._matrices: list[NDArray[np.float64]] = []

    def offer(self, number: int, rgb: Picture, box: Box) -> None:
        """Keep frame ``number`` of the track if its turn has come."""
        if number % self._gap >= BURST or len(self._images) >= self._budget:
            return
        where = square(box, around=CROP_SCALE)
        self._images.append(cut(rgb, where, size=CROP))
        self._index.append(number)
        self._matrices.append(where.matrix(CROP))

    def crops(self, *, scale: float) -> Crops:
        """What was kept; ``scale`` takes pixels of the whole picture to those of the frames."""
        count = len(self._images)
        images = self._images.whole() if count else np.empty((0, CROP, CROP, 3), dtype=np.uint8)
        matrices = np.array(self._matrices, dtype=np.float32).reshape(count, 2, 3)
        matrices[:, :, :2] *= scale
        return Crops(images=images, index=np.array(self._index, dtype=np.int64), transform=matrices)
