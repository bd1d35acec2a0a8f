"""Reading cases and reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from probity.accounts.models import Person
from probity.core.clock import now
from probity.core.errors import NotFound

from .access import visible
from .models import (
    IN_ORDER,
    TRIAL,
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
    case = Case.objects.select_related("queue").filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no case with this id.")
    if case.removed_at:
        raise NotFound("This case was a demonstration, and it was removed.")
    return case


def demonstrations() -> QuerySet[Case]:
    """The demonstration cases that are still here, the first one first."""
    shown = Case.objects.exclude(demonstration="").exclude(demonstration__startswith=TRIAL)
    return shown.filter(removed_at=None).order_by("number")


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


def counts_up_to(queries: Iterable[QuerySet[Case]], *, most: int) -> list[int]:
    """How many cases each query has, all in one statement; counting stops one above ``most``."""
    parts: list[str] = []
    values: list[Any] = []
    for query in queries:
        try:
            sql, given = query.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 - our own query
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def mine(person: Person) -> Q:
    """The cases that a person holds now, and those that were sent to them."""
    held = claims_live(person).order_by().values("case")
    return Q(pk__in=held.union(Case.objects.filter(kept_for=person).values("pk")))


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
