"""Every notice sent in a case, to the letter: when, to which side, and what was held back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from probity.cases.models import Case
from probity.notices.guard import traces
from probity.notices.models import Notice, Party, Way
from probity.outbox.models import MessageState

from .entries import Entry, json_entry, text_entry
from .records import moment
from .redaction import NAMED


def notice_entries(case: Case) -> Iterator[tuple[Entry, str]]:
    """Each notice as JSON, and its text beside it; with each the reason for what it withholds.

    Nobody who reported is named, under any profile: words that would name one are withheld, and the
    log's commitment to them stays. The secret address of a private page is cut out of every text.
    """
    for row in case.notices.select_related("message").order_by("at"):
        path = f"notices/{row.pk}"
        why = NAMED if row.text and _names_reporter(case, row) else ""
        yield json_entry(f"{path}.json", "notice", _record(row, shown=not why)), why
        if row.text and not why:
            yield text_entry(f"{path}.txt", "notice", f"{row.subject}\n\n{row.text_shown}\n"), ""


def _names_reporter(case: Case, row: Notice) -> bool:
    found = traces(case=case, text=f"{row.subject}\n{row.text_shown}")
    if row.to == Party.UPLOADER:
        return bool(found)
    # a reporter is told of their own report, in its words; their name and address stay inside
    return any(trace.kind != "words" for trace in found)


def _record(row: Notice, *, shown: bool) -> dict[str, Any]:
    """A notice; the text opens the log's commitment with the salt."""
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "to": row.to,
        "report": str(row.report_id) if row.report_id else None,
        "decision": str(row.decision_id) if row.decision_id else None,
        "language": row.language,
        "way": row.way,
        "why": row.why or None,
        "at": moment(row.at),
        "mailed_at": moment(row.message.ended_at) if row.message and _mailed(row) else None,
        "held_back": row.way == Way.WITHHELD,
        "erased_at": moment(row.forgotten_at),
        **({"subject": row.subject, "text": row.text_shown} if shown else {"withheld": True}),
        "salts": {"text": row.salt} if shown and row.salt else {},
    }


def _mailed(row: Notice) -> bool:
    return row.message is not None and row.message.state == MessageState.SENT
