"""Reading notices, the words in force, private pages, and who may not be told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.core.errors import NotFound
from probity.decisions.models import Decision

from .kinds import Kind
from .models import Notice, NoticeHold, Party, PrivatePage, TextVersion, Way
from .receipts import page_digest
from .shipped import Text, shipped_text
from .wording import complaint_until


def notices_of(case: Case) -> QuerySet[Notice]:
    """Everything that was written to anybody about a case, the first one first."""
    return case.notices.select_related("message", "report", "wording").order_by("at")


def notices_told(*, case: Case, to: Party, report: Report | None = None) -> QuerySet[Notice]:
    """What one side was told, and can read on its private page."""
    rows = Notice.objects.filter(case=case, to=to).exclude(way=Way.WITHHELD)
    return (rows.filter(report=report) if report else rows).order_by("-at")


def text_current(kind: Kind, language: str) -> tuple[Text, TextVersion | None]:
    """The words in force and their row; None where nobody changed the shipped ones."""
    row = TextVersion.objects.filter(kind=kind, language=language).order_by("-number").first()
    if row is None or row.shipped:
        return shipped_text(kind, language), row
    return Text(row.subject, row.body), row


def text_versions(kind: Kind, language: str) -> QuerySet[TextVersion]:
    """What was saved before, the latest first."""
    rows = TextVersion.objects.filter(kind=kind, language=language).select_related("person")
    return rows.order_by("-number")


def hold_on(*, case: Case, to: Party) -> NoticeHold | None:
    """What forbids telling a party about a case now."""
    standing = Q(ended_at=None) & (Q(until=None) | Q(until__gt=now()))
    return case.notice_holds.filter(standing, to__in=["", to]).first()


def hold_find(case: Case, hold_id: UUID) -> NoticeHold:
    """A hold of a case; raises NotFound."""
    found = case.notice_holds.filter(pk=hold_id).first()
    if found is None:
        raise NotFound("This case has no such hold on telling.")
    return found


def page_by_receipt(token: str) -> PrivatePage:
    """The uploader's page behind a secret address; raises NotFound."""
    digest = page_digest(token)
    found = PrivatePage.objects.select_related("case").filter(receipt_digest=digest).first()
    if found is None:
        raise NotFound("This address is not known here. Check that the whole of it was copied.")
    return found


def told_at(*, decision: Decision, to: Party, report: Report | None = None) -> datetime | None:
    """When a party was first told of a decision; None while it was not."""
    rows = notices_told(case=decision.case, to=to, report=report).filter(
        decision=decision, kind__in=[Kind.STATEMENT, Kind.DECIDED]
    )
    first = rows.order_by("at").first()
    return first.at if first else None


def appeal_until(*, decision: Decision, to: Party, report: Report | None = None) -> datetime | None:
    """Until when a party may complain: six months after being told (DSA art. 20(1), (2))."""
    at = told_at(decision=decision, to=to, report=report)
    return complaint_until(at) if at else None
