"""Found cases as a table. Nothing of a reporter is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from probity.cases.models import Case
from probity.decisions.measures import actions_of
from probity.decisions.selectors import decisions_current

#: The same in every language, as the words below them are: a table is read by programs, too.
HEADER = (
    "case", "state", "queue", "category", "places", "reports", "opened", "due", "due_for",
    "decided", "in_force", "points", "demonstration",
)  # fmt: skip
CHUNK = 500


def table_rows(found: QuerySet[Case]) -> Iterator[list[object]]:
    """One row per case, fetched in chunks so that a large table needs little memory."""
    cases = found.select_related("queue", "tally")
    chunk: list[Case] = []
    for case in cases.iterator(chunk_size=CHUNK):
        chunk.append(case)
        if len(chunk) == CHUNK:
            yield from _rows(chunk)
            chunk = []
    yield from _rows(chunk)


def _rows(cases: list[Case]) -> Iterator[list[object]]:
    decisions = decisions_current(cases)
    for case in cases:
        decision = decisions.get(case.pk)
        yield [
            case.label,
            case.state,
            case.queue.key,
            case.category,
            " ".join(case.places),
            case.tally.reports if hasattr(case, "tally") else 0,
            _moment(case.opened_at),
            _moment(case.due_at),
            case.due_for,
            _moment(case.decided_at),
            " ".join(actions_of(decision)) if decision else "",
            "" if case.demonstration else case.priority,
            "yes" if case.demonstration else "no",
        ]


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
