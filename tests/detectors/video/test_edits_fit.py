"""Thresholds for edits are learnt from clips, and a clip is judged without itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from benchmarks.video_edits_fit import Measured, fitted
from detectors.ground_truth.edits import Edit
from detectors.registry import find
from detectors.video.jumps import Change, changes, order

JOIN = 60


@pytest.fixture(scope="module")
def card() -> dict[str, float]:
    found = find("video.shallowfake").card
    assert found is not None
    return {name: float(value) for name, value in found.parameters.items()}


def one(
    *, changes: list[Change], joins: tuple[int, ...] = (),
    shares: Mapping[tuple[int, int], float] | None = None, errors: float = 1.0, told: bool = False,
) -> Measured:  # fmt: skip
    return Measured(
        changes=changes, joins=joins, shares=shares or {}, errors=errors,
        beats=(told,) * 6, repeats=(told,) * 6,
    )  # fmt: skip


def clip(number: int) -> dict[Edit, Measured]:
    """A lively clip whose gestures look a little like jumps; the joins look like them more."""
    chance = np.random.default_rng(number)

    def change(at: int, *, jump: bool) -> Change:
        return Change(
            at=at, times=float(chance.uniform(5, 9) if jump else chance.uniform(2, 4)),
            above=float(chance.uniform(0.8, 1.5) if jump else chance.uniform(-0.2, 0.4)),
            lasting=float(chance.uniform(1.0, 1.2) if jump else chance.uniform(1.3, 2.0)),
            key=False,
        )  # fmt: skip

    calm = [change(at, jump=False) for at in range(10, 50, 8)]
    pair = {(10, 42): 1.4 + 0.01 * number}
    quiet = one(changes=calm, shares=pair)
    return {
        Edit.NONE: quiet,
        Edit.REMOVED: one(
            changes=[*calm, change(JOIN, jump=True)], joins=(JOIN,), shares=pair
        ),
        Edit.REORDERED: one(
            changes=[*calm, *(change(JOIN + 40 * step, jump=True) for step in range(3))],
            joins=(JOIN, JOIN + 40, JOIN + 80), shares=pair | {(JOIN, JOIN + 40): 0.2},
        ),
        Edit.REENCODED: one(changes=calm, errors=9.0),
        Edit.STRETCHED: one(changes=calm, told=True),
        Edit.REPEATED: one(changes=calm, told=True),
    }  # fmt: skip


def test_what_was_learnt_tells_a_clip_that_was_left_out(card: dict[str, float]) -> None:
    clips = [clip(number) for number in range(9)]
    for number, left_out in enumerate(clips):
        p = {**card, **fitted(clips[:number] + clips[number + 1 :], p=card)}
        told = [one.at for one in left_out[Edit.REMOVED].changes
                if one.evidence(p) >= p["jump_evidence"]]  # fmt: skip
        assert told == [JOIN]
        assert 0.2 < p["continues_share"] < 1.0
        assert 1.0 < p["coarser_errors"] < 9.0


def test_a_false_alarm_costs_more_than_a_miss(card: dict[str, float]) -> None:
    """One untouched clip that looks edited raises the threshold over some edits."""
    clips = [clip(number) for number in range(9)]
    before = fitted(clips, p=card)["coarser_errors"]
    loud = dict(clips[0])
    loud[Edit.NONE] = one(changes=list(loud[Edit.NONE].changes), errors=8.0,
                          shares=loud[Edit.NONE].shares)  # fmt: skip
    assert before < 8.0 < fitted([loud, *clips[1:]], p=card)["coarser_errors"] < 9.0


@pytest.fixture
def pan() -> np.ndarray:
    """A camera that sweeps slowly over a pattern: 120 frames of 90 lines."""
    noise = np.random.default_rng(3).integers(0, 255, (30, 120), dtype=np.uint8)
    wide = np.kron(noise, np.ones((3, 3), dtype=np.uint8))
    return np.stack([np.repeat(wide[:, at : at + 160, None], 3, axis=2) for at in range(120)])


def moved(images: np.ndarray, card: dict[str, float]) -> list[tuple[int, int]]:
    apart = np.abs(np.diff(images.astype(np.int16), axis=0)).mean(axis=(1, 2, 3))
    seen = changes(images, apart, key=np.zeros(len(images), dtype=np.bool_), p=card)
    return order(images, seen, p={**card, "join_evidence": -99.0})


def test_pieces_in_another_order_are_put_back(pan: np.ndarray, card: dict[str, float]) -> None:
    swapped = np.concatenate((pan[:40], pan[65:90], pan[40:65], pan[90:]))
    assert set(moved(swapped, card)) <= {(40, 65), (65, 90)}
    assert moved(swapped, card)
    assert moved(pan, card) == []
