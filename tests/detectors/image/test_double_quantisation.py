"""Parts quantised once among twice are located without knowledge of the earlier table."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from detectors.api import Finding, Status
from detectors.ground_truth.images import Kind, Truth, cut, decoded, jpeg, pasted, place, png
from detectors.ground_truth.scenes import picture
from detectors.jpeg import table_for

ID = "image.double_quantisation"
SIZE = (1024, 768)
Look = Callable[..., Finding]
MakeTruth = Callable[[Kind, int], Truth]
Overlap = Callable[[Finding, Truth], float]


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_a_part_that_was_never_saved_before_is_located(
    seed: int, look: Look, truth: MakeTruth, best_overlap: Overlap
) -> None:
    made = truth(Kind.SPLICE, seed)
    found = look(ID, made.altered, made.suffix)
    assert best_overlap(found, made) > 0.6
    assert "only once, the rest twice" in found.sentence
    assert found.score is not None
    assert found.score > 0.9
    twin = look(ID, made.untouched, made.suffix)
    assert (twin.regions, twin.score) == ((), 0.0)


def test_a_table_of_the_cameras_own_is_found_all_the_same(look: Look) -> None:
    """Half-way between two standard tables, and tilted: no quality of the standard fits."""
    own = np.clip(table_for(70) * np.linspace(0.7, 1.5, 8)[None, :], 1, 255).astype(int)
    out = io.BytesIO()
    Image.fromarray(picture(7, size=SIZE)).save(
        out, "JPEG", qtables=[own.ravel().tolist()] * 2, subsampling=0
    )
    box = place(7, size=SIZE)
    made = pasted(decoded(out.getvalue()), cut(picture(8, size=SIZE), box), box)
    found = look(ID, jpeg(made, 94), ".jpg")
    truth = Truth(kind=Kind.SPLICE, seed=7, altered=b"", untouched=b"", suffix="", boxes=(box,))
    [region] = found.regions
    assert abs(region.x - truth.boxes[0].x) <= 32
    assert abs(region.y - truth.boxes[0].y) <= 32
    steps = {tuple(one["place"]): one["first_step"] for one in found.details["frequencies"]}
    agreeing = [abs(steps[place_] - own[place_]) <= 1 for place_ in steps]
    assert sum(agreeing) >= 0.7 * len(agreeing)


def test_a_picture_saved_once_is_told_so(look: Look) -> None:
    found = look(ID, jpeg(picture(9, size=SIZE), 92), ".jpg")
    assert found.status is Status.OK
    assert found.regions == ()
    assert "once" in found.sentence


@pytest.mark.parametrize(
    ("quality", "side", "words"), [(40, 512, "compression is strong"), (92, 200, "too little")]
)
def test_it_abstains_with_a_reason(quality: int, side: int, words: str, look: Look) -> None:
    found = look(ID, jpeg(picture(9, size=(side, side)), quality), ".jpg")
    assert found.status is Status.ABSTAINED
    assert words in found.sentence


def test_a_picture_without_loss_is_left_alone(look: Look) -> None:
    assert look(ID, png(picture(9, size=(400, 300))), ".png").status is Status.ABSTAINED
