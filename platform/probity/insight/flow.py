"""How much waits, for how long, and how quickly it is taken up and decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext, gettext_noop

from probity.accounts.models import Person
from probity.cases.access import queues_visible, visible
from probity.cases.models import UNDECIDED, Case, Clock
from probity.core.clock import now

from .aggregates import Percentile
from .figures import UTC, Chart, Figure, Series, Span, Value, hours, share

AGES: tuple[tuple[str, timedelta | None, timedelta | None], ...] = (
    (gettext_noop("under a day"), None, timedelta(days=1)),
    (gettext_noop("1 to 3 days"), timedelta(days=1), timedelta(days=3)),
    (gettext_noop("3 to 7 days"), timedelta(days=3), timedelta(days=7)),
    (gettext_noop("over 7 days"), timedelta(days=7), None),
)
#: Clocks that ended because their duty turned out not to exist were neither kept nor broken.
NO_DUTY = ("moved", "ruled out", "merged")


def cases_real(person: Person | None) -> QuerySet[Case]:
    """The cases that count: those this person may see, and no demonstration."""
    return Case.objects.filter(visible(person), removed_at=None, demonstration="")


def backlog(person: Person | None) -> Figure:
    """Undecided cases by queue and by how long they have been open, now."""
    moment = now()
    counts = {
        f"age{place}": Count("pk", filter=_aged(moment, low, high))
        for place, (_, low, high) in enumerate(AGES)
    }
    found: dict[object, dict[str, Any]] = {
        row["queue"]: dict(row)
        for row in cases_real(person)
        .filter(UNDECIDED)
        .order_by()
        .values("queue")
        .annotate(total=Count("pk"), oldest=Min("opened_at"), **counts)
    }
    rows: list[list[Value]] = []
    for queue in queues_visible(person):
        row = found.get(queue.pk)
        ages = [row[f"age{place}"] if row else 0 for place in range(len(AGES))]
        oldest = hours(moment - row["oldest"]) if row else None
        rows.append([queue.title, *ages, row["total"] if row else 0, oldest])
    total = sum(int(row[-2] or 0) for row in rows)
    return Figure(
        key="backlog",
        title=gettext("What waits"),
        says=gettext("{total} cases wait for a decision now.").format(total=total),
        columns=(
            gettext("Queue"),
            *(gettext(words) for words, _, _ in AGES),
            gettext("All"),
            gettext("Oldest (h)"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("cases"),
            labels=[str(row[0]) for row in rows],
            series=[
                Series(gettext(words), [float(row[place + 1] or 0) for row in rows])
                for place, (words, _, _) in enumerate(AGES)
            ],
            stacked=True,
        ),
    )


def _aged(moment: datetime, low: timedelta | None, high: timedelta | None) -> Q:
    condition = Q()
    if low is not None:
        condition &= Q(opened_at__lte=moment - low)
    if high is not None:
        condition &= Q(opened_at__gt=moment - high)
    return condition


def days(person: Person | None, span: Span) -> Figure:
    """Cases opened and decided on each day."""
    opened = _per_day(cases_real(person), "opened_at", span)
    decided = _per_day(cases_real(person), "decided_at", span)
    rows: list[list[Value]] = [
        [day.isoformat(), opened.get(day, 0), decided.get(day, 0)] for day in span.days
    ]
    came, went = sum(opened.values()), sum(decided.values())
    return Figure(
        key="days",
        title=gettext("What came and what was decided"),
        says=gettext("{came} cases were opened and {went} decided in these days.").format(
            came=came, went=went
        ),
        columns=(gettext("Day (UTC)"), gettext("Opened"), gettext("Decided")),
        rows=rows,
        chart=Chart(
            unit=gettext("cases a day"),
            labels=[str(row[0]) for row in rows],
            series=[
                Series(gettext("Opened"), [_number(row[1]) for row in rows]),
                Series(gettext("Decided"), [_number(row[2]) for row in rows]),
            ],
        ),
        note=gettext("A case that was decided again counts on the day of its latest decision."),
    )


def _per_day(cases: QuerySet[Case], column: str, span: Span) -> Mapping[object, int]:
    within = {f"{column}__gte": span.begins, f"{column}__lt": span.ends}
    rows = cases.filter(**within).order_by().annotate(day=TruncDate(column, tzinfo=UTC))
    return dict(rows.values_list("day").annotate(count=Count("pk")))


def first_action(person: Person | None, span: Span) -> Figure:
    """How long cases opened in these days waited until somebody took them up."""
    cases = cases_real(person).filter(opened_at__gte=span.begins, opened_at__lt=span.ends)
    return _times(
        cases, person, until="first_action_at",
        key="first-action", title=gettext("Time to the first action"),
        waiting=gettext("Not taken up yet"), still=Q(first_action_at=None),
    )  # fmt: skip


def decision(person: Person | None, span: Span) -> Figure:
    """How long cases decided in these days took."""
    cases = cases_real(person).filter(decided_at__gte=span.begins, decided_at__lt=span.ends)
    return _times(
        cases, person, until="decided_at",
        key="decision", title=gettext("Time to the decision"),
    )  # fmt: skip


def _times(
    cases: QuerySet[Case],
    person: Person | None,
    *,
    until: str,
    key: str,
    title: str,
    waiting: str = "",
    still: Q | None = None,
) -> Figure:
    length = ExpressionWrapper(F(until) - F("opened_at"), output_field=DurationField())
    found = {
        row["queue"]: row
        for row in cases.exclude(**{until: None})
        .order_by()
        .values("queue")
        .annotate(
            n=Count("pk"), median=Percentile(length, share=0.5), high=Percentile(length, share=0.9)
        )
    }
    open_still = (
        dict(cases.filter(still).order_by().values_list("queue").annotate(n=Count("pk")))
        if still is not None
        else {}
    )
    rows: list[list[Value]] = []
    for queue in queues_visible(person):
        row = found.get(queue.pk)
        line: list[Value] = [
            queue.title, row["n"] if row else 0,
            hours(row["median"]) if row else None, hours(row["high"]) if row else None,
        ]  # fmt: skip
        rows.append([*line, open_still.get(queue.pk, 0)] if waiting else line)
    return Figure(
        key=key,
        title=title,
        says=_times_said(rows),
        columns=(
            gettext("Queue"),
            "n",
            gettext("Median (h)"),
            gettext("90th percentile (h)"),
            *([waiting] if waiting else []),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("hours"),
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[
                Series(gettext("Median"), [_number(row[2]) for row in rows]),
                Series(gettext("90th percentile"), [_number(row[3]) for row in rows]),
            ],
        ),
    )


def _times_said(rows: list[list[Value]]) -> str:
    count = sum(int(row[1] or 0) for row in rows)
    known = [row for row in rows if row[2] is not None]
    slow = max(known, key=lambda row: _number(row[2]) or 0.0, default=None)
    if slow is None:
        return gettext("No case in these days.")
    return gettext("{count} cases. Slowest in the middle: {slow}, {slow_2} hours.").format(
        count=count, slow=slow[0], slow_2=slow[2]
    )


def clocks(person: Person | None, span: Span) -> Figure:
    """Deadlines that fell due in these days, the law's and our own: kept, missed, or running."""
    due = Clock.objects.filter(
        visible(person, through="case"), case__removed_at=None, case__demonstration="",
        due_at__gte=span.begins, due_at__lt=span.ends,
    ).exclude(ended_why__in=NO_DUTY)  # fmt: skip
    missed = Q(breached_at__isnull=False)
    found = {
        (row["case__queue"], row["service"]): row
        for row in due.order_by()
        .values("case__queue", "service")
        .annotate(
            missed=Count("pk", filter=missed),
            kept=Count("pk", filter=~missed & Q(ended_at__isnull=False)),
            running=Count("pk", filter=~missed & Q(ended_at=None)),
        )
    }
    rows: list[list[Value]] = []
    for queue in queues_visible(person):
        for service, words in ((False, gettext("law")), (True, gettext("own target"))):
            row = found.get((queue.pk, service))
            if row is None:
                continue
            settled = row["kept"] + row["missed"]
            rows.append(
                [queue.title, words, row["kept"], row["missed"], row["running"],
                 share(row["kept"], settled)]
            )  # fmt: skip
    kept, lost = (sum(int(row[place] or 0) for row in rows) for place in (2, 3))
    return Figure(
        key="clocks",
        title=gettext("Deadlines kept and missed"),
        says=gettext("{kept} deadlines were kept and {lost} missed in these days.").format(
            kept=kept, lost=lost
        ),
        columns=(
            gettext("Queue"),
            gettext("Whose"),
            gettext("Kept"),
            gettext("Missed"),
            gettext("Running"),
            gettext("Share kept"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("deadlines"),
            labels=[f"{row[0]}, {row[1]}" for row in rows],
            series=[
                Series(gettext("Kept"), [float(row[2] or 0) for row in rows]),
                Series(gettext("Missed"), [float(row[3] or 0) for row in rows]),
                Series(gettext("Running"), [float(row[4] or 0) for row in rows]),
            ],
            stacked=True,
        ),
        note=gettext("Deadlines of duties that turned out not to exist are left out."),
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
