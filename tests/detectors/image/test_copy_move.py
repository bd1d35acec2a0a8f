"""Copy-move: both places are told with scale and turn; look-alikes are not copies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from detectors.api import Finding, Status
from detectors.ground_truth.images import Box, Kind, Truth, jpeg, overlap, png
from detectors.ground_truth.scenes import camera, photograph, scene

ID = "image.copy_move"
Look = Callable[..., Finding]


def test_both_places_and_the_transform_are_told(
    look: Look, truth: Callable[[Kind, int], Truth]
) -> None:
    made = truth(Kind.COPY_MOVE, 121)
    found = look(ID, made.altered, made.suffix)
    places = [Box(x=r.x, y=r.y, width=r.width, height=r.height) for r in found.regions]
    assert len(places) == 2
    assert all(max(overlap(place, box) for place in places) > 0.6 for box in made.boxes)
    [copy] = found.details["copies"]
    assert min(abs(copy["scale"] - 1.08), abs(copy["scale"] - 1 / 1.08)) < 0.01
    assert abs(abs(copy["turned_degrees"]) - 12) < 0.5


def test_the_same_thing_photographed_twice_is_no_copy(look: Look) -> None:
    """Two halves show one scene, each with noise of its own, as two windows of a house do."""
    one = scene(5, size=(400, 600))
    light = np.concatenate([one, one], axis=1) * np.float32(0.35)
    noisy = camera(5)
    shown = photograph(light, by=type(noisy)(shot=0.02, read=0.0004), seed=5)
    assert look(ID, jpeg(shown, 90), ".jpg").regions == ()


def test_a_picture_without_detail_is_left_alone(look: Look) -> None:
    rows, columns = np.mgrid[0:400, 0:400]
    smooth = np.repeat(((rows + columns) / 4)[..., None], 3, axis=2).astype(np.uint8)
    found = look(ID, png(smooth), ".png")
    assert found.status is Status.ABSTAINED
    assert "too few distinct details" in found.sentence
