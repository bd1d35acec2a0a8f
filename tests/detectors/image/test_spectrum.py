"""Spectrum: repeated doubling leaves peaks at quarters of a cycle; a camera does not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.ground_truth.images import Kind, Truth, jpeg, png
from detectors.ground_truth.scenes import picture

ID = "image.spectrum"
Look = Callable[..., Finding]


@pytest.mark.parametrize("seed", [131, 132])
def test_doubling_twice_leaves_peaks_where_theory_puts_them(
    seed: int, look: Look, truth: Callable[[Kind, int], Truth]
) -> None:
    made = truth(Kind.UPSAMPLED, seed)
    found = look(ID, made.altered, made.suffix)
    first = found.details["peaks"][0]
    assert (abs(first["across"]), abs(first["down"])) == (0.25, 0.25)
    assert found.score is not None
    assert found.score > 0.5
    assert found.regions == ()
    twin = look(ID, made.untouched, made.suffix)
    assert (twin.score, twin.details["peaks"]) == (0.0, [])


@pytest.mark.parametrize("quality", [60, 80, 95])
def test_jpeg_blocks_alone_are_no_peaks(quality: int, look: Look) -> None:
    found = look(ID, jpeg(picture(33, size=(768, 640)), quality), ".jpg")
    assert found.status is Status.OK
    assert found.details["peaks"] == []


def test_a_blurred_picture_falls_off_faster(look: Look) -> None:
    sharp = picture(34, size=(640, 512))
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.8), dtype=np.uint8)
    slopes = [
        look(ID, png(pixels), ".png").details["slope_of_the_upper_octave"]
        for pixels in (sharp, soft)
    ]
    assert slopes[1] < slopes[0]
