from __future__ import annotations

from typing import Any

import pytest

from policy.api import Fact, FactType, Source
from policy.errors import FactRefused, PackInvalid
from policy.strict_yaml import read
from policy.vocabulary import answer, check, parse, refusal_of, vocabulary

NAMED = """
    intimate depicts_identifiable_person consent_to_publication request_valid covered_platform
    synthetic deceptive disclosed parody depicts_candidate days_to_election depicted_is_minor
    depicted_is_deceased consent_to_creation commercial_use impersonation defamatory
    intent_to_deceive intent_to_harm knowledge_of_falsity very_large_platform news_reporting"""
INNER = [name for name in vocabulary() if name.startswith(("consent_", "intent_", "knowledge_"))]


@pytest.mark.parametrize("name", NAMED.split())
def test_agreed_names_exist(name: str) -> None:
    assert name in vocabulary()


def test_distances_are_numbers_and_the_rest_are_yes_or_no() -> None:
    numbers = [name for name, spec in vocabulary().items() if spec.type is FactType.INTEGER]
    assert "days_to_election" in numbers
    assert all(name.startswith(("days_to_", "hours_to_")) for name in numbers)


@pytest.mark.parametrize("name", list(vocabulary()))
def test_a_reviewer_may_answer_everything(name: str) -> None:
    spec = vocabulary()[name]
    fact = Fact(name, 1 if spec.type is FactType.INTEGER else True, Source.REVIEWER)
    assert refusal_of(check(fact), minimum=spec.minimum) is None


@pytest.mark.parametrize("name", list(vocabulary()))
def test_a_detector_alone_never_settles_anything(name: str) -> None:
    spec = vocabulary()[name]
    assert refusal_of(Fact(name, True, Source.DETECTOR), minimum=spec.minimum) is not None


@pytest.mark.parametrize("name", INNER)
def test_minds_are_not_a_detectors_to_read(name: str) -> None:
    assert vocabulary()[name].supply.isdisjoint({Source.DETECTOR, Source.PROVENANCE})


def test_a_detector_proposes_synthetic() -> None:
    note = refusal_of(Fact("synthetic", True, Source.DETECTOR), minimum=Source.REVIEWER)
    assert note == "Treated as unknown: the detector proposes it; the reviewer must confirm."


def test_answers() -> None:
    assert answer("synthetic", True) == Fact("synthetic", True, Source.REVIEWER)
    assert answer("synthetic", None) == Fact("synthetic", None, Source.REVIEWER)
    given = {"value": 12, "source": "platform"}
    assert answer("days_to_election", given) == Fact("days_to_election", 12, Source.PLATFORM)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("sinthetic", True, "did you mean 'synthetic'"),
        ("zzz", True, "probity policy facts"),
        ("synthetic", 1, "needs true or false"),
        ("days_to_election", True, "needs a whole number"),
        ("days_to_election", 10**30, "out of all bounds"),
        ("days_to_election", 1.5, "needs true, false, a whole number or null"),
        ("synthetic", "yes", "needs true, false"),
        ("synthetic", {"value": True}, "exactly the keys"),
        ("synthetic", {"value": True, "source": "reviewer", "by": "x"}, "exactly the keys"),
        ("synthetic", {"value": True, "source": "oracle"}, "must be one of"),
        ("synthetic", {"value": [True], "source": "reviewer"}, "needs true, false"),
        ("synthetic", {"value": True, "source": []}, "must be one of"),
    ],
)
def test_refused_answers(name: str, given: Any, sentence: str) -> None:
    with pytest.raises(FactRefused, match=sentence):
        answer(name, given)


ENTRY = """x:
  type: bool
  question: Is it?
  "true": it is
  "false": it is not
  help: Look.
  supply: [{supply}]
  minimum: {minimum}
  cost: 1
"""


@pytest.mark.parametrize(
    ("supply", "minimum", "line"),
    [("detector", "detector", 7), ("reviewer", "platform", 8), ("reviewer", "oracle", 8)],
)
def test_refused_vocabulary(supply: str, minimum: str, line: int) -> None:
    text = ENTRY.format(supply=supply, minimum=minimum)
    with pytest.raises(PackInvalid, match=rf"facts\.yaml:{line}:"):
        parse(read(text, file="facts.yaml"))
