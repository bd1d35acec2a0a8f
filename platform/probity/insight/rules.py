"""Rule by rule: what was changed on appeal, and whether what a rule asks for was done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.contests.models import AppealRuling
from probity.contests.words import Outcome
from probity.core.shares import wilson
from probity.decisions.law import packs
from probity.decisions.measures import NAMES
from probity.decisions.models import RESTRICTIONS, Action, Decision, DecisionState

from .figures import GROUP_MIN, Chart, Figure, Series, Span, Value, drawn, rounded, share

#: Which measures do what a rule asks for; duties that no decision carries out are left out.
MEETS: Mapping[str, frozenset[Action]] = {
    "remove": frozenset({Action.REMOVE}),
    "do_not_display": frozenset({Action.REMOVE, Action.RESTRICT}),
    "geo_block": frozenset({Action.RESTRICT, Action.REMOVE}),
    "restrict": RESTRICTIONS,
    "age_gate": frozenset({Action.AGE_GATE, Action.REMOVE}),
    "label": frozenset({Action.LABEL, Action.REMOVE}),
    "warn": frozenset({Action.WARN}),
    "suspend": frozenset({Action.SUSPEND}),
    "refer": frozenset({Action.REFER}),
    "preserve": frozenset({Action.PRESERVE}),
}
#: The most decisions that are looked at, the latest first.
MOST = 5_000


def reversals(person: Person | None, span: Span) -> Figure:
    """Rulings on appeals in these days, by queue and by the rule that the decision named."""
    rulings = AppealRuling.objects.filter(
        visible(person, through="appeal__case"), appeal__case__demonstration="",
        at__gte=span.begins, at__lt=span.ends, fell_at=None,
    ).values_list("appeal__case__queue__title", "appeal__decision__rules", "outcome")  # fmt: skip
    tallies: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for queue, rules, outcome in rulings:
        for rule in rules or [gettext("no rule named")]:
            tallies[queue, rule][outcome != Outcome.UPHELD] += 1
    rows: list[list[Value]] = []
    lows, highs = [], []
    for (queue, rule), tally in sorted(tallies.items()):
        count, changed = tally.total(), tally[True]
        known = wilson(changed, count) if count >= GROUP_MIN else None
        low, high = known or (None, None)
        held = share(changed, count) if known else None
        rows.append([queue, rule, count, changed, held, rounded(low), rounded(high)])
        lows.append(low)
        highs.append(high)
    return Figure(
        key="reversals",
        title=gettext("Changed on appeal, by queue and rule"),
        says=gettext("%(count)d queues and rules had a decision contested and ruled on.")
        % {"count": len(rows)},
        columns=(
            gettext("Queue"), gettext("Rule"), "n", gettext("Changed"), gettext("Share"),
            gettext("from"), gettext("to"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share changed, with its 95 % interval"),
            labels=[f"{row[0]}: {row[1]}" for row in rows],
            counts=[int(row[2] or 0) for row in rows],
            series=[Series(gettext("Changed"), [drawn(row[4]) for row in rows], lows, highs)],
            top=1.0,
        ),
        note=gettext(
            "n counts rulings; a decision that named two rules counts for both. Fewer than "
            "%(least)d get no share. Only contested decisions are among these."
        )
        % {"least": GROUP_MIN},
    )  # fmt: skip


def obligations(person: Person | None, span: Span) -> Figure:
    """For each rule that applied when a decision of these days was taken: whether what it asks for
    was done, something milder or else, or nothing."""
    decided = Decision.objects.filter(
        visible(person, through="case"), case__demonstration="", at__gte=span.begins,
        at__lt=span.ends, standing__state__in=[DecisionState.EFFECTIVE, DecisionState.SUPERSEDED],
    ).order_by("-at")  # fmt: skip
    duties = _duties()
    tallies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for decision in decided.prefetch_related("measures")[:MOST]:
        taken = {Action(row.action) for row in decision.measures.all()}
        for rule in decision.automation.get("recommended", ()):
            for duty in duties.get(rule, ()):
                tallies[rule, duty][_met(duty, taken)] += 1
    rows: list[list[Value]] = []
    for (rule, duty), tally in sorted(tallies.items()):
        count, done = tally.total(), tally["done"]
        low, high = (wilson(done, count) if count >= GROUP_MIN else None) or (None, None)
        held = share(done, count) if count >= GROUP_MIN else None
        asked = NAMES[Action(duty)] if duty in set(Action) else duty.replace("_", " ")
        ends = rounded(low), rounded(high)
        rows.append([rule, asked, count, done, tally["else"], tally["nothing"], held, *ends])
    return Figure(
        key="obligations",
        title=gettext("What rules recommend and what was decided"),
        says=gettext("%(count)d times a rule that applied asked for something a decision can do.")
        % {"count": sum(tally.total() for tally in tallies.values())},
        columns=(
            gettext("Rule"), gettext("Recommends"), "n", gettext("Done"),
            gettext("Something else"), gettext("No action"), gettext("Share done"),
            gettext("from"), gettext("to"),
        ),
        rows=rows,
        note=gettext(
            "A difference is no error by itself: people decide, and rules conflict. A removal does "
            "what a label or a block asks for as well. At most %(most)d decisions, the latest."
        )
        % {"most": MOST},
    )  # fmt: skip


def _duties() -> dict[str, list[str]]:
    """What each rule in use asks for that a decision can do."""
    return {
        rule.id: sorted({one.do.value for one in rule.obligations if one.do.value in MEETS})
        for pack in packs()
        for rule in pack.rules
    }


def _met(duty: str, taken: set[Action]) -> str:
    if taken & MEETS[duty]:
        return "done"
    return "nothing" if taken == {Action.NO_ACTION} else "else"
