"""Each detector locates what it is made for, and is quiet on the untouched twin."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detectors.api import Finding, Status
from detectors.ground_truth.images import MADE_FOR, Kind, Truth

LEAST_OVERLAP = {
    "image.colour": 0.5,
    "image.copy_move": 0.7,
    "image.lighting": 0.5,
    "image.noise": 0.5,
    "image.resampling": 0.4,
    "image.sharpness": 0.5,
}
SEEDS = (121, 122)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("detector_id", LEAST_OVERLAP)
def test_the_altered_part_is_located_and_the_twin_is_quiet(
    detector_id: str,
    seed: int,
    look: Callable[..., Finding],
    truth: Callable[[Kind, int], Truth],
    best_overlap: Callable[[Finding, Truth], float],
) -> None:
    made = truth(MADE_FOR[detector_id], seed)
    found = look(detector_id, made.altered, made.suffix)
    assert best_overlap(found, made) > LEAST_OVERLAP[detector_id]
    assert found.score is not None
    assert found.score > 0.5
    assert all(picture.data.startswith(b"\x89PNG") for picture in found.pictures)
    twin = look(detector_id, made.untouched, made.suffix)
    assert twin.status is Status.OK
    assert (twin.regions, twin.score) == ((), 0.0)
