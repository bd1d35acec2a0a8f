"""Packs, facts, date and places in; an evaluation with reasons out. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from policy import sentences
from policy.api import (
    RECEIPTS,
    Approval,
    Clock,
    Event,
    Fact,
    Grade,
    Leaf,
    LegalState,
    Obligation,
    Outcome,
    Pack,
    Rule,
    Source,
)
from policy.conditions import PLACE, truth_of
from policy.conflicts import conflicts
from policy.durations import aware
from policy.logic import Truth, Value
from policy.places import normalise, within
from policy.questions import asks, questions
from policy.relevance import open_facts, reasons, settle, truths_of
from policy.result import Duty, Evaluation, RuleResult, TraceLine
from policy.vocabulary import check, refusal_of, vocabulary

_LIVE = (LegalState.IN_FORCE, LegalState.DISPUTED)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is the same for all rules of one pack in one evaluation."""

    day: date
    places: tuple[str, ...]
    given: Mapping[str, Fact]
    values: Mapping[str, Value]
    notes: Mapping[str, str]
    events: Mapping[Event, datetime]
    approval: Approval | None


def evaluate(
    packs: Iterable[Pack],
    *,
    facts: Mapping[str, Fact],
    at: datetime,
    places: Collection[str],
    received_at: datetime | None,
    events: Mapping[Event, datetime] | None = None,
    approvals: Iterable[Approval] = (),
) -> Evaluation:
    """Every rule of `packs` on these facts, as the law stood on the day of `at`.

    `at` is read as the calendar date in the zone it carries. `received_at` is when the (valid)
    request, notice or report came in and starts the clocks that run from it; `events` dates the
    other start events. An approval counts only for the pack version whose digest it names.
    Raises FactRefused, PlaceRefused or MomentRefused.
    """
    ordered = tuple(sorted(packs, key=lambda pack: pack.id))
    given = {name: check(fact) for name, fact in facts.items()}
    found = tuple(sorted({normalise(place) for place in places}))
    dated = {event: aware(when) for event, when in (events or {}).items()}
    if received_at is not None:
        dated = dict.fromkeys(RECEIPTS, aware(received_at)) | dated
    signed = {(approval.pack, approval.digest): approval for approval in approvals}
    day = aware(at).date()
    results: list[RuleResult] = []
    settling: dict[str, frozenset[str]] = {}
    for pack in ordered:
        values, notes = _admitted(given, pack.minimums)
        case = _Case(day, found, given, values, notes, dated, signed.get((pack.id, pack.digest)))
        for rule in pack.rules:
            result, answers = _rule(rule, case)
            results.append(result)
            settling[rule.id] = answers
    asked = questions(results, settling)
    rank = {question.fact: number for number, question in enumerate(asked)}
    final = tuple(_ordered(result, rank) for result in results)
    return Evaluation(
        at=at,
        received_at=received_at,
        places=found,
        facts=given,
        rules=final,
        questions=asked,
        conflicts=conflicts(final),
        pack_digests={pack.id: pack.digest for pack in ordered},
    )


def _admitted(
    given: Mapping[str, Fact], minimums: Mapping[str, Source]
) -> tuple[dict[str, Value], dict[str, str]]:
    """The values whose source is good enough, and for the others why not."""
    values: dict[str, Value] = {}
    notes: dict[str, str] = {}
    for name, fact in given.items():
        minimum = minimums.get(name) or vocabulary()[name].minimum
        note = refusal_of(fact, minimum=minimum)
        if note is None:
            values[name] = fact.value
        elif fact.value is not None:
            notes[name] = note
    return values, notes


def _rule(rule: Rule, case: _Case) -> tuple[RuleResult, frozenset[str]]:
    """The result, and the facts of which one answer alone would settle it."""
    change = rule.state_at(case.day)
    state = change.state if change else LegalState.PENDING
    approved = sentences.recommendation(rule, case.approval)
    advises = rule.grade is not Grade.P or case.approval is None
    if state not in _LIVE:
        return RuleResult(
            rule=rule,
            outcome=Outcome.NOT_IN_FORCE,
            state=state,
            change=change,
            sentence=sentences.not_in_force(rule, change),
            recommends_only=advises,
            recommendation=approved,
            ask=(),
            duties=(),
            trace=(),
        ), frozenset()
    truths = truths_of(rule.logic, case.values, within(rule.jurisdiction, case.places))
    truth = settle(rule, case.values, truths)
    names = open_facts(rule, case.values, truths) if truth is None else []
    asked, answers = asks(rule, names, values=case.values, truths=truths, given=case.given)
    outcome = _outcome(truth)
    sentence = _sentence(rule, outcome, truths, case, names)
    return RuleResult(
        rule=rule,
        outcome=outcome,
        state=state,
        change=change,
        sentence=sentences.disputed(sentence) if state is LegalState.DISPUTED else sentence,
        recommends_only=advises,
        recommendation=approved,
        ask=asked,
        duties=_duties(rule, outcome, case.events),
        trace=_trace(rule, truth, truths, case),
    ), answers


def _outcome(truth: Truth) -> Outcome:
    if truth is None:
        return Outcome.UNKNOWN
    return Outcome.APPLIES if truth else Outcome.DOES_NOT_APPLY


def _sentence(
    rule: Rule, outcome: Outcome, truths: Sequence[Truth], case: _Case, names: Sequence[str]
) -> str:
    if outcome is Outcome.UNKNOWN:
        return sentences.unknown(rule, names)
    values: list[Value] = [None, *(case.values.get(leaf.fact) for leaf in rule.logic.leaves)]
    if outcome is Outcome.APPLIES:
        return sentences.applies(rule, truths, values)
    return sentences.does_not_apply(rule, truths, values)


def _duties(rule: Rule, outcome: Outcome, events: Mapping[Event, datetime]) -> tuple[Duty, ...]:
    """The obligations while the rule applies, and provisionally while that is still open."""
    if outcome not in (Outcome.APPLIES, Outcome.UNKNOWN):
        return ()
    return tuple(
        _duty(rule, obligation, events, provisional=outcome is Outcome.UNKNOWN)
        for obligation in rule.obligations
    )


def _duty(
    rule: Rule, obligation: Obligation, events: Mapping[Event, datetime], *, provisional: bool
) -> Duty:
    start = events.get(obligation.from_event)
    due: datetime | None = None
    note: str | None = None
    if obligation.clock is Clock.QUALITATIVE:
        note = f"No fixed time: {obligation.effort}."
    elif start is None:
        note = f"The clock starts with this event: {obligation.from_event.replace('_', ' ')}."
    else:
        due = obligation.within.after(start) if obligation.within else start
    return Duty(
        rule=rule.id,
        obligation=obligation,
        started=start,
        due=due,
        due_note=note,
        provisional=provisional,
    )


def _trace(rule: Rule, truth: Truth, truths: Sequence[Truth], case: _Case) -> tuple[TraceLine, ...]:
    decisive = _decisive(rule, truth, truths)
    place = TraceLine(
        path="place",
        fact="place",
        test=f"in {rule.jurisdiction}",
        result=truths[PLACE],
        value=None,
        given=None,
        source=None,
        note=f"Places known: {', '.join(case.places) or 'none'}.",
        decisive=truth is False and truths[PLACE] is False,
        citation=rule.citation,
    )
    return place, *(_line(leaf, truths, case, decisive) for leaf in rule.logic.leaves)


def _line(leaf: Leaf, truths: Sequence[Truth], case: _Case, decisive: Collection[int]) -> TraceLine:
    fact = case.given.get(leaf.fact)
    return TraceLine(
        path=leaf.path,
        fact=leaf.fact,
        test=sentences.leaf_test(leaf),
        result=truths[leaf.index],
        value=case.values.get(leaf.fact),
        given=fact.value if fact else None,
        source=fact.source.value if fact else None,
        note=case.notes.get(leaf.fact),
        decisive=leaf.index in decisive,
        citation=leaf.citation,
    )


def _decisive(rule: Rule, truth: Truth, truths: Sequence[Truth]) -> frozenset[int]:
    """The leaves without which a settled outcome would not stand."""
    found: list[Leaf] = []
    if truth is True:
        found += reasons(rule.when, truths, wanted=True)
        for exception in rule.exceptions:
            found += reasons(exception.when, truths, wanted=False)
    elif truth is False and truths[PLACE] is not False:
        if truth_of(rule.when, truths) is False:
            found += reasons(rule.when, truths, wanted=False)
        else:
            for exception in rule.exceptions:
                if truth_of(exception.when, truths) is True:
                    found += reasons(exception.when, truths, wanted=True)
    return frozenset(leaf.index for leaf in found)


def _ordered(result: RuleResult, rank: Mapping[str, int]) -> RuleResult:
    """The same result with its questions in the order that settles most rules."""
    if len(result.ask) < 2:
        return result
    return replace(result, ask=tuple(sorted(result.ask, key=lambda item: rank[item.fact])))
