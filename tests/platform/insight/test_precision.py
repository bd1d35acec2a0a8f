"""How often people agreed with a detector that spoke for manipulation, by category."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from probity.analysis.models import Finding, Run
from probity.analysis.queue import job_enqueue
from probity.cases.models import Case, EvidenceItem
from probity.core.clock import now
from probity.core.shares import wilson
from probity.decisions.models import FactAnswer
from probity.evidence.models import Asset
from probity.insight.figures import Span
from probity.insight.precision import TOLD_FROM, Tally, precision, tallies_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No tally of another test is remembered."""
    cache.clear()


@pytest.fixture
def decided(person: Callable[..., Any]) -> Callable[..., Case]:
    """A decided case with a file, a detector's finding and a person's answer."""
    ada = person()

    def make(mark: int, *, said: bool | None, llr: float | None, status: str = "ok") -> Case:
        moment = now() - timedelta(hours=1)
        fields = {"category": "other", "explanation": "x", "url": f"https://example.org/{mark}"}
        before = set(Case.objects.values_list("pk", flat=True))
        Client().post("/report", fields)
        case = Case.objects.exclude(pk__in=before).get()
        Case.objects.filter(pk=case.pk).update(state="in_review")
        Case.objects.filter(pk=case.pk).update(state="decided", decided_at=moment)
        asset = Asset.objects.create(sha256=f"{mark:064x}", bytes=1, received_at=moment)
        EvidenceItem.objects.create(case=case, asset=asset, report=None, added_at=moment)
        job = job_enqueue(kind="analyse", asset=asset, case=uuid4())
        run = Run.objects.create(
            job=job, asset=asset, case=job.case, attempt=1, worker="w", started_at=moment
        )
        Finding.objects.create(
            run=run, asset=asset, kind="detector", producer="splice", title="Splice", version="1",
            status=status, sentence="x", llr=llr, input_sha256=asset.pk, duration_ms=1.0,
            made_at=moment,
        )  # fmt: skip
        if said is not None:
            FactAnswer.objects.create(
                case=case, name="synthetic", value=said, person=ada, at=moment
            )
        return case

    return make


def test_only_answered_cases_in_which_it_spoke_count(decided: Callable[..., Case]) -> None:
    decided(1, said=True, llr=2.0)
    decided(2, said=False, llr=0.5)
    decided(3, said=True, llr=-1.0)
    decided(4, said=True, llr=None, status="abstained")
    decided(5, said=None, llr=3.0)
    assert tallies_of("other") == {"splice": Tally(2, 1)}
    assert tallies_of("intimate") == {}
    low, high = wilson(1, 2) or (0, 0)
    today = datetime.now(UTC).date()
    figure = precision(None, Span(today - timedelta(days=1), today))
    assert figure.rows == [["Splice", "Something else", 2, 1, 0.5, round(low, 3), round(high, 3)]]


def test_few_cases_are_not_told() -> None:
    assert Tally(TOLD_FROM - 1, 5).sentence == ""
    low, high = wilson(36, 41) or (0, 0)
    told = Tally(41, 36).sentence
    assert told.startswith("In 41 decided cases of this category here")
    assert f"{round(100 * low)} to {round(100 * high)} %" in told


def test_the_case_page_says_it_beside_the_finding(
    decided: Callable[..., Case], client: Client, person: Callable[..., Any]
) -> None:
    case = decided(1, said=True, llr=2.0)
    client.force_login(person("bob"))
    address = f"/triage/{case.pk}"
    assert "decided cases of this category" not in client.get(address).content.decode()
    cache.set("precision:other", {"splice": (30, 24)}, 60)
    text = client.get(address).content.decode()
    assert "In 30 decided cases of this category here" in text
    assert "never part of it" in text
