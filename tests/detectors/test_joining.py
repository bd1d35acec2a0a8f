"""Measurements and what else is known: agreeing, contradicting, or all there is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from detectors.api import Finding, Status
from detectors.assessment import Assessment, Indication
from detectors.fusion import assess
from detectors.topics import Topic

TOPICS = {"test.a": Topic("picture", "digital")}
FOR = Indication(source="credentials", sentence="Signed.", speaks="for", weight="strong")
AGAINST = Indication(
    source="watermark", sentence="Altered.", speaks="against", weight="strong", subject="picture"
)
RUMOUR = Indication(source="metadata", sentence="Camera.", speaks="for", weight="weak")


def weighed(llr: float | None, *indications: Indication) -> Assessment:
    finding = Finding(
        detector="test.a", version="1.0.0", status=Status.OK, sentence="Seen.", llr=llr
    )
    return assess([finding], topics=TOPICS, indications=indications)


@pytest.mark.parametrize(("llr", "against"), [(2.0, FOR), (-2.0, AGAINST)])
def test_strong_evidence_of_two_kinds_that_disagrees_takes_the_number_away(
    llr: float, against: Indication
) -> None:
    found = weighed(llr, against)
    assert (found.status, found.llr, found.verbal, found.in_doubt) == (
        Status.ABSTAINED, None, None, None,
    )  # fmt: skip
    assert "contradict one another" in found.sentence
    assert against.sentence in found.sentence
    assert found.contributions[0].llr == llr


@pytest.mark.parametrize(("llr", "agreeing"), [(-2.0, FOR), (2.0, AGAINST)])
def test_agreement_is_told_and_changes_no_number(llr: float, agreeing: Indication) -> None:
    alone = weighed(llr)
    found = weighed(llr, agreeing)
    assert (found.llr, found.verbal, found.in_doubt) == (alone.llr, alone.verbal, alone.in_doubt)
    assert found.sentence.startswith(alone.sentence)
    assert "agrees" in found.sentence


def test_what_is_known_is_told_where_nothing_was_measured() -> None:
    found = weighed(None, AGAINST)
    assert (found.status, found.llr, found.in_doubt) == (Status.ABSTAINED, None, "picture")
    assert "speaks against" in found.sentence
    real = weighed(None, FOR)
    assert "speaks for this file's being what was recorded" in real.sentence
    assert real.in_doubt is None


def test_what_contradicts_itself_leaves_it_open() -> None:
    found = weighed(2.0, FOR, AGAINST)
    assert (found.llr, found.in_doubt) == (None, None)
    assert "contradicts itself" in found.sentence


def test_what_anybody_could_have_written_only_adds_a_sentence() -> None:
    alone, found = weighed(2.0), weighed(2.0, RUMOUR)
    assert (found.status, found.llr, found.in_doubt) == (alone.status, alone.llr, alone.in_doubt)
    assert "anybody could have written" in found.sentence


@pytest.mark.parametrize("llr", [None, 2.0, -2.0])
def test_the_plain_form_carries_the_indications(llr: float | None) -> None:
    plain: dict[str, Any] = json.loads(json.dumps(weighed(llr, FOR, RUMOUR).to_dict()))
    assert [Indication.from_dict(one) for one in plain["indications"]] == [FOR, RUMOUR]
