"""What is known about the faces of one file. Plain arrays; imports no runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POINTS = 478
"""468 points of the mesh and 2 x 5 of the irises, in MediaPipe's order."""

BLENDSHAPES = 52
BLINK_LEFT, BLINK_RIGHT, JAW_OPEN = 9, 10, 25
"""Places of three of the blendshapes; 0 is the neutral one and means nothing by itself."""

CROP = 320
"""Side of a crop in pixels; it shows twice the longest side of the face's box."""

CROP_SCALE = 2.0


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of the file that was looked at, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Upright pictures of one face: ``images`` (M, CROP, CROP, 3) uint8 RGB, centred on the face.

    ``index`` (M,) names the frame of the track; runs of consecutive numbers are consecutive frames.
    ``transform`` (M, 2, 3) takes pixels of the picture to pixels of the crop.
    """

    images: NDArray[np.uint8]
    index: NDArray[np.int64]
    transform: NDArray[np.float32]

    def place(self, number: int, points: Floats) -> Floats:
        """Points of the picture (K, >=2) in crop ``number``: (K, 2) pixels."""
        matrix = self.transform[number]
        moved: Floats = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        return moved


@dataclass(frozen=True, kw_only=True)
class Track:
    """One face, followed within one shot of one window; N frames.

    ``person`` is shared by the tracks of what looks like one person in this file. ``boxes`` (N, 4)
    are x, y, width, height; ``points`` (N, 478, 3) x, y and depth; both in pixels of the upright
    picture. ``blendshapes`` (N, 52) in [0, 1]. ``pose`` (N, 3) yaw, pitch, roll in degrees (0 =
    towards the camera). ``usable`` (N,): frontal and large enough for eyes and mouth to be
    measured. Where only boxes are known, ``points`` is (N, 0, 3) and nothing is usable.
    """

    person: int
    times: NDArray[np.float64]
    boxes: Floats
    score: Floats
    points: Floats
    blendshapes: Floats
    pose: Floats
    usable: NDArray[np.bool_]
    crops: Crops

    @property
    def seconds(self) -> float:
        """How long it lasts; a single frame lasts nothing."""
        return float(self.times[-1] - self.times[0]) if len(self.times) else 0.0

    @property
    def eye_distance(self) -> Floats:
        """Pixels between the outer corners of the eyes (N,)."""
        between: Floats = np.linalg.norm(self.points[:, 33, :2] - self.points[:, 263, :2], axis=1)
        return between


@dataclass(frozen=True, kw_only=True)
class Faces:
    """All faces of one file. ``rate`` is the mean number of frames looked at per second.

    ``landmarks`` says whether points were measured at all; ``cuts`` are the moments at which the
    picture changes at once, in seconds; ``whole`` whether the windows cover the whole file.
    ``width`` and ``height`` are those of the upright picture. ``model`` (468, 3) is an average face
    in centimetres, y up, z towards the camera; empty without landmarks.
    """

    tracks: tuple[Track, ...]
    windows: tuple[Window, ...]
    cuts: tuple[float, ...]
    rate: float
    landmarks: bool
    whole: bool
    width: int
    height: int
    finder: str
    model: NDArray[np.float64]

    def people(self) -> tuple[tuple[Track, ...], ...]:
        """The tracks of each person, the one seen longest first."""
        numbers = sorted({track.person for track in self.tracks})
        groups = [tuple(t for t in self.tracks if t.person == number) for number in numbers]
        return tuple(sorted(groups, key=lambda group: -total_seconds(group)))

    @property
    def seconds(self) -> float:
        """How much of the file was looked at."""
        return sum(window.end - window.start for window in self.windows)


def total_seconds(tracks: Sequence[Track]) -> float:
    """Length of several tracks together."""
    return sum(track.seconds for track in tracks)


def usable_seconds(tracks: Sequence[Track]) -> float:
    """How long faces can be measured: time between neighbouring usable frames."""
    return sum(float(steps(track)[track.usable].sum()) for track in tracks)


def steps(track: Track) -> NDArray[np.float64]:
    """How long each frame of a track stands for, in seconds (N,); gaps count as one usual step."""
    if len(track.times) < 2:
        return np.zeros(len(track.times))
    apart = np.diff(track.times)
    usual = float(np.median(apart))
    return np.concatenate((np.minimum(apart, 2 * usual), [usual]))
