"""Neighbouring crops of one face laid over one another, and crops spread over a person's tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.faces import Track
from detectors.faces.tracks import CROP
from detectors.video.bones import RIGID, similarity
from detectors.video.regions import grey

Plane = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Look:
    """Crop ``number`` of ``track``."""

    track: Track
    number: int

    @property
    def frame(self) -> int:
        """Which frame of the track it shows."""
        return int(self.track.crops.index[self.number])

    @property
    def time(self) -> float:
        """Seconds from the start of the file."""
        return float(self.track.times[self.frame])

    @property
    def image(self) -> NDArray[np.uint8]:
        """(CROP, CROP, 3) RGB."""
        return np.asarray(self.track.crops.images[self.number], dtype=np.uint8)


def looks(person: Sequence[Track], *, most: int, neighbours: bool = False) -> list[Look]:
    """At most ``most`` usable crops spread evenly; with ``neighbours`` only those whose crops of
    the frame before and the frame after are there too."""
    found = [
        Look(track=track, number=number)
        for track in person
        for number, frame in enumerate(track.crops.index)
        if track.usable[frame] and (not neighbours or _between(track, number))
    ]
    if not found:
        return []
    spread = np.unique(np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int))
    return [found[place] for place in spread]


def laid_over(look: Look, other: int) -> Plane:
    """Luma of crop ``other`` of the same track, moved onto this crop by the bones of the face."""
    crops = look.track.crops
    source = crops.place(other, look.track.points[crops.index[other]])[list(RIGID)]
    target = crops.place(look.number, look.track.points[look.frame])[list(RIGID)]
    matrix = similarity(source.astype(np.float64), target.astype(np.float64))
    return np.asarray(
        cv2.warpAffine(grey(crops.images[other]), matrix, (CROP, CROP), flags=cv2.INTER_CUBIC),
        dtype=np.float32,
    )


def _between(track: Track, number: int) -> bool:
    index = track.crops.index
    inside = 0 < number < len(index) - 1
    return bool(inside and index[number + 1] - index[number - 1] == 2)
