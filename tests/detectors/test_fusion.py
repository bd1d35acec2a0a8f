"""Findings taken together: cautious, and silent where there is nothing to weigh."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.api import Finding, Status
from detectors.assessment import Assessment
from detectors.fusion import CORRELATION, CORRELATION_ACROSS, SCALE, assess
from detectors.topics import Topic, topic_of

TOPICS = {
    "test.voice": Topic("voice", "digital"),
    "test.voice2": Topic("voice", "digital"),
    "test.room": Topic("voice", "physical"),
    "test.picture": Topic("picture", "digital"),
    "test.light": Topic("picture", "physical"),
    "test.story": Topic("file", "semantic"),
}


def finding(
    llr: float | None, *, status: Status = Status.OK, upper: Any = None, name: str = "a"
) -> Finding:
    rates = None if upper is None else {"upper_95": upper}
    return Finding(
        detector=f"test.{name}", version="1.0.0", status=status, sentence="Seen.", llr=llr,
        error_rates=rates,
    )  # fmt: skip


def weighed(**ratios: float) -> Assessment:
    return assess([finding(llr, name=name) for name, llr in ratios.items()], topics=TOPICS)


def silent(assessment: Assessment) -> bool:
    return assessment.abstained and assessment.llr is None and assessment.verbal is None


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ([], "No detector is installed"),
        ([finding(None, status=Status.FAILED)], "No detector could measure"),
        ([finding(None, status=Status.ABSTAINED)], "No detector could measure"),
        ([finding(None)], "Read the finding:"),
        ([finding(None), finding(None)], "Read the findings:"),
        ([finding(0.1, upper=0.01)], "leave it open"),
        ([finding(5.0), finding(-5.0, name="b")], "contradict"),
    ],
)
def test_it_abstains_and_says_why(findings: list[Finding], words: str) -> None:
    assessment = assess(findings)
    assert silent(assessment)
    assert words in assessment.sentence


def test_one_calibrated_finding_keeps_its_weight() -> None:
    assessment = assess([finding(math.log(50)), finding(None, name="b")])
    assert assessment.llr == pytest.approx(math.log(50))
    assert assessment.verbal == "moderate support"
    assert "altered or generated" in assessment.sentence
    weights = {part.detector: part.weight for part in assessment.contributions}
    assert weights == {"test.a": 1.0, "test.b": 0.0}


def test_it_speaks_for_the_unaltered_side_as_readily() -> None:
    against = weighed(voice=math.log(50))
    assessment = weighed(voice=-math.log(50))
    assert assessment.llr == pytest.approx(-math.log(50))
    assert assessment.verbal == against.verbal
    assert "being unaltered" in assessment.sentence
    assert assessment.in_doubt is None
    assert "only what speaks about the voice" in assessment.sentence


def test_a_ratio_near_one_is_said_to_be_of_no_use() -> None:
    assessment = weighed(voice=math.log(1.6))
    assert not assessment.abstained
    assert assessment.verbal == "no useful support"
    assert "either way" in assessment.sentence
    assert assessment.in_doubt is None


def test_evidence_of_one_kind_counts_less_than_its_sum() -> None:
    assert weighed(voice=2.0, voice2=2.0).llr == pytest.approx(4.0 / (1 + CORRELATION))


def test_evidence_of_two_kinds_counts_more_but_not_fully() -> None:
    assessment = weighed(voice=2.0, room=2.0)
    assert assessment.llr == pytest.approx(4.0 / (1 + CORRELATION_ACROSS))
    [voice] = assessment.subjects
    assert voice.evidence == {"digital": 2.0, "physical": 2.0}
    added = [part.weight * (part.llr or 0) for part in assessment.contributions]
    assert sum(added) == pytest.approx(voice.llr)


@pytest.mark.parametrize(
    ("ratios", "in_doubt"),
    [
        ({"voice": 4.0, "picture": -3.0}, "voice"),
        ({"voice": -4.0, "picture": 4.0}, "picture"),
        ({"voice": 4.0, "picture": 4.0}, "both"),
        ({"story": 3.0}, "file"),
        ({"voice": -4.0, "picture": -4.0}, None),
    ],
)
def test_it_says_which_part_is_in_doubt(ratios: dict[str, float], in_doubt: str | None) -> None:
    assessment = weighed(**ratios)
    assert assessment.in_doubt == in_doubt
    assert {one.subject for one in assessment.subjects} == {
        TOPICS[f"test.{name}"].subject for name in ratios
    }


def test_a_false_voice_over_a_true_picture_is_no_contradiction() -> None:
    assessment = weighed(voice=math.log(80), picture=-math.log(80))
    assert assessment.llr == pytest.approx(math.log((80 + 1 / 80) / 2))
    assert "In doubt: the voice." in assessment.sentence


def test_a_part_that_contradicts_itself_is_left_out() -> None:
    assessment = weighed(voice=4.0, room=-4.0, picture=-2.0)
    assert assessment.llr == pytest.approx(-2.0)
    voice = next(one for one in assessment.subjects if one.subject == "voice")
    assert voice.llr is None
    assert "contradict" in voice.sentence


@pytest.mark.parametrize(
    ("upper", "llr", "verbal"),
    [
        (None, 8.0, "moderate support"),
        (0.03, 8.0, "moderate support"),
        (0.02, 8.0, "strong support"),
        ({"altered": 0.02, "unaltered": 0.3}, 8.0, "strong support"),
        ({"altered": 0.02, "unaltered": 0.3}, -8.0, "moderate support"),
        ({"altered": 0.3, "unaltered": 0.02}, -8.0, "strong support"),
        ({"altered": 0.021, "unaltered": 0.02}, 5.0, "moderate support"),
    ],
)
def test_strong_words_need_a_measured_error_rate(upper: Any, llr: float, verbal: str) -> None:
    assert assess([finding(llr, upper=upper)]).verbal == verbal


def test_one_supporter_without_a_bound_holds_the_words_down() -> None:
    both = [finding(8.0, upper=0.01, name="voice"), finding(8.0, name="room")]
    assert assess(both, topics=TOPICS).verbal == "moderate support"


def test_the_scale_is_that_of_the_guideline() -> None:
    assert [upper for upper, _ in SCALE] == [2, 10, 100, 1_000, 10_000, 1_000_000, math.inf]


def test_it_survives_json() -> None:
    data = json.loads(json.dumps(weighed(voice=3.0, light=1.0).to_dict()))
    assert data["abstained"] is False
    assert {part["evidence"] for part in data["contributions"]} == {"digital", "physical"}


def test_a_detector_that_is_gone_is_judged_by_its_name() -> None:
    assert topic_of("audio.no_longer_here") == Topic("voice", "digital")
    assert topic_of("acme.no_longer_here") == Topic("file", "digital")


LLRS = st.lists(st.floats(-60, 60), min_size=1, max_size=8)


@given(LLRS)
def test_the_result_lies_between_mean_and_sum(values: list[float]) -> None:
    assessment = assess([finding(value, name=f"a{i}") for i, value in enumerate(values)])
    if assessment.llr is None:
        assert silent(assessment)
        return
    total, mean = sum(values), sum(values) / len(values)
    low, high = sorted((total, mean))
    assert low - 1e-9 <= assessment.llr <= high + 1e-9


@given(LLRS)
def test_the_two_sides_are_mirror_images(values: list[float]) -> None:
    one = assess([finding(value, name=f"a{i}") for i, value in enumerate(values)])
    other = assess([finding(-value, name=f"a{i}") for i, value in enumerate(values)])
    assert one.verbal == other.verbal
    assert one.abstained == other.abstained


@given(LLRS)
def test_the_order_of_findings_does_not_matter(values: list[float]) -> None:
    findings = [finding(value, name=f"a{i}") for i, value in enumerate(values)]
    turned = list(reversed(findings))
    assert assess(findings).verbal == assess(turned).verbal
