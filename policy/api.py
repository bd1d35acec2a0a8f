"""The words of the engine as data: facts, rules, packs. Immutable; built by the loader only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from policy.durations import Duration
from policy.logic import LeafTest, Operand, Truth, Value


class Source(StrEnum):
    """Who said so, from the weakest word to the strongest (see `RANK`)."""

    DETECTOR = "detector"
    PROVENANCE = "provenance"
    REQUESTER = "requester"
    PLATFORM = "platform"
    REVIEWER = "reviewer"


RANK: Mapping[Source, int] = {source: rank for rank, source in enumerate(Source)}


class FactType(StrEnum):
    BOOL = "bool"
    INTEGER = "integer"


class Sensitivity(StrEnum):
    """How carefully an answer must be kept: about the service, about a person, about intimacy."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    SPECIAL = "special"


class Outcome(StrEnum):
    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"


class LegalState(StrEnum):
    IN_FORCE = "in_force"
    ENJOINED = "enjoined"
    STRUCK_DOWN = "struck_down"
    SUNSET = "sunset"
    PENDING = "pending"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"


class Grade(StrEnum):
    """How well a text was read: primary, secondary, mixed, general knowledge."""

    P = "P"
    S = "S"
    M = "M"
    G = "G"


class Harm(StrEnum):
    """What a rule is about; what a report's category suggests is matched with it."""

    INTIMATE = "intimate"
    ELECTION = "election"
    FRAUD = "fraud"
    LIKENESS = "likeness"
    COMMERCIAL = "commercial"
    REPUTATION = "reputation"
    ILLEGAL = "illegal"
    MISINFORMATION = "misinformation"
    MINORS = "minors"
    TRANSPARENCY = "transparency"
    PROVENANCE = "provenance"
    PROCESS = "process"
    PLATFORM = "platform"
    LIABILITY = "liability"
    CRIMINAL = "criminal"
    EXCEPTION = "exception"
    META = "meta"


class RecordKind(StrEnum):
    """Why a dated piece of law is no rule."""

    BILL = "bill"
    DRAFT = "draft"
    STRUCK_DOWN = "struck_down"
    GUIDANCE = "guidance"
    EXCLUSION = "exclusion"
    EFFECT = "effect"
    CONCEPT = "concept"
    PLATFORM_TERMS = "platform_terms"
    SURVEY = "survey"
    SUPERSEDED = "superseded"


class Ground(StrEnum):
    """The two grounds a statement of reasons may give (Reg. (EU) 2022/2065 art. 17(3)(d), (e))."""

    ILLEGAL_CONTENT = "illegal_content"
    INCOMPATIBLE_CONTENT = "incompatible_content"


class Level(StrEnum):
    """What kind of norm speaks; an order goes before law, law before platform policy."""

    ORDER = "order"
    LAW = "law"
    POLICY = "policy"


class Party(StrEnum):
    PLATFORM = "platform"
    DISTRIBUTOR = "distributor"
    DEPLOYER = "deployer"
    PROVIDER = "provider"
    UPLOADER = "uploader"
    ANYONE = "anyone"


class Action(StrEnum):
    REMOVE = "remove"
    REMOVE_IDENTICAL_COPIES = "remove_identical_copies"
    GEO_BLOCK = "geo_block"
    LABEL = "label"
    DISCLOSE_PROVENANCE = "disclose_provenance"
    PRESERVE = "preserve"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    NOTIFY_NOTIFIER = "notify_notifier"
    NOTIFY_UPLOADER = "notify_uploader"
    STATEMENT_OF_REASONS = "statement_of_reasons"
    UPDATE = "update"
    REFER = "refer"
    RESTRICT = "restrict"
    AGE_GATE = "age_gate"
    DO_NOT_DISPLAY = "do_not_display"
    ESCALATE = "escalate"
    WARN = "warn"
    SUSPEND = "suspend"
    VERIFY_CLAIM = "verify_claim"
    APPEAL_CHANNEL = "appeal_channel"
    REPORT_PUBLICLY = "report_publicly"
    RISK_MITIGATION = "risk_mitigation"
    DETECTABLE_MARKING = "detectable_marking"
    KEEP_METADATA = "keep_metadata"
    STOP_PROVISION = "stop_provision"


class Force(StrEnum):
    MUST = "must"
    MUST_NOT = "must_not"
    MAY = "may"


class Scope(StrEnum):
    WORLDWIDE = "worldwide"
    TERRITORY = "territory"
    ACCOUNT = "account"
    NOTICE = "notice"


class Clock(StrEnum):
    """Elapsed time with a number, a standard without one, or the moment of an event itself."""

    ELAPSED = "elapsed"
    QUALITATIVE = "qualitative"
    EVENT = "event"


class Event(StrEnum):
    VALID_REQUEST_RECEIVED = "valid_request_received"
    NOTICE_RECEIVED = "notice_received"
    REPORT_RECEIVED = "report_received"
    ORDER_RECEIVED = "order_received"
    DECISION_TAKEN = "decision_taken"
    RESTRICTION_IMPOSED = "restriction_imposed"
    FIRST_EXPOSURE = "first_exposure"
    COMPLAINT_RECEIVED = "complaint_received"
    KNOWLEDGE_GAINED = "knowledge_gained"


#: Events that are the receipt of the report itself, so that `received_at` dates them.
RECEIPTS = frozenset({Event.VALID_REQUEST_RECEIVED, Event.NOTICE_RECEIVED, Event.REPORT_RECEIVED})


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
    """`kind` is all, any, not (one child) or at_least (with `count`)."""

    kind: str
    children: tuple[Condition, ...]
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
    """`within` is counted from `from_event`; None where the law gives a standard (`effort`)."""

    do: Action
    what: str
    force: Force
    scope: Scope
    within: Duration | None
    effort: str | None
    clock: Clock
    from_event: Event
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
