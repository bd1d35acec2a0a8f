"""How decisions held, how far detectors agreed with people, and how much was looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from probity.accounts.models import Person
from probity.analysis.models import Finding, FindingKind
from probity.cases.access import visible
from probity.contests.models import AppealRuling
from probity.contests.words import Outcome
from probity.decisions.measures import NAMES
from probity.decisions.models import Action, Decision, DecisionState, FactAnswer
from probity.evidence.models import CustodyAction, CustodyEvent

from .figures import UTC, Chart, Figure, Series, Span, Value, share, wilson
from .flow import cases_real

#: The question whose answer by a person is held against what detectors say.
ASKED = "synthetic"


def appeals(person: Person | None, span: Span) -> Figure:
    """Rulings on appeals in these days, by what had been decided: how many changed it."""
    rulings = AppealRuling.objects.filter(
        visible(person, through="appeal__case"), appeal__case__demonstration="",
        at__gte=span.begins, at__lt=span.ends, fell_at=None,
    )  # fmt: skip
    found = (
        rulings.order_by()
        .values_list("appeal__decision__action")
        .annotate(n=Count("pk"), changed=Count("pk", filter=~Q(outcome=Outcome.UPHELD)))
    )
    rows: list[list[Value]] = []
    lows, highs = [], []
    for action, count, changed in sorted(found):
        low, high = wilson(changed, count) or (None, None)
        rows.append(
            [NAMES[Action(action)], count, changed, share(changed, count), _3(low), _3(high)]
        )
        lows.append(low)
        highs.append(high)
    count, changed = (sum(int(row[place] or 0) for row in rows) for place in (1, 2))
    return Figure(
        key="appeals",
        title="Decisions changed on appeal",
        says=f"{changed} of {count} contested decisions were changed."
        if count
        else "No appeal was ruled on in these days.",
        columns=("Decision", "n", "Changed", "Share", "from", "to"),
        rows=rows,
        chart=Chart(
            unit="share changed, with its 95 % interval",
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series("Changed", [float(row[3] or 0) for row in rows], lows, highs)],
            top=1.0,
        ),
        note="Only contested decisions are among these; most are never contested.",
    )


def detectors(person: Person | None, span: Span) -> Figure:
    """For files of cases decided in these days where a person said whether the media is synthetic:
    how often each detector leaned the same way, and how often it said nothing."""
    said = _answers(person, span)
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    titles: dict[str, str] = {}
    for producer, title, llr, status, case in _findings(set(said)):
        titles[producer] = title
        tally = tallies[producer]
        if status != "ok" or llr is None or llr == 0:
            tally["abstained" if status != "failed" else "failed"] += 1
        else:
            tally["agreed" if (llr > 0) == said[case] else "differed"] += 1
    rows: list[list[Value]] = []
    lows, highs = [], []
    for producer in sorted(tallies, key=lambda name: titles[name]):
        tally = tallies[producer]
        spoke = tally["agreed"] + tally["differed"]
        low, high = wilson(tally["agreed"], spoke) or (None, None)
        rows.append(
            [titles[producer], spoke, tally["agreed"], share(tally["agreed"], spoke),
             _3(low), _3(high), tally["abstained"], tally["failed"]]
        )  # fmt: skip
        lows.append(low)
        highs.append(high)
    return Figure(
        key="detectors",
        title="Detectors beside people's answers",
        says=f"For {len(said)} decided cases people said whether the media was made or changed.",
        columns=(
            "Detector",
            "n",
            "Leaned the same way",
            "Share",
            "from",
            "to",
            "Said nothing",
            "Failed",
        ),
        rows=rows,
        chart=Chart(
            unit="share that leaned as people answered, with its 95 % interval",
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series("Same way", [_or_none(row[3]) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=(
            "People saw the findings before they answered, so this is agreement and no error rate; "
            "it enters no calibration. One finding per detector and file, the latest."
        ),
    )


def _answers(person: Person | None, span: Span) -> dict[UUID, bool]:
    """What people last said of each case decided in these days."""
    cases = cases_real(person).filter(decided_at__gte=span.begins, decided_at__lt=span.ends)
    rows = (
        FactAnswer.objects.filter(case__in=cases, name=ASKED)
        .order_by("case", "-at")
        .distinct("case")
    )
    return {row.case_id: row.value for row in rows if isinstance(row.value, bool)}


def _findings(cases: set[UUID]) -> list[tuple[str, str, float | None, str, UUID]]:
    rows = (
        Finding.objects.filter(kind=FindingKind.DETECTOR, asset__items__case__in=cases)
        .order_by("asset__items__case", "asset", "producer", "-made_at")
        .distinct("asset__items__case", "asset", "producer")
    )
    return list(rows.values_list("producer", "title", "llr", "status", "asset__items__case"))


def actions(person: Person | None, span: Span) -> Figure:
    """What was decided in these days and stands, by action."""
    found = (
        Decision.objects.filter(
            visible(person, through="case"), case__demonstration="",
            at__gte=span.begins, at__lt=span.ends, standing__state=DecisionState.EFFECTIVE,
        )
        .order_by()
        .values_list("measures__action")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    counts = dict(found)
    rows: list[list[Value]] = [[words, counts.get(action, 0)] for action, words in NAMES.items()]
    return Figure(
        key="actions",
        title="What is in force",
        says=f"{sum(counts.values())} measures of these days are in force.",
        columns=("Action", "Measures"),
        rows=rows,
        chart=Chart(
            unit="measures",
            labels=[str(row[0]) for row in rows],
            series=[Series("In force", [float(row[1] or 0) for row in rows])],
        ),
    )


def views(person: Person | None, span: Span) -> Figure:
    """How often media was looked at unconcealed on each day; nobody is named or counted singly."""
    seen = cases_real(person).values("pk")
    found = dict(
        CustodyEvent.objects.filter(
            action=CustodyAction.VIEWED, case__in=seen, at__gte=span.begins, at__lt=span.ends
        )
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=UTC))
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    rows: list[list[Value]] = [[day.isoformat(), found.get(day, 0)] for day in span.days]
    return Figure(
        key="views",
        title="Media looked at",
        says=f"Media was revealed {sum(found.values())} times in these days.",
        columns=("Day (UTC)", "Times"),
        rows=rows,
        chart=Chart(
            unit="times a day",
            labels=[str(row[0]) for row in rows],
            series=[Series("Revealed", [float(row[1] or 0) for row in rows])],
        ),
    )


def _3(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _or_none(value: Value) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
