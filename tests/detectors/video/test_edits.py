"""The edits that detectors are measured with are where they say, and the same for a seed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from detectors.ground_truth.edits import Edit, Pictures, Truth, make
from foundation.media import decode

FPS = Fraction(25)
COUNT = 200
LENGTHS = {
    Edit.NONE: COUNT, Edit.SLOWED: COUNT, Edit.STRETCHED: 266, Edit.REPEATED: COUNT + 10,
    Edit.REMOVED: COUNT - 25, Edit.REORDERED: COUNT, Edit.REENCODED: COUNT,
}  # fmt: skip


@pytest.fixture(scope="module")
def numbered() -> Pictures:
    """Each picture as bright as its number."""
    return [np.full((48, 64, 3), number, dtype=np.uint8) for number in range(COUNT)]


def shades(truth: Truth) -> list[int]:
    return [round(float(picture.mean())) for _, picture in decode.video_frames(truth.path)]


@pytest.mark.parametrize("edit", list(Edit))
def test_an_edit_is_where_it_says(edit: Edit, numbered: Pictures, tmp_path: Path) -> None:
    truth = make(edit, numbered, fps=FPS, folder=tmp_path, seed=5)
    seen = shades(truth)
    assert len(seen) == LENGTHS[edit]
    if truth.place is None:
        assert edit in (Edit.NONE, Edit.SLOWED, Edit.STRETCHED)
        return
    first, end = (round(at * FPS) for at in truth.place)
    assert 25 <= first <= end <= len(seen) - 25
    assert seen[:first] == pytest.approx(range(first), abs=2)
    if edit is Edit.REPEATED:
        assert seen[first:end] == pytest.approx([first] * 10, abs=2)
    elif edit is Edit.REMOVED:
        assert seen[first] == pytest.approx(first + 25, abs=2)
    elif edit is Edit.REORDERED:
        assert seen[first] == pytest.approx(first + 40, abs=2)
        assert seen[end:] == pytest.approx(range(end, COUNT), abs=2)


def test_slowing_by_stamps_lasts_longer(numbered: Pictures, tmp_path: Path) -> None:
    truth = make(Edit.SLOWED, numbered, fps=FPS, folder=tmp_path, seed=5)
    times = [at for at, _ in decode.video_frames(truth.path)]
    assert times[-1] == pytest.approx(199 / 18.75, abs=0.01)


def test_the_same_seed_gives_the_same_place(numbered: Pictures, tmp_path: Path) -> None:
    places = {
        seed: make(Edit.REMOVED, numbered, fps=FPS, folder=tmp_path, seed=seed).place
        for seed in (1, 2, 1)
    }
    assert places[1] != places[2]
    assert places[1] == make(Edit.REMOVED, numbered, fps=FPS, folder=tmp_path, seed=1).place


def test_a_short_clip_is_refused(numbered: Pictures, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="6 s"):
        make(Edit.NONE, numbered[:140], fps=FPS, folder=tmp_path, seed=1)
