"""What contests forbid elsewhere: the first decider approving, and erasing what was referred."""

from __future__ import annotations

from uuid import UUID

from probity.accounts.models import Person
from probity.cases.models import Report
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed
from probity.decisions.models import Decision
from probity.evidence.models import Asset

from .models import AppealRuling, Referral
from .selectors import decided_by

KEPT = (
    "This was referred to an outside body, and the law wants it kept until {until:%d %B %Y}. Ask "
    "again after that day."
)


def approval_veto(asked: tuple[Decision, Person]) -> None:
    """Raise NotAllowed for the second person on an appeal who decided or approved before."""
    decision, person = asked
    ruling = (
        AppealRuling.objects.select_related("appeal__decision").filter(decision=decision).first()
    )
    if ruling and person.pk in decided_by(ruling.appeal.decision):
        raise NotAllowed(
            "Somebody else has to agree: you decided or approved what this appeal is about."
        )


def asset_veto(asset: Asset) -> None:
    """Raise Conflict while a finished referral of a case with this file has to be kept."""
    for case in asset.items.values_list("case", flat=True):
        _kept(case)


def report_veto(report: Report) -> None:
    """Raise Conflict while a finished referral of the report's case has to be kept."""
    _kept(report.case_id)


def _kept(case: UUID) -> None:
    row = Referral.objects.filter(case=case, keep_until__gt=now().date()).first()
    if row and row.keep_until:
        raise Conflict(KEPT.format(until=row.keep_until))
