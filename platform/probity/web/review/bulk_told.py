"""What a case's log says of runs over many cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from probity.audit.commitments import commitment_opens
from probity.audit.models import AuditEvent
from probity.audit.services import SYSTEM_CHAIN
from probity.bulk.models import BulkItem, BulkRun
from probity.web.bulk.page import order_words

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]


def _applied(payload: Payload) -> Lines:
    run = BulkRun.objects.select_related("person").filter(pk=payload["run"]).first()
    if run is None:
        return [gettext("The run is no longer stored.")], None
    proposed = AuditEvent.objects.filter(chain=SYSTEM_CHAIN, name="bulk.proposed")
    asked = proposed.filter(payload__run=str(run.pk)).first()
    good = (
        asked is not None
        and run.action == payload["action"]
        and commitment_opens(
            digest=asked.payload["reason"], salt=run.salts.get("reason", ""), value=run.reason
        )
    )
    return [
        _words(run),
        gettext("Asked for by {username}: {reason}").format(
            username=run.person.username, reason=run.reason
        ),
    ], good


def _reverted(payload: Payload) -> Lines:
    run = BulkRun.objects.filter(pk=payload["run"]).first()
    if run is None:
        return [gettext("The run is no longer stored.")], None
    lines = [_words(run)]
    if run.undo_reason:
        lines.append(gettext("Why: {undo_reason}").format(undo_reason=run.undo_reason))
    return lines, None


def _words(run: BulkRun) -> str:
    count = BulkItem.objects.filter(run=run).exclude(state="left_out").count()
    return gettext("{order_words}. One of {count} cases of the same run.").format(
        order_words=order_words(run.action, run.what), count=count
    )


BULK_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "bulk.applied": _applied,
    "bulk.reverted": _reverted,
}
