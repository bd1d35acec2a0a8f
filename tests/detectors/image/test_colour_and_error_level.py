"""Colour names the shift of the light; the error-level picture never gives a score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from detectors.api import Finding, Status
from detectors.ground_truth.images import Kind, Truth, decoded, jpeg, png
from detectors.ground_truth.scenes import picture

Look = Callable[..., Finding]
MakeTruth = Callable[[Kind, int], Truth]


def test_the_label_names_how_the_light_differs(look: Look, truth: MakeTruth) -> None:
    """Odd seeds paste a warm part: more red, and even more clearly less blue."""
    made = truth(Kind.COLOUR, 121)
    [region] = look("image.colour", made.altered, made.suffix).regions
    assert any(word in region.label for word in ("redder", "less blue"))


def test_a_black_and_white_picture_has_no_light_to_compare(look: Look) -> None:
    grey = np.repeat(picture(4, size=(640, 480)).mean(axis=2, keepdims=True), 3, axis=2)
    found = look("image.colour", png(grey.astype(np.uint8)), ".png")
    assert found.status is Status.ABSTAINED
    assert "black and white" in found.sentence


def test_error_levels_have_a_picture_and_neither_score_nor_region(
    look: Look, truth: MakeTruth
) -> None:
    made = truth(Kind.SPLICE, 121)
    found = look("image.error_level", made.altered, made.suffix)
    assert (found.status, found.score, found.regions) == (Status.OK, None, ())
    assert [one.name for one in found.pictures] == ["error-level"]


def test_a_picture_saved_again_and_again_changes_less(look: Look) -> None:
    fresh = picture(6, size=(512, 384))
    often = fresh
    for _ in range(4):
        often = decoded(jpeg(often, 90, subsampling=0))
    changes = [
        look("image.error_level", png(pixels), ".png").details["median_change"]
        for pixels in (fresh, often)
    ]
    assert changes[1] < 0.5 * changes[0]
