"""Reports, the cases that gather them, and who holds a case now."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from probity.accounts.models import Person
from probity.core.models import Row
from probity.core.moves import Moves
from probity.evidence.models import Asset
from probity.parties.models import Sender, Uploader

from .queue_models import (
    GENERAL,
    CaseChange,
    Handover,
    Presence,
    PriorityWeights,
    Queue,
    RoutingRule,
    SenderKind,
    ServiceTarget,
    Severity,
    Skip,
    TargetKind,
    WorkNote,
)

__all__ = [
    "CATEGORY_WORDS",
    "GENERAL",
    "Case",
    "CaseChange",
    "CaseClaim",
    "CaseState",
    "Category",
    "Clock",
    "EvidenceItem",
    "Handover",
    "IdempotencyKey",
    "Presence",
    "PriorityWeights",
    "Queue",
    "Report",
    "ReporterContact",
    "RoutingRule",
    "SenderKind",
    "ServiceTarget",
    "Severity",
    "Skip",
    "TargetKind",
    "WorkNote",
]


class Category(StrEnum):
    """What a report says is wrong."""

    INTIMATE = "intimate"
    ELECTION = "election"
    IMPERSONATION = "impersonation"
    ADVERTISING = "advertising"
    DEFAMATION = "defamation"
    OTHER = "other"


CATEGORY_WORDS = {
    Category.INTIMATE: "Intimate imagery",
    Category.ELECTION: "Election",
    Category.IMPERSONATION: "Impersonation or fraud",
    Category.ADVERTISING: "Advertising with somebody's likeness",
    Category.DEFAMATION: "Defamation",
    Category.OTHER: "Something else",
}


class CaseState(StrEnum):
    """Where a case stands; ``merged``: its reports are in another case now, for good."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    MERGED = "merged"


CASE_MOVES = Moves(
    thing="a case",
    begins=[CaseState.OPEN],
    after={
        CaseState.OPEN: [CaseState.IN_REVIEW, CaseState.MERGED],
        CaseState.IN_REVIEW: [CaseState.OPEN, CaseState.DECIDED, CaseState.MERGED],
        CaseState.DECIDED: [CaseState.IN_REVIEW],
        CaseState.MERGED: [],
    },
)

#: How a queue is ordered: most points first, then the nearest deadline, then the oldest.
IN_ORDER = (F("priority").desc(), F("due_at").asc(), F("opened_at").asc(), F("id").asc())
#: How ``Case.demonstration`` begins for a copy that is decided anew unawares (see ``quality``).
TRIAL = "trial:"
#: How such a copy is called where a record or a program has to know it from a real case.
COPY = "copy"
#: Cases that still need a decision, and those of them that anybody may take.
UNDECIDED = Q(state__in=["open", "in_review"], removed_at=None)
FREE = Q(state="open", removed_at=None, snoozed_until=None, kept_for=None)


class Case(Row):
    """The unit of work.

    ``demonstration`` names what a case shows that was made from media drawn here; empty for every
    real one. Only a demonstration can be taken out of sight again (``removed_at``). Its log stays,
    as every log does. A copy of a case for the quality of decisions (``TRIAL``) stands there too:
    whatever leaves a demonstration alone leaves it alone, but it is shown as any other case.

    ``target`` is a digest of what is reported (see ``targets``): one undecided case per target.
    ``priority`` and ``priority_why`` are kept by ``priority``; ``priority_next_at`` is when the
    points change by themselves. ``kept_for`` is the person a case was sent to; ``queue_fixed``:
    a person chose its queue, which no routing rule changes again. ``paused_seconds``: how long its
    pausable clocks stood still so far.
    """

    number = models.PositiveBigIntegerField(unique=True, editable=False)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in CaseState], default=CaseState.OPEN
    )
    category = models.CharField(max_length=20, choices=[(c, CATEGORY_WORDS[c]) for c in Category])
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_for = models.CharField(max_length=200, blank=True)
    demonstration = models.CharField(max_length=40, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases")
    queue_fixed = models.BooleanField(default=False)
    language = models.CharField(max_length=12, blank=True)
    target = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)
    priority = models.IntegerField(default=0)
    priority_why: models.JSONField[list[dict[str, object]], list[dict[str, object]]] = (
        models.JSONField(default=list)
    )
    priority_next_at = models.DateTimeField(null=True, blank=True)
    first_action_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    waiting_for = models.CharField(max_length=16, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    kept_for = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    uploader = models.ForeignKey(
        Uploader, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )

    class Meta:
        db_table = "cases_case"
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) | ~Q(demonstration=""),
                name="case_removed_is_demonstration",
            ),
            models.UniqueConstraint(
                fields=["demonstration"],
                condition=Q(removed_at=None) & ~Q(demonstration=""),
                name="case_demonstration_once",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False)
                | (~Q(state="decided") & Q(decided_at=None)),
                name="case_decided_has_moment",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=~Q(target="") & Q(state__in=["open", "in_review"], demonstration=""),
                name="one_open_case_per_target",
            ),
            models.CheckConstraint(
                condition=(Q(state="merged") & ~Q(merged_into=None))
                | (~Q(state="merged") & Q(merged_into=None)),
                name="case_merged_into_one",
            ),
        ]
        indexes = [
            models.Index("queue", *IN_ORDER, condition=FREE, name="case_next_in_queue"),
            models.Index(*IN_ORDER, condition=FREE, name="case_next"),
            models.Index("queue", *IN_ORDER, condition=UNDECIDED, name="case_order_in_queue"),
            models.Index(*IN_ORDER, condition=UNDECIDED, name="case_order"),
            models.Index(
                fields=["-decided_at"], condition=Q(state="decided"), name="case_decided_order"
            ),
            models.Index(fields=["due_at", "id"], condition=UNDECIDED, name="case_due_order"),
            models.Index(
                fields=["priority_next_at"],
                condition=Q(state__in=["open", "in_review"], priority_next_at__isnull=False),
                name="case_points_change",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="case_snoozed",
            ),
            models.Index(
                fields=["kept_for"], condition=Q(kept_for__isnull=False), name="case_kept_for"
            ),
        ]

    @cached_property
    def categories(self) -> frozenset[str]:
        """Everything that its reports say is wrong."""
        return frozenset({self.category, *self.reports.values_list("category", flat=True)})

    @property
    def is_trial(self) -> bool:
        """Whether it is a copy that is decided unawares; nothing ever leaves for it."""
        return self.demonstration.startswith(TRIAL)

    @property
    def shown_as(self) -> str:
        """The demonstration that it is, as anybody may know; empty for every other case."""
        return "" if self.is_trial else self.demonstration

    @property
    def label(self) -> str:
        """How people call the case."""
        return f"P-{self.number:06d}"


class Clock(Row):
    """A running deadline of one duty of one rule; at most one is open per duty.

    ``provisional`` while the rule may still turn out not to apply: the time runs meanwhile.
    ``service``: our own target, not the law's. ``pausable``: its rule says that it stands still
    while the case waits for somebody (``paused_at``); no other clock can.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    rule = models.CharField(max_length=80)
    duty = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    provisional = models.BooleanField()
    service = models.BooleanField(default=False)
    pausable = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "cases_clock"
        ordering = ["due_at", "rule", "duty"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule", "duty"],
                condition=Q(ended_at=None),
                name="one_open_clock_per_duty",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="clock_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(pausable=True), name="only_a_pausable_clock_pauses"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="clock_running"),
            models.Index(
                fields=["warn_at"],
                condition=Q(ended_at=None, warned_at=None, breached_at=None),
                name="clock_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(ended_at=None, breached_at=None),
                name="clock_to_breach",
            ),
        ]


class Report(Row):
    """Someone's notice (DSA art. 16; TAKE IT DOWN Act s. 3). Absent answers stay unknown."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    channel = models.CharField(max_length=8, choices=[("web", "web"), ("api", "api")])
    category = models.CharField(max_length=20, choices=[(c, CATEGORY_WORDS[c]) for c in Category])
    explanation = models.TextField(max_length=10_000)
    url = models.TextField(blank=True)
    claimed_sha256 = models.CharField(max_length=64, blank=True)
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    depicted = models.BooleanField(null=True)
    good_faith = models.BooleanField(null=True)
    signed = models.BooleanField(default=False)
    on_behalf = models.BooleanField(null=True)
    no_consent = models.BooleanField(null=True)
    resident = models.BooleanField(null=True)
    has_account = models.BooleanField(null=True)
    language = models.CharField(max_length=12, blank=True)
    target = models.CharField(max_length=64, blank=True, db_index=True)
    sender_kind = models.CharField(
        max_length=16,
        choices=[(kind, kind) for kind in SenderKind],
        default=SenderKind.PUBLIC,
    )
    sender = models.ForeignKey(
        Sender, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    received_at = models.DateTimeField()
    request_valid_at = models.DateTimeField(null=True, blank=True)
    request_confirmed_at = models.DateTimeField(null=True, blank=True)
    receipt_digest = models.CharField(max_length=64, unique=True)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)

    class Meta:
        db_table = "cases_report"
        ordering = ["received_at"]


class ReporterContact(Row):
    """Who reported, kept apart: never shown to the uploader, never in logs, can be erased."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="contact")
    email = models.EmailField(blank=True)
    signature = models.CharField(max_length=200, blank=True)
    other = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "cases_reporter_contact"
        indexes = [models.Index(Upper("email"), name="contact_by_address")]


class EvidenceItem(Row):
    """An asset preserved for a case; without a report where it came with an appeal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="items")
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    added_at = models.DateTimeField()

    class Meta:
        db_table = "cases_evidence_item"
        ordering = ["added_at"]
        constraints = [models.UniqueConstraint(fields=["case", "asset"], name="item_once_per_case")]


class CaseClaim(Row):
    """A reviewer's lease on a case; at most one is open per case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "cases_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_open_claim_per_case"
            )
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="claim_running"),
            models.Index(fields=["person"], condition=Q(ended_at=None), name="claim_of_person"),
        ]


class IdempotencyKey(Row):
    """A submission already answered: the same key gets the same answer."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cases_idempotency_key"
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")
        ]
