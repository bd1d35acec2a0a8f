"""Cases merge and reports split off: both logs tell of it, receipts stay, holds forbid it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.cases.claims import case_claim, next_case_claim
from probity.cases.models import Case, CaseState, Report
from probity.cases.selectors import report_by_receipt
from probity.cases.services import item_add
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound, Refusal
from probity.evidence.models import Asset
from probity.keeping.holds import hold_place
from probity.workflow.case_merge import case_merge
from probity.workflow.report_split import report_split

pytestmark = pytest.mark.django_db
WHY = "The same person, the same clip."


def filed(case: Case, report: Report, letter: str) -> Asset:
    asset = Asset.objects.create(
        sha256=letter * 64, bytes=1, kind="image", media_type="image/jpeg", received_at=now()
    )
    item_add(case=case, asset=asset, report=report)
    return asset


def files(case: Case) -> set[str]:
    return {sha256[0] for sha256 in case.items.values_list("asset_id", flat=True)}


def names(case: Case) -> list[str]:
    events = AuditEvent.objects.filter(chain_id=f"case:{case.pk}").order_by("seq")
    return [event.name for event in events]


def test_two_cases_become_one(reported: Callable[..., Any], ada: Actor) -> None:
    one = reported(category="defamation", places=["FR"])
    two = reported(category="intimate", places=["US-CA"])
    filed(one.case, one.report, "a")
    filed(two.case, two.report, "b")
    case_claim(case=two.case, actor=ada)

    kept = case_merge(case=two.case, into=one.case, reason=WHY, actor=ada)
    gone = Case.objects.get(pk=two.case.pk)
    assert (gone.state, gone.merged_into_id, gone.target) == (CaseState.MERGED, kept.pk, "")
    assert kept.reports.count() == 2
    assert files(kept) == {"a", "b"}
    assert kept.category == "intimate"
    assert set(kept.places) == {"FR", "US-CA"}
    assert report_by_receipt(two.token).case_id == kept.pk
    assert not gone.clocks.filter(ended_at=None).exists()
    assert kept.clocks.filter(ended_at=None, service=False).exists()
    assert "case.merged" in names(gone)
    assert "case.absorbed" in names(kept)
    with pytest.raises(Conflict, match="was merged into"):
        case_claim(case=gone, actor=ada)
    taken = next_case_claim(actor=ada)
    assert taken is not None
    assert taken.case_id == kept.pk


def test_what_cannot_be_merged_says_why(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    one, two = opened(), opened()
    with pytest.raises(InvalidInput, match="another case"):
        case_merge(case=one, into=one, reason=WHY, actor=ada)
    with pytest.raises(InvalidInput, match="about the same thing"):
        case_merge(case=one, into=two, reason=" ", actor=ada)
    case_claim(case=two, actor=ben)
    with pytest.raises(Conflict, match=rf"^ben holds {two.label} until \d\d:\d\d UTC"):
        case_merge(case=one, into=two, reason=WHY, actor=ada)


def test_a_report_gets_a_case_of_its_own(reported: Callable[..., Any], ada: Actor) -> None:
    first = reported(url="https://host.example/p/1")
    second = reported(url="https://host.example/p/1", category="intimate", places=["US-CA"])
    filed(first.case, first.report, "a")
    filed(first.case, second.report, "b")
    shared = filed(first.case, first.report, "c")
    case = Case.objects.get(pk=first.case.pk)

    fresh = report_split(report=second.report, reason=WHY, actor=ada, also=[shared.pk])
    assert (files(case), files(fresh)) == ({"a", "c"}, {"b", "c"})
    assert fresh.opened_at == second.report.received_at
    assert (fresh.category, fresh.places) == ("intimate", ["US-CA"])
    assert report_by_receipt(second.token).case_id == fresh.pk
    assert "case.split" in names(case)
    assert {"case.opened", "case.split_off"} <= set(names(fresh))
    with pytest.raises(Conflict, match="only report"):
        report_split(report=Report.objects.get(pk=second.report.pk), reason=WHY, actor=ada)


def test_a_file_that_is_not_there_cannot_go_along(reported: Callable[..., Any], ada: Actor) -> None:
    first = reported(url="https://host.example/p/2")
    second = reported(url="https://host.example/p/2")
    with pytest.raises(InvalidInput, match="no such file"):
        report_split(report=second.report, reason=WHY, actor=ada, also=["d" * 64])
    assert Report.objects.filter(case=first.case.pk).count() == 2


def test_under_a_legal_hold_a_case_stays_as_it_is(
    reported: Callable[..., Any], ada: Actor, person: Callable[..., Any]
) -> None:
    lex = person_actor(person("lex", "legal"))
    held = reported(url="https://host.example/p/3")
    more = reported(url="https://host.example/p/3")
    other = reported()
    case = Case.objects.get(pk=held.case.pk)
    hold_place(
        case=case, kind="court_order", reason="A court asked.", reference="12 K 3", actor=lex
    )

    for attempt in (
        lambda: report_split(report=more.report, reason=WHY, actor=ada),
        lambda: case_merge(case=case, into=other.case, reason=WHY, actor=ada),
    ):
        with pytest.raises(Refusal, match="legal hold keeps") as refused:
            attempt()
        assert refused.value.status == 423
    assert case.reports.count() == 2
    kept = case_merge(case=other.case, into=case, reason=WHY, actor=ada)
    assert kept.reports.count() == 3
    with pytest.raises(NotFound):
        report_by_receipt("x")
