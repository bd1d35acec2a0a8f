"""How far people agree: second reviews, answers to the law's questions, golden cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import queues_visible, visible
from probity.core.shares import wilson
from probity.decisions.law import fact_words
from probity.decisions.measures import NAMES
from probity.decisions.models import Action, FactAnswer
from probity.quality.agreement import (
    alphas,
    bootstrap_interval,
    cohen_kappa,
    kappas,
    krippendorff_alpha,
)
from probity.quality.models import Trial, TrialKind

from .figures import GROUP_MIN, Chart, Figure, Series, Span, Value, drawn, rounded, share

#: Below so many pairs a coefficient says next to nothing.
PAIRS_MIN = 10
Pair = tuple[str, str]


def second_reviews(person: Person | None, span: Span) -> Figure:
    """By queue, how often a second person who knew nothing decided the same, beyond chance."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for trial in _answered(person, span, TrialKind.SECOND):
        pairs[trial.source.queue.title].append((trial.source_decision.action, _action(trial)))
    units = _units(person, span)
    rows, lows, highs = [], [], []
    for title in [queue.title for queue in queues_visible(person)]:
        if not pairs[title] and not units[title]:
            continue
        rows.append(_coefficients(title, pairs[title], units[title]))
    if len(rows) > 1:
        every = [pair for found in pairs.values() for pair in found]
        all_units = [unit for found in units.values() for unit in found]
        rows.append(_coefficients(gettext("All queues"), every, all_units))
    for row in rows:
        low, high = _share_bounds(row[2], row[1])
        lows.append(low)
        highs.append(high)
    count = sum(len(found) for found in pairs.values())
    alike = sum(first == second for found in pairs.values() for first, second in found)
    return Figure(
        key="agreement",
        title=gettext("Second reviews"),
        says=gettext("%(alike)d of %(count)d second reviews came to the same action.")
        % {"alike": alike, "count": count},
        columns=(
            gettext("Queue"), "n", gettext("Same action"), gettext("Share"),
            gettext("Cohen’s kappa"), gettext("from"), gettext("to"), gettext("Cases judged twice"),
            gettext("Krippendorff’s alpha"), gettext("alpha from"), gettext("alpha to"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share with the same action, with its 95 % interval"),
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series(gettext("Same action"), [drawn(row[3]) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=gettext(
            "Who looked again knew neither the decision nor whose it was. Kappa compares the two; "
            "alpha takes every answer to one case together, golden copies too. 0 is what chance "
            "gives, 1 is perfect; intervals are bootstrapped (95 %%). Fewer than %(least)d pairs "
            "get no coefficient."
        )
        % {"least": PAIRS_MIN},
    )  # fmt: skip


def _coefficients(
    title: str, pairs: Sequence[Pair], units: Sequence[Sequence[str]]
) -> list[Value]:  # fmt: skip
    alike = sum(first == second for first, second in pairs)
    kappa = cohen_kappa(pairs) if len(pairs) >= PAIRS_MIN else None
    bounds = bootstrap_interval(pairs, kappas) if kappa is not None else None
    alpha = krippendorff_alpha(units) if len(units) >= PAIRS_MIN else None
    around = bootstrap_interval(units, alphas) if alpha is not None else None
    return [
        title, len(pairs), alike, _share(alike, len(pairs)),
        rounded(kappa), *_ends(bounds), len(units), rounded(alpha), *_ends(around),
    ]  # fmt: skip


def _units(person: Person | None, span: Span) -> dict[str, list[list[str]]]:
    """By queue, every action that was decided for one and the same case, two or more each."""
    said: dict[UUID, list[str]] = {}
    queue: dict[UUID, str] = {}
    for trial in _answered(person, span):
        first = [trial.source_decision.action]
        said.setdefault(trial.source_id, first).append(_action(trial))
        queue[trial.source_id] = trial.source.queue.title
    found: dict[str, list[list[str]]] = defaultdict(list)
    for source, actions in said.items():
        found[queue[source]].append(actions)
    return found


def answers(person: Person | None, span: Span) -> Figure:
    """Question by question, how often the second person answered as the first."""
    trials = list(_answered(person, span, TrialKind.SECOND))
    latest = _latest([trial.source_id for trial in trials] + [trial.case_id for trial in trials])
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for trial in trials:
        first, second = latest[trial.source_id], latest[trial.case_id]
        for name in first.keys() & second.keys():
            pairs[name].append((str(first[name]), str(second[name])))
    words = fact_words()
    rows: list[list[Value]] = []
    for name, found in sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0])):
        alike = sum(first == second for first, second in found)
        kappa = cohen_kappa(found) if len(found) >= PAIRS_MIN else None
        title = words[name].question if name in words else name
        rows.append([title, len(found), alike, _share(alike, len(found)), rounded(kappa)])
    return Figure(
        key="answers",
        title=gettext("The same questions answered twice"),
        says=gettext("%(count)d questions were answered by both.")
        % {"count": sum(len(found) for found in pairs.values())},
        columns=(
            gettext("Question"), "n", gettext("Same answer"), gettext("Share"),
            gettext("Cohen’s kappa"),
        ),
        rows=rows,
    )  # fmt: skip


def golden(person: Person | None, span: Span) -> Figure:
    """By queue, how often copies of golden cases got an accepted answer. Nobody is named."""
    tallies: dict[str, Counter[bool]] = defaultdict(Counter)
    for trial in _answered(person, span, TrialKind.GOLDEN):
        tallies[trial.source.queue.title][bool(trial.agrees)] += 1
    rows: list[list[Value]] = []
    lows, highs = [], []
    for title in sorted(tallies):
        count, right = tallies[title].total(), tallies[title][True]
        low, high = _share_bounds(right, count)
        rows.append([title, count, right, _share(right, count), rounded(low), rounded(high)])
        lows.append(low)
        highs.append(high)
    return Figure(
        key="golden",
        title=gettext("Golden cases"),
        says=gettext("%(right)d of %(count)d golden copies were decided as is accepted.")
        % {
            "right": sum(tally[True] for tally in tallies.values()),
            "count": sum(tally.total() for tally in tallies.values()),
        },
        columns=(
            gettext("Queue"), "n", gettext("Accepted"), gettext("Share"), gettext("from"),
            gettext("to"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share accepted, with its 95 % interval"),
            labels=[str(row[0]) for row in rows],
            counts=[int(row[1] or 0) for row in rows],
            series=[Series(gettext("Accepted"), [drawn(row[3]) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=gettext("Fewer than %(least)d answers get no share.") % {"least": GROUP_MIN},
    )  # fmt: skip


def actions_twice(person: Person | None, span: Span) -> Figure:
    """What was decided first, and what the second person decided."""
    found: Counter[Pair] = Counter(
        (trial.source_decision.action, _action(trial))
        for trial in _answered(person, span, TrialKind.SECOND)
    )
    rows: list[list[Value]] = [
        [NAMES[Action(first)], NAMES[Action(second)], count]
        for (first, second), count in sorted(found.items(), key=lambda item: -item[1])
    ]
    return Figure(
        key="actions-twice",
        title=gettext("First and second decision"),
        says=gettext("%(count)d pairs of decisions.") % {"count": found.total()},
        columns=(gettext("First"), gettext("Second"), "n"),
        rows=rows,
    )


def rules_twice(person: Person | None, span: Span) -> Figure:
    """Rule by rule: whether both named it, or only one of the two."""
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in _answered(person, span, TrialKind.SECOND):
        first = set(trial.source_decision.rules)
        second = set(trial.decision.rules if trial.decision else ())
        for rule in first | second:
            where = "both" if rule in first & second else "first" if rule in first else "second"
            tallies[rule][where] += 1
    rows: list[list[Value]] = []
    for rule, tally in sorted(tallies.items(), key=lambda item: (-item[1].total(), item[0])):
        count = tally.total()
        rows.append(
            [rule, count, tally["both"], tally["first"], tally["second"],
             _share(tally["both"], count)]
        )  # fmt: skip
    return Figure(
        key="rules-twice",
        title=gettext("Rules named by both"),
        says=gettext("%(count)d rules were named in second reviews or what they looked at.")
        % {"count": len(rows)},
        columns=(
            gettext("Rule"), "n", gettext("Both"), gettext("Only the first"),
            gettext("Only the second"), gettext("Share both"),
        ),
        rows=rows,
    )  # fmt: skip


def _answered(
    person: Person | None, span: Span, kind: TrialKind | None = None
) -> QuerySet[Trial]:  # fmt: skip
    rows = Trial.objects.filter(
        visible(person, through="source"), answered_at__gte=span.begins, answered_at__lt=span.ends
    )
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("source__queue", "source_decision", "decision")


def _latest(cases: Iterable[UUID]) -> dict[UUID, dict[str, object]]:
    """The latest answer to each question of each case; one taken back is none."""
    found: dict[UUID, dict[str, object]] = defaultdict(dict)
    for row in FactAnswer.objects.filter(case__in=list(cases)).order_by("at"):
        found[row.case_id][row.name] = row.value
    return defaultdict(
        dict,
        {
            case: {name: value for name, value in said.items() if value is not None}
            for case, said in found.items()
        },
    )


def _action(trial: Trial) -> str:
    return trial.decision.action if trial.decision else ""


def _share(hits: int, count: int) -> float | None:
    return share(hits, count) if count >= GROUP_MIN else None


def _share_bounds(hits: Value, count: Value) -> tuple[float | None, float | None]:
    many = int(count or 0)
    return (wilson(int(hits or 0), many) or (None, None)) if many >= GROUP_MIN else (None, None)


def _ends(bounds: tuple[float, float] | None) -> tuple[float | None, float | None]:
    return (rounded(bounds[0]), rounded(bounds[1])) if bounds else (None, None)
