"""Findings taken together: cautious, and silent where there is nothing to weigh."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.api import Assessment, Finding, Status
from detectors.fusion import CORRELATION, assess


def finding(
    llr: float | None, *, status: Status = Status.OK, upper: float | None = None, name: str = "a"
) -> Finding:
    rates = None if upper is None else {"upper_95": upper}
    return Finding(
        detector=f"test.{name}", version="1.0.0", status=status, sentence="Seen.", llr=llr,
        error_rates=rates,
    )  # fmt: skip


def silent(assessment: Assessment) -> bool:
    return (
        assessment.status is Status.ABSTAINED
        and assessment.llr is None
        and assessment.verbal is None
    )


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ([], "No detector is installed"),
        ([finding(None, status=Status.FAILED)], "No detector could measure"),
        ([finding(None, status=Status.ABSTAINED)], "No detector could measure"),
        ([finding(None)], "Read the finding:"),
        ([finding(None), finding(None)], "Read the findings:"),
        ([finding(0.1, upper=0.01)], "leave it open"),
        ([finding(5.0), finding(-5.0)], "contradict"),
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
    weights = {part.detector: part.weight for part in assessment.parts}
    assert weights == {"test.a": 1.0, "test.b": 0.0}


def test_it_speaks_for_the_unaltered_side_as_readily() -> None:
    assessment = assess([finding(-math.log(50))])
    assert assessment.llr == pytest.approx(-math.log(50))
    assert "being unaltered" in assessment.sentence


def test_dependent_findings_count_less_than_their_sum() -> None:
    assessment = assess([finding(2.0), finding(2.0, name="b")])
    assert assessment.llr == pytest.approx(4.0 / (1 + CORRELATION))


@pytest.mark.parametrize(
    ("upper", "verbal"),
    [(None, "moderate support"), (0.03, "moderate support"), (0.02, "strong support")],
)
def test_strong_words_need_a_measured_error_rate(upper: float | None, verbal: str) -> None:
    assert assess([finding(math.log(5_000), upper=upper)]).verbal == verbal


LLRS = st.lists(st.floats(-60, 60), min_size=1, max_size=8)


@given(LLRS)
def test_the_result_lies_between_mean_and_sum(values: list[float]) -> None:
    assessment = assess([finding(value) for value in values])
    if assessment.llr is None:
        assert silent(assessment)
        return
    total, mean = sum(values), sum(values) / len(values)
    low, high = sorted((total, mean))
    assert low - 1e-9 <= assessment.llr <= high + 1e-9


@given(LLRS)
def test_the_order_of_findings_does_not_matter(values: list[float]) -> None:
    findings = [finding(value) for value in values]
    turned = list(reversed(findings))
    assert assess(findings).verbal == assess(turned).verbal
