"""Whether a notice is processed: a suspension holds, save for what the law gives a right to."""

from __future__ import annotations

from probity.audit.services import case_chain, event_append
from probity.cases.models import Report
from probity.cases.notice import Notice
from probity.cases.request_law import sb_981, take_it_down
from probity.contests.misuse import suspension_of
from probity.contests.models import Suspension
from probity.core.errors import Conflict
from probity.parties.models import PartyKind, Sender


def suspension_check(*, notice: Notice, sender: Sender | None) -> Suspension | None:
    """The suspension that a protected notice passes over, if any; raises Conflict for any other
    notice of somebody who is suspended (DSA art. 23(2))."""
    found = suspension_of(sender=sender, email=notice.email)
    if found is None or found.ends_at is None:
        return None
    if protected(notice, sender=sender):
        return found
    raise Conflict(
        f"Reports from here are not processed until {found.ends_at:%d %B %Y}, because many were "
        "manifestly unfounded. A valid request by the person shown, and anything about somebody "
        "under 18, is taken in all the same. You can contest the suspension before a court."
    )


def protected(notice: Notice, *, sender: Sender | None) -> bool:
    """Whether the law gives a right to have this looked at, whoever sends it: a valid request of
    the person shown, anything about a minor, an authority."""
    if notice.may_show_minor or (sender and sender.kind == PartyKind.AUTHORITY):
        return True
    return take_it_down(notice).valid or sb_981(notice).valid


def passed_over(*, suspension: Suspension, report: Report) -> None:
    """Write down that a suspension did not hold here (in the caller's transaction)."""
    event_append(
        chain=case_chain(report.case_id), name="suspension.passed_over", actor="system",
        payload={"suspension": str(suspension.pk), "report": str(report.pk)},
    )  # fmt: skip
