"""A card says how well its score told files apart; what is no better than chance has no weight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from detectors import inside, registry
from detectors.api import CardInvalid, Outcome, Status
from detectors.card import load, parse
from detectors.evaluation import yaml_cards
from detectors.registry import find, usable
from detectors.strength import Strength, strengths

GOOD: dict[str, Any] = {
    "set": "clips", "auc": 0.8, "low": 0.6, "high": 0.9, "real": 20, "fake": 10, "abstained": 3,
    "leak": 0.7, "command": "probity evaluate",
}  # fmt: skip


def one(**changed: Any) -> Strength:
    [found] = strengths([{**GOOD, **changed}], where="card.yaml")
    return found


def test_what_is_better_than_chance_and_than_the_leak_is_proven() -> None:
    assert one().proven
    assert not one(low=0.5).proven
    assert not one(leak=0.85).proven
    assert one(low=0.51, auc=0.71).proven


def test_the_sentence_says_which_of_both_is_missing() -> None:
    assert one().sentence.endswith("20 genuine and 10 altered files, 3 not judged")
    assert one(low=0.4).sentence.endswith("That is no better than chance")
    assert "gives away by itself does as well (AUC 0.85)" in one(leak=0.85).sentence


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"low": 0.85}, "low <= auc <= high"),
        ({"high": 1.2}, "low <= auc <= high"),
        ({"real": 0}, "at least 1"),
        ({"leak": 0.3}, "at least 0.5"),
        ({"command": " "}, "must be text"),
        ({"more": 1}, "unknown key more"),
    ],
)
def test_what_is_wrong_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(CardInvalid, match=words):
        one(**changed)


@pytest.mark.parametrize(("low", "told"), [(0.4, False), (0.8, True)])
def test_a_score_says_when_it_ranks_no_better_than_chance(low: float, told: bool) -> None:
    card = replace(load(find("video.timing").card_path), strength=(one(low=low, auc=0.8),))
    done = inside._Done(status=Status.OK, sentence="so", outcome=Outcome(sentence="so", score=1.0))
    found = inside._finding(card, done, resources={}, sha256="0" * 64, spent=1.0)
    assert found.details["better_than_chance"] is told
    silent = inside._Done(status=Status.ABSTAINED, sentence="no")
    found = inside._finding(card, silent, resources={}, sha256="0" * 64, spent=1.0)
    assert "better_than_chance" not in found.details


def test_an_empty_block_is_refused() -> None:
    with pytest.raises(CardInvalid, match="or left out"):
        strengths([], where="card.yaml")


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a built-in card, where a detector's card is looked for."""
    entry = registry.find("image.noise")
    assert entry.card_path is not None
    data = yaml.safe_load(entry.card_path.read_text(encoding="utf-8"))
    data.pop("strength", None)
    path = tmp_path / "noise.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")

    class Found:
        card_path = path

    monkeypatch.setattr(yaml_cards, "find", lambda _name: Found)
    return path


def test_a_measurement_is_written_over_an_earlier_one_on_the_same_set(card: Path) -> None:
    before = load(card)
    assert before.better_than_chance is None
    yaml_cards.state("image.noise", one())
    yaml_cards.state("image.noise", one(set="others", low=0.3))
    yaml_cards.state("image.noise", one(auc=0.82))
    found = load(card)
    assert [(each.set, each.auc) for each in found.strength] == [("others", 0.8), ("clips", 0.82)]
    assert found.better_than_chance
    assert found.parameters == before.parameters
    assert found.limits == before.limits


def test_no_better_than_chance_may_not_be_calibrated(card: Path) -> None:
    data = yaml.safe_load(card.read_text(encoding="utf-8"))
    rate = {"condition": "all", "measure": "miss", "value": 0.1, "low": 0.0, "high": 0.2, "n": 9,
            "command": "probity calibrate"}  # fmt: skip
    assert parse({**data, "error_rates": [rate], "strength": [GOOD]}, where="card").calibrated
    with pytest.raises(CardInvalid, match="no better than chance"):
        parse({**data, "error_rates": [rate], "strength": [{**GOOD, "low": 0.2}]}, where="card")


def test_every_video_detector_states_what_was_measured() -> None:
    cards = [entry.card for entry in usable() if entry.card and entry.id.startswith("video.")]
    assert len(cards) >= 11
    assert [card.id for card in cards if not card.strength] == []
    assert [card.id for card in cards if card.calibrated and not card.better_than_chance] == []
