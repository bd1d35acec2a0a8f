"""Reports, the cases that gather them, and who holds a case now."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.core.models import Row
from probity.evidence.models import Asset


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
    """open → in_review ⇄ open; in_review → decided; decided → in_review (a new decision)."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    DECIDED = "decided"


class Case(Row):
    """The unit of work.

    ``demonstration`` names what a case shows that was made from media drawn here; empty for every
    real one. Only a demonstration can be taken out of sight again (``removed_at``). Its log stays,
    as every log does.
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
        ]
        indexes = [
            models.Index(
                fields=["due_at", "opened_at"], condition=~Q(state="decided"), name="case_queue"
            )
        ]

    @property
    def label(self) -> str:
        """How people call the case."""
        return f"P-{self.number:06d}"


class Clock(Row):
    """A running deadline of one duty of one rule; at most one is open per duty.

    ``provisional`` while the rule may still turn out not to apply: the time runs meanwhile.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    rule = models.CharField(max_length=80)
    duty = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    provisional = models.BooleanField()
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
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="clock_running")
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
    received_at = models.DateTimeField()
    request_valid_at = models.DateTimeField(null=True, blank=True)
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

    class Meta:
        db_table = "cases_reporter_contact"


class EvidenceItem(Row):
    """An asset preserved for a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="items")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="items")
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
