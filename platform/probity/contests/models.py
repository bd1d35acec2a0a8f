"""Appeals against decisions, what is found out about misuse, referrals. Rulings are append-only."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import Case, EvidenceItem, Report
from probity.core.models import Row
from probity.core.moves import Moves
from probity.decisions.models import Decision
from probity.parties.models import Uploader

from .misuse_models import Manifest, MisuseWarning, Suspension
from .referral_models import Referral, ReferralStep
from .request_models import RequestUpdate
from .words import GROUND_WORDS, Ground, Kind, Outcome, Side

__all__ = [
    "Appeal",
    "AppealEvidence",
    "AppealNote",
    "AppealRuling",
    "AppealState",
    "Manifest",
    "MisuseWarning",
    "Referral",
    "ReferralStep",
    "RequestUpdate",
    "Suspension",
]


class AppealState(StrEnum):
    """``ruled`` waits for its new decision; when that is refused or undone it is open again."""

    WAITING = "waiting"
    TAKEN = "taken"
    RULED = "ruled"
    CLOSED = "closed"


APPEAL_MOVES = Moves(
    thing="an appeal",
    begins=[AppealState.WAITING],
    after={
        AppealState.WAITING: [AppealState.TAKEN],
        AppealState.TAKEN: [AppealState.WAITING, AppealState.RULED],
        AppealState.RULED: [AppealState.WAITING, AppealState.CLOSED],
        AppealState.CLOSED: [],
    },
)
OPEN = Q(state__in=["waiting", "taken"])


class Appeal(Row):
    """One side contests one decision; each side, and each reporter, once.

    ``snapshot`` names by id what the decision was taken on: evaluation, statement, measures, files
    with their pictures. ``due_at`` is our own target; ``ruled`` waits for the new decision to take
    effect, ``closed`` is told to whoever appealed. ``words`` and ``email`` can be erased.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appeals")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    kind = models.CharField(max_length=16, choices=[(k, k) for k in Kind], default=Kind.APPEAL)
    side = models.CharField(max_length=8, choices=[(s, s) for s in Side])
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    uploader = models.ForeignKey(
        Uploader, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    ground = models.CharField(max_length=20, choices=[(g, GROUND_WORDS[g]) for g in Ground])
    words = models.TextField(max_length=10_000, blank=True)
    email = models.EmailField(blank=True)
    signature = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, choices=[("web", "web"), ("api", "api")])
    snapshot: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in AppealState], default=AppealState.WAITING
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    taken_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "contests_appeal"
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side="reporter", report__isnull=False, uploader=None)
                | Q(side="uploader", report=None),
                name="appeal_of_one_side",
            ),
            models.CheckConstraint(
                condition=Q(kind="appeal") | Q(side="uploader"), name="counter_notice_by_uploader"
            ),
            models.UniqueConstraint(
                fields=["decision", "report"], condition=Q(side="reporter"), name="one_per_report"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(side="uploader"), name="one_by_the_uploader"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", person__isnull=False, taken_until__isnull=False)
                | (~Q(state="taken") & Q(person=None, taken_until=None)),
                name="appeal_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="appeal_closed_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=OPEN, name="appeal_open")]

    @property
    def open(self) -> bool:
        """Whether somebody still has to rule on it."""
        return self.state in {AppealState.WAITING, AppealState.TAKEN}


class AppealEvidence(Row):
    """A file that came with an appeal; it is an evidence item of the case like any other."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey(
        EvidenceItem, null=True, on_delete=models.SET_NULL, related_name="appeals"
    )
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "contests_appeal_evidence"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "sha256"], name="evidence_once_per_appeal")
        ]


class AppealNote(Row):
    """What somebody here wrote down while looking at an appeal; nobody outside reads it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=5_000)
    salt = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "contests_appeal_note"
        ordering = ["at"]


class AppealRuling(Row):
    """What a person ruled and why. Never changed, save that it falls (``fell_at``) when the new
    decision it led to was refused by the second person or undone.

    ``decider`` repeats who took the contested decision, so that the database can compare the two;
    a trigger compares with who approved it as well.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="rulings")
    outcome = models.CharField(max_length=8, choices=[(o, o) for o in Outcome])
    reason = models.TextField()
    reason_salt = models.CharField(max_length=64)
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="ruling"
    )
    at = models.DateTimeField()
    fell_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "contests_appeal_ruling"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("decider")), name="ruled_by_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
            models.CheckConstraint(
                condition=Q(outcome="upheld", decision=None)
                | (~Q(outcome="upheld") & Q(decision__isnull=False)),
                name="ruling_has_its_decision",
            ),
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(fell_at=None), name="one_ruling_stands"
            ),
        ]
