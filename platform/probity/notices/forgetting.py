"""What an erasure reaches of notices: their exact words, and what was to be said later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.outbox.services import message_forget
from probity.parties.models import Uploader

from .models import Notice, Party


@transaction.atomic
def reporter_notices_forget(*, report: Report, actor: str) -> int:
    """Erase the words of every notice to a report's sender; how many."""
    return _forget(Notice.objects.filter(report=report), actor=actor)


@transaction.atomic
def uploader_notices_forget(*, uploader: Uploader, actor: str) -> int:
    """Erase the words of every notice to an uploader; how many."""
    return _forget(Notice.objects.filter(uploader=uploader), actor=actor)


@transaction.atomic
def unnamed_notices_forget(*, case: Case, until: datetime, actor: str) -> int:
    """Erase the words of every notice to an uploader whose account nobody had named; how many."""
    rows = Notice.objects.filter(case=case, to=Party.UPLOADER, uploader=None, at__lte=until)
    return _forget(rows, actor=actor)


def _forget(rows: QuerySet[Notice], *, actor: str) -> int:
    found = list(rows.select_for_update().filter(forgotten_at=None).order_by("pk"))
    for row in found:
        row.subject, row.text, row.salt, row.values = "", "", "", {}
        row.forgotten_at = now()
        row.save(update_fields=["subject", "text", "salt", "values", "forgotten_at"])
        if row.message_id:
            message_forget(message=row.message_id, actor=actor)
        event_append(
            chain=case_chain(row.case_id), name="notice.forgotten", actor=actor,
            payload={"notice": str(row.pk)},
        )  # fmt: skip
    return len(found)
