"""How decisions held, how far detectors agreed with people, and how much was looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.analysis.models import Finding, FindingKind
from probity.cases.access import visible
from probity.contests.models import AppealRuling
from probity.contests.words import Outcome
from probity.core.shares import wilson
from probity.decisions.measures import NAMES
from probity.decisions.models import Action, Decision, DecisionState, FactAnswer
from probity.evidence.models import CustodyAction, CustodyEvent

from .figures import UTC, Chart, Figure, Series, Span, Value, drawn, rounded, share
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
            [
                gettext(NAMES[Action(action)]),
                count,
                changed,
                share(changed, count),
                rounded(low),
                rounded(high),
            ]
        )
        lows.append(low)
        highs.append(high)
    count, changed = (sum(int(row[place] or 0) for row in rows) for place in (1, 2))
    return Figure(
        key="appeals",
        title=gettext("Decisions changed on appeal"),
        says=gettext("{changed} of {count} contested decisions were changed.").format(
            changed=changed, count=count
        )
        if count
        else gettext("No appeal was ruled on in these days."),
        columns=(
            gettext("Decision"),
            "n",
            gettext("Changed"),
            gettext("Share"),
            gettext("from"),
            gettext("to"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share changed, with its 95 % interval"),
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series(gettext("Changed"), [float(row[3] or 0) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=gettext("Only contested decisions are among these; most are never contested."),
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
             rounded(low), rounded(high), tally["abstained"], tally["failed"]]
        )  # fmt: skip
        lows.append(low)
        highs.append(high)
    return Figure(
        key="detectors",
        title=gettext("Detectors beside people's answers"),
        says=gettext(
            "For {said} decided cases people said whether the media was made or changed."
        ).format(said=len(said)),
        columns=(
            gettext("Detector"),
            "n",
            gettext("Leaned the same way"),
            gettext("Share"),
            gettext("from"),
            gettext("to"),
            gettext("Said nothing"),
            gettext("Failed"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share that leaned as people answered, with its 95 % interval"),
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series(gettext("Same way"), [drawn(row[3]) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=(
            gettext(
                "People saw the findings before they answered, so this is agreement and "
                "no error rate; "
                "it enters no calibration. One finding per detector and file, the latest."
            )
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
    rows: list[list[Value]] = [
        [gettext(words), counts.get(action, 0)] for action, words in NAMES.items()
    ]
    return Figure(
        key="actions",
        title=gettext("What is in force"),
        says=gettext("{sum} measures of these days are in force.").format(sum=sum(counts.values())),
        columns=(gettext("Action"), gettext("Measures")),
        rows=rows,
        chart=Chart(
            unit=gettext("measures"),
            labels=[str(row[0]) for row in rows],
            series=[Series(gettext("In force"), [float(row[1] or 0) for row in rows])],
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
        title=gettext("Media looked at"),
        says=gettext("Media was revealed {sum} times in these days.").format(
            sum=sum(found.values())
        ),
        columns=(gettext("Day (UTC)"), gettext("Times")),
        rows=rows,
        chart=Chart(
            unit=gettext("times a day"),
            labels=[str(row[0]) for row in rows],
            series=[Series(gettext("Revealed"), [float(row[1] or 0) for row in rows])],
        ),
    )
