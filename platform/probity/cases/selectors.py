"""Reading cases and reports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, F, Prefetch, QuerySet

from probity.accounts.models import Person
from probity.core.clock import now
from probity.core.errors import NotFound

from .models import Case, CaseClaim, CaseState, IdempotencyKey, Report
from .receipts import receipt_digest


def cases_waiting() -> QuerySet[Case]:
    """Undecided cases, the nearest deadline first, then the oldest."""
    return (
        Case.objects.exclude(state=CaseState.DECIDED)
        .filter(removed_at=None)
        .annotate(report_count=Count("reports", distinct=True))
        .prefetch_related(_open_claims())
        .order_by(F("due_at").asc(nulls_last=True), "opened_at")
    )


def cases_decided() -> QuerySet[Case]:
    """Decided cases, the latest first."""
    decided = Case.objects.filter(state=CaseState.DECIDED, removed_at=None)
    return decided.order_by("-decided_at")


def _open_claims() -> Prefetch[str]:
    live = CaseClaim.objects.filter(ended_at=None, until__gte=now()).select_related("person")
    return Prefetch("claims", queryset=live, to_attr="live_claims")


def case_find(case_id: UUID) -> Case:
    """A case by id; raises NotFound, also for a demonstration that was removed."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no case with this id.")
    if case.removed_at:
        raise NotFound("This case was a demonstration, and it was removed.")
    return case


def demonstrations() -> QuerySet[Case]:
    """The demonstration cases that are still here, the first one first."""
    return Case.objects.exclude(demonstration="").filter(removed_at=None).order_by("number")


def claim_live(case: Case) -> CaseClaim | None:
    """Who holds the case now."""
    return (
        CaseClaim.objects.select_related("person")
        .filter(case=case, ended_at=None, until__gte=now())
        .first()
    )


def report_by_receipt(token: str) -> Report:
    """The report behind a private status link; raises NotFound."""
    report = (
        Report.objects.select_related("case").filter(receipt_digest=receipt_digest(token)).first()
    )
    if report is None:
        raise NotFound("This receipt is not known here. Check that the whole address was copied.")
    return report


def idempotency_find(*, person: Person, key: str) -> IdempotencyKey | None:
    """An earlier submission under the same key."""
    return (
        IdempotencyKey.objects.select_related("report", "report__case")
        .filter(person=person, key=key)
        .first()
    )


def claims_live(person: Person) -> QuerySet[CaseClaim]:
    """The claims that a person holds now."""
    return CaseClaim.objects.filter(person=person, ended_at=None, until__gte=now())
