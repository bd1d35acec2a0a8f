"""Sharpness: enlarging is marked, a lens out of focus is not, for it leaves the noise."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from detectors.api import Finding, Status
from detectors.ground_truth.images import jpeg, place
from detectors.ground_truth.scenes import camera, photograph, picture, scene

ID = "image.sharpness"
SIZE = (1024, 768)
Look = Callable[..., Finding]


def test_a_part_out_of_focus_keeps_its_noise_and_is_not_marked(look: Look) -> None:
    """The light is blurred before the sensor adds its noise."""
    light = scene(3, size=SIZE)
    box = place(3, size=SIZE, share=0.4)
    inside = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
    light[inside] = cv2.GaussianBlur(light, (0, 0), 2.2)[inside]
    found = look(ID, jpeg(photograph(light, by=camera(3), seed=3), 92), ".jpg")
    assert found.status is Status.OK
    assert found.regions == ()


def test_strong_compression_leaves_nothing_to_compare(look: Look) -> None:
    soft = np.asarray(cv2.GaussianBlur(picture(5, size=SIZE), (0, 0), 2), dtype=np.uint8)
    found = look(ID, jpeg(soft, 40), ".jpg")
    assert found.status is Status.ABSTAINED
    assert "cannot be told" in found.sentence
