"""Resampling: the period tells the scale; a picture scaled as a whole has no odd part."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.ground_truth.images import cut, pasted, place, png
from detectors.ground_truth.scenes import picture

ID = "image.resampling"
SIZE = (1024, 768)
Look = Callable[..., Finding]


def scaled(pixels: np.ndarray, by: float) -> np.ndarray:
    grown = cv2.resize(pixels, None, fx=by, fy=by, interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, dtype=np.uint8)


@pytest.mark.parametrize("by", [1.25, 1.45])
def test_the_period_is_that_of_the_scale(by: float, look: Look) -> None:
    box = place(2, size=SIZE, share=0.45)
    part = cut(scaled(picture(9, size=SIZE), by), box)
    found = look(ID, png(pasted(picture(2, size=SIZE), part, box)), ".png")
    [region] = found.regions
    period = float(region.label.split()[2])
    # interpolation by s repeats at 1 - 1/s cycles per pixel, along one axis or both
    cycles = 1 - 1 / by
    expected = [1 / (cycles * along) for along in (1.0, 2**0.5)] + [1 / (1 - 2 * cycles)]
    expected += [1 / np.hypot(cycles, 1 - 2 * cycles)]
    assert min(abs(period - one) / one for one in expected) < 0.12


def test_a_picture_scaled_as_a_whole_has_no_odd_part(look: Look) -> None:
    found = look(ID, png(scaled(picture(4, size=(720, 540)), 1.4)), ".png")
    assert found.status is Status.OK
    assert found.regions == ()
    assert found.sentence.startswith("The whole picture repeats")
