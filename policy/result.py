"""What an evaluation says. Outcomes stand at once; the telling is made when it is asked for.

Everything an answer is made of (facts, packs, day, places) is immutable, so asking twice, or
later, gives the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from policy import sentences, telling
from policy.api import Approval, Fact, Grade, LegalState, Outcome, Party, Rule, StateChange
from policy.case import Case
from policy.conflicts import conflicts
from policy.logic import Truth
from policy.overrides import displaced
from policy.parts import Ask, Conflict, Duty, Question, TraceLine
from policy.program import Entry
from policy.questions import asks, questions
from policy.relevance import open_facts

#: What is recorded of a rule that does not apply or is not law.
_KEPT = (
    "id", "pack", "title", "jurisdiction", "outcome", "sentence", "status", "status_since", "grade",
    "level", "harm", "binds", "effect", "recommends_only", "ask", "obligations", "trace",
)  # fmt: skip


class Together:
    """What only all rules together can say: the order of questions, what displaces what."""

    def __init__(self) -> None:
        self.results: tuple[RuleResult, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return questions(self.results, {r.rule.id: r.asked[1] for r in self.results})

    @cached_property
    def rank(self) -> Mapping[str, int]:
        return {question.fact: number for number, question in enumerate(self.questions)}

    @cached_property
    def displaced(self) -> Mapping[str, str]:
        return displaced(self.results)


@dataclass(slots=True, eq=False)
class RuleResult:
    """One rule in one case; `truth` is None both where it is unknown and where it is not law."""

    rule: Rule
    outcome: Outcome
    state: LegalState
    change: StateChange | None
    truth: Truth
    case: Case
    together: Together = field(repr=False)
    entry: Entry = field(repr=False)
    table: list[Truth] = field(repr=False)
    _asked: tuple[tuple[Ask, ...], frozenset[str]] | None = field(default=None, repr=False)

    @property
    def open(self) -> bool:
        """Does the rule apply, or may it still?"""
        return self.outcome is Outcome.APPLIES or self.outcome is Outcome.UNKNOWN

    @property
    def live(self) -> bool:
        """Was it law on the day?"""
        return self.outcome is not Outcome.NOT_IN_FORCE

    @property
    def truths(self) -> tuple[Truth, ...]:
        """The place's truth and then every leaf's."""
        return self.entry.leaves(self.table)

    @property
    def asked(self) -> tuple[tuple[Ask, ...], frozenset[str]]:
        """What it still asks, in the rule's own order, and which facts alone would settle it."""
        if self._asked is None:
            names, truths = self._open_facts(), self.truths
            self._asked = asks(
                self.rule, names, values=self.case.values, truths=truths, given=self.case.given
            )
        return self._asked

    def _open_facts(self) -> list[str]:
        if self.outcome is not Outcome.UNKNOWN:
            return []
        return open_facts(self.rule, self.case.values, self.truths)

    @property
    def ask(self) -> tuple[Ask, ...]:
        """What it still asks, in the order that settles most rules at least cost."""
        asked = self.asked[0]
        if len(asked) < 2:
            return asked
        rank = self.together.rank
        return tuple(sorted(asked, key=lambda item: rank[item.fact]))

    @property
    def sentence(self) -> str:
        if not self.live:
            return sentences.not_in_force(self.rule, self.change)
        said = telling.sentence(self.rule, self.outcome, self.truths, self.case, self._open_facts())
        return sentences.disputed(said) if self.state is LegalState.DISPUTED else said

    @property
    def approval(self) -> Approval | None:
        """Who approved exactly this version of its pack."""
        return self.case.approvals.get(self.entry.approved_as)

    @property
    def recommends_only(self) -> bool:
        return self.rule.grade is not Grade.P or self.approval is None

    @property
    def recommendation(self) -> str:
        return sentences.recommendation(self.rule, self.approval)

    @property
    def duties(self) -> tuple[Duty, ...]:
        displaced_ = self.together.displaced if self.rule.obligations and self.open else {}
        return telling.duties(self.rule, self.outcome, self.case.events, displaced=displaced_)

    @property
    def trace(self) -> tuple[TraceLine, ...]:
        """The place and, where the rule reaches it, every leaf; empty where it was not law."""
        if not self.live:
            return ()
        if self.table[self.entry.place] is False:
            return telling.elsewhere(self.case, self.entry.reach)
        return telling.trace(self.rule, self.truth, self.truths, self.case, self.entry.reach)

    def record(self) -> dict[str, Any]:
        """As `to_dict`; of a rule that does not apply only what says so, its pack has the rest."""
        whole = self.to_dict()
        if self.open:
            return whole
        kept = {name: whole[name] for name in _KEPT}
        return {**kept, "citation": self.rule.citation.brief()}

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
            "ask": [ask.brief() for ask in self.ask],
            "obligations": [duty.to_dict() for duty in self.duties],
            "trace": [line.to_dict() for line in self.trace],
            **({"second_person": rule.second_person} if rule.second_person else {}),
            "open_notes": list(rule.open_notes),
        }


@dataclass(eq=False, kw_only=True)
class Evaluation:
    """Everything that was asked and answered; equal inputs give an equal `to_dict`."""

    at: datetime
    received_at: datetime | None
    places: tuple[str, ...]
    facts: Mapping[str, Fact]
    rules: tuple[RuleResult, ...]
    pack_digests: Mapping[str, str]
    together: Together = field(repr=False)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The open facts of all rules, those first that settle most."""
        return self.together.questions

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Duties that do not simply stand side by side."""
        return conflicts(self.rules)

    def rule(self, name: str) -> RuleResult:
        """The result of one rule; raises KeyError."""
        for result in self.rules:
            if result.rule.id == name:
                return result
        raise KeyError(name)

    def record(self) -> dict[str, Any]:
        """As `to_dict`, shorter by what the packs named by their digests say anyway; to be kept."""
        return self._dict([result.record() for result in self.rules])

    def to_dict(self) -> dict[str, Any]:
        return self._dict([result.to_dict() for result in self.rules])

    def _dict(self, rules: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "places": list(self.places),
            "facts": {
                name: {"value": fact.value, "source": fact.source.value}
                for name, fact in sorted(self.facts.items())
            },
            "rules": rules,
            "questions": [question.to_dict() for question in self.questions],
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
            "pack_digests": dict(self.pack_digests),
            "notice": "Recommendations for a person to decide on. Not legal advice.",
        }
