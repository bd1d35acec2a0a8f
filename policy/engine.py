"""Packs, facts, date and places in; an evaluation with reasons out. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from policy.api import RECEIPTS, Approval, Event, Fact, LegalState, Outcome, Pack
from policy.case import Case, admitted
from policy.durations import aware
from policy.logic import Truth
from policy.places import normalise
from policy.program import Entry, Status, program
from policy.relevance import settle
from policy.result import Evaluation, RuleResult, Together
from policy.vocabulary import checked

_LIVE = frozenset({LegalState.IN_FORCE, LegalState.DISPUTED})


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
    given = checked(facts)
    found = tuple(sorted({normalise(place) for place in places}))
    dated = {event: aware(when) for event, when in (events or {}).items()}
    if received_at is not None:
        dated = dict.fromkeys(RECEIPTS, aware(received_at)) | dated
    signed = {(approval.pack, approval.digest): approval for approval in approvals}
    day = aware(at).date()
    ready = program(packs)
    good = [admitted(given, sources) for sources in ready.groups]
    cases = [Case(day, found, given, values, notes, dated, signed) for values, notes in good]
    table = ready.table(found, [values for values, _ in good])
    together = Together()
    together.results = tuple(
        _judge(entry, status, cases[entry.group], table, together)
        for entry, status in zip(ready.entries, ready.states(day), strict=True)
    )
    return Evaluation(
        at=at,
        received_at=received_at,
        places=found,
        facts=given,
        rules=together.results,
        pack_digests={pack.id: pack.digest for pack in ready.packs},
        together=together,
    )


def _judge(
    entry: Entry, status: Status, case: Case, table: list[Truth], together: Together
) -> RuleResult:
    state, change = status
    truth: Truth = None
    if state not in _LIVE:
        outcome = Outcome.NOT_IN_FORCE
    elif table[entry.place] is False:
        truth, outcome = False, Outcome.DOES_NOT_APPLY
    else:
        truth = settle(entry.rule, case.values, entry.leaves(table))
        outcome = outcome_of(truth)
    return RuleResult(entry.rule, outcome, state, change, truth, case, together, entry, table)


def outcome_of(truth: Truth) -> Outcome:
    """What the truth of a rule that is law is called."""
    if truth is None:
        return Outcome.UNKNOWN
    return Outcome.APPLIES if truth else Outcome.DOES_NOT_APPLY
