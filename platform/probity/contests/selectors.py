"""Reading appeals and who may judge them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import Case, Report
from probity.core.errors import NotFound
from probity.decisions.models import Approval, Decision

from .models import Appeal, AppealState, Referral
from .words import Side


def decided_by(decision: Decision) -> set[UUID]:
    """Everybody who decided or approved a decision."""
    agreed = Approval.objects.filter(decision=decision).values_list("person_id", flat=True)
    return {decision.person_id, *agreed}


def appeal_find(appeal_id: UUID, *, person: Person | None) -> Appeal:
    """An appeal by id, of a case that the person may see; raises NotFound."""
    found = (
        Appeal.objects.select_related("case", "decision", "decision__standing", "person")
        .filter(visible(person, through="case"), pk=appeal_id, case__removed_at=None)
        .first()
    )
    if found is None:
        raise NotFound("There is no appeal with this id.")
    return found


def appeals_open(person: Person | None) -> QuerySet[Appeal]:
    """What still has to be ruled on, the nearest target first."""
    still = _listed().filter(state__in=[AppealState.WAITING, AppealState.TAKEN])
    return still.filter(visible(person, through="case")).order_by("due_at")


def appeals_ended(person: Person | None) -> QuerySet[Appeal]:
    """Ruled on or closed, the latest first."""
    over = _listed().filter(state__in=[AppealState.RULED, AppealState.CLOSED])
    return over.filter(visible(person, through="case")).order_by("-received_at")


def appeals_of(case: Case) -> QuerySet[Appeal]:
    """The appeals of one case, the first one first."""
    return _listed().filter(case=case).order_by("received_at")


def appeals_by(case: Case, *, report: Report | None) -> QuerySet[Appeal]:
    """The appeals that one reporter, or the uploader, sent in a case."""
    rows = appeals_of(case)
    return rows.filter(report=report) if report else rows.filter(side=Side.UPLOADER)


def appeals_unnamed(case: Case) -> QuerySet[Appeal]:
    """Appeals by an uploader whose account nobody had named, and whose words are still here."""
    return Appeal.objects.filter(case=case, side=Side.UPLOADER, uploader=None, erased_at=None)


def may_judge(appeal: Appeal, person: Person) -> bool:
    """Whether this person neither decided nor approved what is contested."""
    return person.pk not in decided_by(appeal.decision)


def referral_find(referral_id: UUID, *, person: Person | None) -> Referral:
    """A referral by id, of a case that the person may see; raises NotFound."""
    rows = Referral.objects.filter(visible(person, through="case")).select_related("case")
    found = rows.filter(pk=referral_id, case__removed_at=None).first()
    if found is None:
        raise NotFound("There is no referral with this id.")
    return found


def referrals_of(case: Case) -> QuerySet[Referral]:
    """The referrals of one case with every exchange, the latest first."""
    rows = case.referrals.select_related("proposer", "second")
    return rows.prefetch_related("steps").order_by("-proposed_at")


def _listed() -> QuerySet[Appeal]:
    return Appeal.objects.select_related("case", "decision", "person").filter(case__removed_at=None)
