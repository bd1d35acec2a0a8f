"""Noise: more and less are told apart, and a picture without noise is left alone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.ground_truth.images import cut, jpeg, pasted, place, png
from detectors.ground_truth.scenes import camera, noisier, picture

ID = "image.noise"
SIZE = (1024, 768)
Look = Callable[..., Finding]


@pytest.mark.parametrize(("factor", "low", "high"), [(3.0, 1.6, 4.0), (0.2, 0.1, 0.7)])
def test_the_label_says_how_much_noise(factor: float, low: float, high: float, look: Look) -> None:
    by = noisier(camera(3), 1.5)
    box = place(3, size=SIZE)
    part = cut(picture(4, size=SIZE, by=noisier(by, factor)), box)
    found = look(ID, png(pasted(picture(3, size=SIZE, by=by), part, box)), ".png")
    told = float(max(found.regions, key=lambda one: one.strength).label.split()[0])
    assert low < told < high


def test_a_smoothed_picture_is_left_alone(look: Look) -> None:
    smooth = np.asarray(cv2.GaussianBlur(picture(5, size=(640, 480)), (0, 0), 3), dtype=np.uint8)
    found = look(ID, jpeg(smooth, 80), ".jpg")
    assert found.status is Status.ABSTAINED
    assert "Hardly any noise" in found.sentence


def test_a_burnt_out_picture_is_left_alone(look: Look) -> None:
    found = look(ID, png(np.full((400, 400, 3), 255, dtype=np.uint8)), ".png")
    assert found.status is Status.ABSTAINED
