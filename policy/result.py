"""What an evaluation says: immutable, and in JSON shape by `to_dict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy.api import Citation, Fact, LegalState, Obligation, Outcome, Party, Rule, StateChange
from policy.logic import Truth, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLine:
    """One leaf: what was tested, on what, said by whom, with which law behind it.

    `value` is what the rule saw; `given` is what was supplied, also where it was not enough.
    """

    path: str
    fact: str
    test: str
    result: Truth
    value: Value
    given: Value
    source: str | None
    note: str | None
    decisive: bool
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "fact": self.fact,
            "test": self.test,
            "result": self.result,
            "value": self.value,
            "given": self.given,
            "source": self.source,
            "note": self.note,
            "decisive": self.decisive,
            "citation": self.citation.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A fact that can still change the outcome, in the pack's own words."""

    fact: str
    question: str
    type: str
    why: str
    help: str
    citation: Citation
    proposed: Fact | None

    def to_dict(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "fact": self.fact,
            "question": self.question,
            "type": self.type,
            "why": self.why,
            "help": self.help,
            "citation": self.citation.to_dict(),
        }
        if self.proposed is not None:
            result["proposed"] = {
                "value": self.proposed.value,
                "source": self.proposed.source.value,
            }
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation in this case; `due` is None where the law gives no number or no start.

    `started` is when its start event happened, None where it has not.
    """

    rule: str
    obligation: Obligation
    started: datetime | None
    due: datetime | None
    due_note: str | None
    provisional: bool

    def to_dict(self) -> dict[str, Any]:
        what = self.obligation
        return {
            "rule": self.rule,
            "do": what.do.value,
            "what": what.what,
            "force": what.force.value,
            "scope": what.scope.value,
            "within": what.within.text if what.within else None,
            "effort": what.effort,
            "clock": what.clock.value,
            "from_event": what.from_event.value,
            "max_extension": what.max_extension.text if what.max_extension else None,
            "started": self.started.isoformat() if self.started else None,
            "due": self.due.isoformat() if self.due else None,
            "due_note": self.due_note,
            "provisional": self.provisional,
            "citation": what.citation.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    rule: Rule
    outcome: Outcome
    state: LegalState
    change: StateChange | None
    sentence: str
    recommends_only: bool
    recommendation: str
    ask: tuple[Ask, ...]
    duties: tuple[Duty, ...]
    trace: tuple[TraceLine, ...]

    @property
    def open(self) -> bool:
        """Does the rule apply, or may it still?"""
        return self.outcome in (Outcome.APPLIES, Outcome.UNKNOWN)

    def to_dict(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "id": rule.id,
            "pack": rule.pack,
            "title": rule.title,
            "summary": rule.summary,
            "jurisdiction": rule.jurisdiction,
            "outcome": self.outcome.value,
            "sentence": self.sentence,
            "status": self.state.value,
            "status_since": self.change.start.isoformat() if self.change else None,
            "status_note": self.change.note if self.change else None,
            "timeline": [
                {"from": c.start.isoformat(), "state": c.state.value, "note": c.note}
                for c in rule.timeline
            ],
            "grade": rule.grade.value,
            "level": rule.level.value,
            "harm": rule.harm.value,
            "ground": rule.ground.value if rule.ground else None,
            "explanation": rule.explanation,
            "citation": rule.citation.to_dict(),
            "binds": rule.binds.value,
            "bound": rule.bound,
            "effect": "duty" if rule.binds is Party.PLATFORM else "legal_risk",
            "risk": rule.risk if self.open else None,
            "recommends_only": self.recommends_only,
            "recommendation": self.recommendation,
            "ask": [ask.to_dict() for ask in self.ask],
            "obligations": [duty.to_dict() for duty in self.duties],
            "trace": [line.to_dict() for line in self.trace],
            "open_notes": list(rule.open_notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One open fact over all rules, with every rule's own words for it."""

    fact: str
    type: str
    settles: tuple[str, ...]
    asked_by: tuple[tuple[str, Ask], ...]

    def to_dict(self) -> dict[str, Any]:
        first = self.asked_by[0][1]
        return {
            **first.to_dict(),
            "rules": [rule for rule, _ in self.asked_by],
            "settles": list(self.settles),
            "asked_by": [
                {
                    "rule": rule,
                    "question": ask.question,
                    "why": ask.why,
                    "citation": ask.citation.to_dict(),
                }
                for rule, ask in self.asked_by
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two duties that do not simply stand side by side, and what the order of norms says."""

    kind: str
    rules: tuple[str, ...]
    sentence: str
    resolution: str
    citations: tuple[Citation, ...]
    provisional: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rules": list(self.rules),
            "sentence": self.sentence,
            "resolution": self.resolution,
            "citations": [citation.to_dict() for citation in self.citations],
            "provisional": self.provisional,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that was asked and answered; equal inputs give an equal evaluation."""

    at: datetime
    received_at: datetime | None
    places: tuple[str, ...]
    facts: Mapping[str, Fact]
    rules: tuple[RuleResult, ...]
    questions: tuple[Question, ...]
    conflicts: tuple[Conflict, ...]
    pack_digests: Mapping[str, str]

    def rule(self, name: str) -> RuleResult:
        """The result of one rule; raises KeyError."""
        for result in self.rules:
            if result.rule.id == name:
                return result
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "places": list(self.places),
            "facts": {
                name: {"value": fact.value, "source": fact.source.value}
                for name, fact in sorted(self.facts.items())
            },
            "rules": [result.to_dict() for result in self.rules],
            "questions": [question.to_dict() for question in self.questions],
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
            "pack_digests": dict(self.pack_digests),
            "notice": "Recommendations for a person to decide on. Not legal advice.",
        }
