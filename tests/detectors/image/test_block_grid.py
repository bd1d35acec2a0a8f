"""A part whose JPEG blocks begin elsewhere is located, and its phase is told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.ground_truth.images import Kind, Truth, decoded, jpeg, pasted, place, png
from detectors.ground_truth.scenes import picture

ID = "image.block_grid"
SIZE = (1024, 768)
Look = Callable[..., Finding]


@pytest.mark.parametrize("seed", [111, 112])
def test_a_part_on_another_grid_is_located(
    seed: int,
    look: Look,
    truth: Callable[[Kind, int], Truth],
    best_overlap: Callable[[Finding, Truth], float],
) -> None:
    made = truth(Kind.OFF_GRID, seed)
    found = look(ID, made.altered, made.suffix)
    assert best_overlap(found, made) > 0.5
    twin = look(ID, made.untouched, made.suffix)
    assert (twin.regions, twin.score) == ((), 0.0)
    assert twin.details["own_grid"] == [0, 0]


def test_the_foreign_phase_is_told_even_under_a_finer_last_save(look: Look) -> None:
    box = place(5, size=SIZE)
    ground = decoded(jpeg(picture(5, size=SIZE), 70))
    other = decoded(jpeg(picture(6, size=SIZE), 60))
    # pasted at the box, the part's blocks begin at column 3 and row 5 of the picture
    moved = np.roll(other, ((5 - box.y) % 8, (3 - box.x) % 8), axis=(0, 1))[8:, 8:]
    found = look(ID, jpeg(pasted(ground, moved, box), 95), ".jpg")
    [region] = found.regions
    assert region.label == "blocks begin at column 3, row 5 of 8"


def test_a_cropped_picture_is_quiet_and_tells_its_grid(look: Look) -> None:
    cropped = decoded(jpeg(picture(8, size=SIZE), 75))[3:, 6:]
    found = look(ID, png(cropped), ".png")
    assert found.regions == ()
    assert found.details["own_grid"] == [2, 5]


def test_a_picture_that_was_never_compressed_has_no_grid(look: Look) -> None:
    found = look(ID, png(picture(9, size=SIZE)), ".png")
    assert found.regions == ()
    assert found.sentence.startswith("No clear traces")


def test_a_flat_picture_is_left_alone(look: Look) -> None:
    flat = np.full((400, 400, 3), 130, dtype=np.uint8)
    flat[40:60, 40:60] = 20
    found = look(ID, png(flat), ".png")
    assert found.status is Status.ABSTAINED
    assert "too flat" in found.sentence
