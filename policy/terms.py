"""The closed lists of words that packs and answers are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


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
    CONFIRMATION_ISSUED = "confirmation_issued"


#: Events that are the receipt of the report itself, so that `received_at` dates them.
RECEIPTS = frozenset({Event.VALID_REQUEST_RECEIVED, Event.NOTICE_RECEIVED, Event.REPORT_RECEIVED})
