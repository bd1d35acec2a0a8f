"""Numbers of a finding come with what they are worth."""

from __future__ import annotations

import pytest

from probity.analysis.models import Finding, FindingKind
from probity.web.triage.findings_page import _numbers


def names(**details: object) -> list[str]:
    row = Finding(kind=FindingKind.DETECTOR, status="ok", score=0.4, details=details)
    return [number.name for number in _numbers(row)]


@pytest.mark.parametrize("known", [True, None])
def test_a_proven_or_unmeasured_score_has_no_remark(known: bool | None) -> None:
    assert names(better_than_chance=known) == ["Raw score", "Weight of evidence"]


def test_a_score_no_better_than_chance_says_so_beside_itself() -> None:
    assert names(better_than_chance=False) == ["Raw score", "Told apart", "Weight of evidence"]
