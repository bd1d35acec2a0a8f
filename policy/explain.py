"""Why a rule came out as it did, what was unknown, and which single fact would turn it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy import sentences
from policy.api import Approval, Event, Fact, Outcome, Pack, Rule
from policy.conditions import PLACE
from policy.engine import evaluate, outcome_of
from policy.logic import Value
from policy.relevance import domain, settle, truths_of
from policy.result import RuleResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """If this one fact were this instead, the rule would come out so."""

    fact: str
    value: Value
    outcome: Outcome
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "value": self.value,
            "outcome": self.outcome.value,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One rule explained; `unknown` names what was not known and mattered, in order."""

    result: RuleResult
    unknown: tuple[str, ...]
    turns: tuple[Turn, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.result.rule.id,
            "title": self.result.rule.title,
            "outcome": self.result.outcome.value,
            "status": self.result.state.value,
            "sentence": self.result.sentence,
            "unknown": list(self.unknown),
            "turns": [turn.to_dict() for turn in self.turns],
            "trace": [line.to_dict() for line in self.result.trace],
        }

    def lines(self) -> Iterator[str]:
        """The same in plain English."""
        rule = self.result.rule
        yield f"{rule.title} ({rule.id})"
        yield f"  {self.result.sentence}"
        for line in self.result.trace:
            if line.decisive:
                yield f"  Because of {line.fact}: {line.test} [{line.citation.text}]"
        if self.unknown:
            yield f"  Not known: {', '.join(self.unknown)}."
        for turn in self.turns:
            yield f"  {turn.sentence}"
        if not self.turns:
            yield "  No single fact would change this."


def explain(
    packs: Iterable[Pack],
    *,
    facts: Mapping[str, Fact],
    at: datetime,
    places: Collection[str],
    received_at: datetime | None = None,
    events: Mapping[Event, datetime] | None = None,
    approvals: Iterable[Approval] = (),
    only: Collection[str] | None = None,
) -> tuple[Explanation, ...]:
    """Explain every rule, or those named in `only`. Raises as `evaluate` does."""
    evaluation = evaluate(
        packs, facts=facts, at=at, places=places, received_at=received_at, events=events,
        approvals=approvals,
    )  # fmt: skip
    found = []
    for result in evaluation.rules:
        if only is not None and result.rule.id not in only:
            continue
        turns = _turns(result)
        unknown = tuple(ask.fact for ask in result.ask)
        found.append(Explanation(result=result, unknown=unknown, turns=tuple(turns)))
    return tuple(found)


def _turns(result: RuleResult) -> Iterator[Turn]:
    """Each fact of the rule set to each value its leaves can tell apart, all else as it is."""
    if not result.live:
        return
    rule, values, place = result.rule, result.case.values, result.truths[PLACE]
    for name in rule.logic.facts:
        given = result.case.given.get(name)
        seen: set[Outcome] = set()
        for value in domain(rule, name):
            if given is not None and value == given.value:
                continue
            trial = {**values, name: value}
            outcome = outcome_of(settle(rule, trial, truths_of(rule.logic, trial, place)))
            if outcome is not result.outcome and outcome not in seen:
                seen.add(outcome)
                yield _turn(rule, name, value, outcome)


def _turn(rule: Rule, name: str, value: Value, outcome: Outcome) -> Turn:
    leaf = next(leaf for leaf in rule.logic.leaves if leaf.fact == name)
    words = {
        Outcome.APPLIES: "the rule would apply",
        Outcome.DOES_NOT_APPLY: "the rule would not apply",
        Outcome.UNKNOWN: "it could not be said any more",
    }[outcome]
    return Turn(
        fact=name,
        value=value,
        outcome=outcome,
        sentence=f"If {sentences.leaf_words(leaf, value)}, {words}.",
    )
