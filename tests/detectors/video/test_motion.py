"""Movement of face and body: with boxes alone, and where pictures are shown twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.api import Abstain
from detectors.card import load
from detectors.faces import Faces, Track
from detectors.faces.crops import Keeper
from detectors.faces.tracks import Window
from detectors.media import Frames
from detectors.registry import find, instantiate

HEIGHT, WIDTH, COUNT, RATE = 90, 120, 50, 12.5
SIDE = 30


def strides(*, twice: bool) -> NDArray[np.int64]:
    """Columns by which a figure has swayed; with ``twice`` every other picture is shown twice."""
    number = np.arange(COUNT) * 2 // 3 * 1.5 if twice else np.arange(COUNT)
    return np.asarray(np.round(18 * np.sin(number / 3)), dtype=np.int64)


def pictures(swayed: NDArray[np.int64]) -> NDArray[np.uint8]:
    """A textured figure, head above body, before a textured wall."""
    drawn = np.random.default_rng(3)
    wall = drawn.integers(90, 130, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    figure = drawn.integers(0, 255, (HEIGHT - 10, SIDE, 3), dtype=np.uint8)
    found = np.repeat(wall[None], len(swayed), axis=0)
    for picture, by in zip(found, swayed, strict=True):
        picture[10:, 45 + by : 45 + by + SIDE] = figure
    return found


def boxes_alone(swayed: NDArray[np.int64]) -> Faces:
    """What Haar cascades see of it."""
    count = len(swayed)
    boxes = np.array([[45 + by, 10, SIDE, SIDE] for by in swayed], dtype=np.float32)
    none = np.zeros((count, 0, 3), dtype=np.float32)
    track = Track(
        person=0, times=np.arange(count) / RATE, boxes=boxes, points=none,
        score=np.ones(count, np.float32), blendshapes=none[:, :, 0], pose=np.zeros((count, 3)),
        usable=np.zeros(count, np.bool_), crops=Keeper(budget=8, gap=8).crops(scale=1.0),
    )  # fmt: skip
    return Faces(
        tracks=(track,), windows=(Window(start=0.0, end=count / RATE),), cuts=(), rate=RATE,
        landmarks=False, whole=True, width=WIDTH, height=HEIGHT, finder="haar",
        model=np.zeros((0, 3)),
    )  # fmt: skip


def sample(faces: Faces, images: NDArray[np.uint8]) -> Any:
    times = np.arange(len(images)) / RATE
    frames = Frames(times=times, images=images, truncated=False)
    return SimpleNamespace(faces=lambda: faces, frames=lambda: frames)


def measure(given: Any) -> Any:
    entry = find("video.motion")
    return instantiate(entry.target).detect(given, dict(load(entry.card_path).parameters))


@pytest.mark.parametrize(("twice", "low", "high"), [(False, 0.0, 0.2), (True, 0.25, 0.45)])
def test_boxes_are_enough_and_repeats_are_counted(twice: bool, low: float, high: float) -> None:
    swayed = strides(twice=twice)
    found = measure(sample(boxes_alone(swayed), pictures(swayed)))
    assert found.score < 0.5  # head and body are one figure
    assert found.details["face_speed"] > 0
    assert found.details["jerk"] is None
    assert low <= found.details["repeated_share"] <= high


def test_nobody_is_nothing_to_compare() -> None:
    swayed = strides(twice=False)
    alone = boxes_alone(swayed)
    nobody = Faces(**{**vars(alone), "tracks": ()})
    with pytest.raises(Abstain, match="No face"):
        measure(sample(nobody, pictures(swayed)))
