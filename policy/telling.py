"""Why a rule came out as it did, told once somebody asks: sentence, duties, trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from policy import sentences
from policy.api import Clock, Event, Leaf, Obligation, Outcome, Rule
from policy.case import UNSAID, Case
from policy.conditions import PLACE, truth_of
from policy.logic import Truth, Value
from policy.parts import Duty, Reach, TraceLine
from policy.relevance import reasons

#: What is said of a clock, for translators and for `languages`, which reads it back.
FRAMES = (
    "No fixed time: {effort}.",
    "Counted from {earlier} until this: {event}.",
    "The clock starts with this event: {event}.",
    *(event.replace("_", " ") for event in Event),
)


def sentence(
    rule: Rule, outcome: Outcome, truths: Sequence[Truth], case: Case, names: Sequence[str]
) -> str:
    """`names` are the facts an unknown outcome still depends on."""
    if outcome is Outcome.UNKNOWN:
        return sentences.unknown(rule, names)
    values: list[Value] = [None, *(case.values.get(leaf.fact) for leaf in rule.logic.leaves)]
    if outcome is Outcome.APPLIES:
        return sentences.applies(rule, truths, values)
    return sentences.does_not_apply(rule, truths, values)


def duties(
    rule: Rule,
    outcome: Outcome,
    events: Mapping[Event, datetime],
    *,
    displaced: Mapping[str, str],
) -> tuple[Duty, ...]:
    """The obligations while the rule applies, and provisionally while that is still open.

    `displaced` names, by rule, the rule that goes before it.
    """
    if outcome not in (Outcome.APPLIES, Outcome.UNKNOWN):
        return ()
    return tuple(
        _duty(
            rule,
            obligation,
            events,
            provisional=outcome is Outcome.UNKNOWN,
            displaced_by=displaced.get(rule.id),
        )
        for obligation in rule.obligations
    )


def _duty(
    rule: Rule,
    obligation: Obligation,
    events: Mapping[Event, datetime],
    *,
    provisional: bool,
    displaced_by: str | None,
) -> Duty:
    start, note = _start(obligation, events)
    due: datetime | None = None
    if obligation.clock is Clock.QUALITATIVE:
        note = f"No fixed time: {obligation.effort}."
    elif start is not None:
        due = obligation.within.after(start) if obligation.within else start
    return Duty(
        rule=rule.id,
        obligation=obligation,
        started=start,
        due=due,
        due_note=note,
        provisional=provisional,
        displaced_by=displaced_by,
    )


def _start(
    obligation: Obligation, events: Mapping[Event, datetime]
) -> tuple[datetime | None, str | None]:
    """When the clock started, and what there is to say of its start."""
    event, earlier = obligation.from_event, obligation.else_from
    if event in events:
        return events[event], None
    named = event.replace("_", " ")
    if earlier and earlier in events:
        return events[earlier], f"Counted from {earlier.replace('_', ' ')} until this: {named}."
    return None, f"The clock starts with this event: {named}."


def elsewhere(case: Case, reach: Reach) -> tuple[TraceLine, ...]:
    """The whole trace of a rule that the place alone rules out."""
    return (TraceLine(reach, False, case.where, True),)


def trace(
    rule: Rule, truth: Truth, truths: Sequence[Truth], case: Case, reach: Reach
) -> tuple[TraceLine, ...]:
    """The place and every leaf: what was tested, on what, said by whom, under which law."""
    place = TraceLine(reach, truths[PLACE], case.where, False)
    said, decisive = case.said, _decisive(rule, truth, truths)
    lines = [
        TraceLine(leaf, truths[leaf.index], said.get(leaf.fact, UNSAID), leaf.index in decisive)
        for leaf in rule.logic.leaves
    ]
    return place, *lines


def _decisive(rule: Rule, truth: Truth, truths: Sequence[Truth]) -> frozenset[int]:
    """The leaves without which a settled outcome would not stand."""
    found: list[Leaf] = []
    if truth is True:
        found += reasons(rule.when, truths, wanted=True)
        for exception in rule.exceptions:
            found += reasons(exception.when, truths, wanted=False)
    elif truth is False:
        if truth_of(rule.when, truths) is False:
            found += reasons(rule.when, truths, wanted=False)
        else:
            for exception in rule.exceptions:
                if truth_of(exception.when, truths) is True:
                    found += reasons(exception.when, truths, wanted=True)
    return frozenset(leaf.index for leaf in found)
