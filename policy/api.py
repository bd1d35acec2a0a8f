"""The words of the engine as data: facts, rules, packs. Immutable; built by the loader only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from policy.durations import Duration
from policy.logic import LeafTest, Operand, Truth, Value
from policy.terms import (
    RANK,
    RECEIPTS,
    Action,
    Clock,
    Event,
    FactType,
    Force,
    Grade,
    Ground,
    Harm,
    LegalState,
    Level,
    Outcome,
    Party,
    RecordKind,
    Scope,
    Sensitivity,
    Source,
)

__all__ = [
    "RANK",
    "RECEIPTS",
    "Action",
    "Approval",
    "Citation",
    "Clock",
    "Condition",
    "Decider",
    "Event",
    "Fact",
    "FactSpec",
    "FactType",
    "Force",
    "Grade",
    "Ground",
    "Group",
    "Harm",
    "Leaf",
    "LegalState",
    "Level",
    "Logic",
    "Obligation",
    "Outcome",
    "Override",
    "Pack",
    "PackTest",
    "Party",
    "Record",
    "RecordKind",
    "Rule",
    "RuleException",
    "Scope",
    "Sensitivity",
    "Source",
    "StateChange",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer: a name of the vocabulary, its value (None = explicitly unknown), who said so."""

    name: str
    value: Value
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """A name of the vocabulary: what it asks, who may supply it, whose word is enough."""

    name: str
    type: FactType
    question: str
    when_true: str
    when_false: str
    help: str
    supply: frozenset[Source]
    minimum: Source
    cost: int
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    law: str
    section: str
    url: str | None
    quote: str | None
    paraphrase: str | None
    read_on: date
    grade: Grade

    @property
    def text(self) -> str:
        return f"{self.law}, {self.section}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "law": self.law,
            "section": self.section,
            "url": self.url,
            "quote": self.quote,
            "paraphrase": self.paraphrase,
            "read_on": self.read_on.isoformat(),
            "grade": self.grade.value,
        }

    def brief(self) -> dict[str, Any]:
        """Enough to find it again, where the same citation stands in full nearby."""
        return {"text": self.text, "url": self.url, "grade": self.grade.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One test of one fact; `index` is its place in the rule's list of leaves.

    `words` are the test as people read it: "is true", "between 0 and 60".
    """

    fact: str
    type: FactType
    operator: str
    operand: Operand
    citation: Citation
    ask: str
    path: str
    index: int
    words: str
    test: LeafTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`kind` is all, any, not (one child) or at_least (with `count`); `decide` is it compiled."""

    kind: str
    children: tuple[Condition, ...]
    decide: Decider = field(compare=False, repr=False)
    count: int = 0


Condition = Leaf | Group
Decider = Callable[[Sequence[Truth]], Truth]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleException:
    id: str
    title: str
    when: Condition
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """`within` is counted from `from_event`; None where the law gives a standard (`effort`).

    `else_from` is an earlier event that counts until `from_event` is known, so that a time shown
    is never late.
    """

    do: Action
    what: str
    force: Force
    scope: Scope
    within: Duration | None
    effort: str | None
    clock: Clock
    from_event: Event
    else_from: Event | None
    max_extension: Duration | None
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Where both rules apply, the duties of `rule` step back, because the cited text says so."""

    rule: str
    why: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """From this day (inclusive) the rule is in this legal state."""

    start: date
    state: LegalState
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """The compiled rule: leaves in order; `decide` takes their truths with the place's at index 0.

    The outcome is place and condition and no exception. `repeated` names facts that stand in more
    than one leaf, where Kleene's tables alone are more cautious than need be.
    """

    leaves: tuple[Leaf, ...]
    decide: Decider
    facts: tuple[str, ...]
    repeated: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    pack: str
    title: str
    summary: str
    jurisdiction: str
    harm: Harm
    level: Level
    grade: Grade
    ground: Ground | None
    explanation: str
    binds: Party
    bound: str
    risk: str | None
    citation: Citation
    timeline: tuple[StateChange, ...]
    when: Condition
    exceptions: tuple[RuleException, ...]
    obligations: tuple[Obligation, ...]
    overrides: tuple[Override, ...]
    second_person: str
    open_notes: tuple[str, ...]
    review_due: date
    logic: Logic = field(compare=False)

    def state_at(self, day: date) -> StateChange | None:
        """The legal state on `day`; None before the timeline begins."""
        current = None
        for change in self.timeline:
            if change.start <= day:
                current = change
        return current


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A dated piece of law that is no rule: read, never evaluated."""

    id: str
    title: str
    summary: str
    kind: RecordKind
    jurisdiction: str
    citation: Citation
    timeline: tuple[StateChange, ...]
    why_no_rule: str
    open_notes: tuple[str, ...]
    review_due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTest:
    """A worked example inside a pack; expectations that are None are not checked."""

    rule: str
    name: str
    at: datetime
    places: tuple[str, ...]
    received_at: datetime | None
    events: Mapping[Event, datetime]
    facts: Mapping[str, Fact]
    outcome: Outcome
    state: LegalState | None
    ask: tuple[str, ...] | None
    do: tuple[str, ...] | None
    due: Mapping[str, datetime | None] | None
    latest: Mapping[str, datetime | None] | None
    provisional: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """`digest` is the sha256 of the canonical JSON of `document`; `minimums` only ever raise."""

    id: str
    version: int
    title: str
    jurisdiction: str
    maintainer: str
    minimums: Mapping[str, Source]
    rules: tuple[Rule, ...]
    records: tuple[Record, ...]
    tests: tuple[PackTest, ...]
    digest: str
    file: str
    document: Mapping[str, Any] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A named person approved exactly this version (`digest`) of a pack."""

    pack: str
    digest: str
    by: str
    on: date
