"""Reading cases and reports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from probity.accounts.models import Person
from probity.core.clock import now
from probity.core.errors import NotFound

from .access import visible
from .models import (
    IN_ORDER,
    UNDECIDED,
    Case,
    CaseClaim,
    CaseState,
    IdempotencyKey,
    Report,
    WorkNote,
)
from .receipts import receipt_digest


def cases_in_order() -> QuerySet[Case]:
    """Undecided cases in the order in which they are worked: an index scan, also within a queue."""
    return Case.objects.filter(UNDECIDED).order_by(*IN_ORDER)


def cases_waiting() -> QuerySet[Case]:
    """The same with whoever holds them (``live_claims``)."""
    return cases_in_order().prefetch_related(_open_claims())


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


def case_by_label(text: str, *, person: Person | None) -> Case:
    """A case by what people call it (P-000012, 12), if they may see it; raises NotFound."""
    digits = text.strip().upper().removeprefix("P-")
    usable = digits.isdecimal() and len(digits) < 16
    seen = Case.objects.filter(visible(person), removed_at=None)
    found = seen.filter(number=int(digits)).first() if usable else None
    if found is None:
        raise NotFound(f"There is no case “{text.strip()[:20]}”. A case is called P-000012, say.")
    return found


def work_notes(case: Case) -> QuerySet[WorkNote]:
    """Why people passed a case on, in their words, the latest first."""
    return case.work_notes.exclude(text="").select_related("person").order_by("-at")
