"""What people answered, what the law says to that, what they decided, and the reasons given.

All rows are append-only: a changed mind is a new row that supersedes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row


class FactAnswer(Row):
    """One answer by one reviewer; the latest for a name counts. ``null`` takes an answer back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    name = models.CharField(max_length=60)
    value: models.JSONField[bool | int | None, bool | int | None] = models.JSONField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_fact_answer"
        ordering = ["at"]
        indexes = [models.Index(fields=["case", "name", "at"], name="answer_by_case")]


class PackVersion(Row):
    """A pack's document as it was used, so that any evaluation can be replayed by its digest."""

    pack = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    document: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "decisions_pack_version"
        ordering = ["kept_at"]
        indexes = [models.Index(fields=["pack", "kept_at"], name="version_by_pack")]


class PackApproval(Row):
    """A named person approved exactly this version of a pack, or took that back (``given``)."""

    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="approvals")
    given = models.BooleanField()
    note = models.TextField(blank=True)
    note_salt = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_pack_approval"
        ordering = ["at"]


class PolicyEvaluation(Row):
    """The packs applied to the facts as they stood: immutable, replayable by its digests."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evaluations")
    made_at = models.DateTimeField()
    as_of = models.DateTimeField()
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    pack_digests: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)

    class Meta:
        db_table = "decisions_evaluation"
        ordering = ["made_at"]
        indexes = [models.Index(fields=["case", "made_at"], name="evaluation_by_case")]


class Action(StrEnum):
    """What a person may decide."""

    REMOVE = "remove"
    LABEL = "label"
    RESTRICT = "restrict"
    AGE_GATE = "age_gate"
    REDUCE = "reduce"
    WARN = "warn"
    SUSPEND = "suspend"
    REFER = "refer"
    PRESERVE = "preserve"
    NO_ACTION = "no_action"


class Decision(Row):
    """What an accountable person decided, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=12, choices=[(a, a) for a in Action])
    reason = models.TextField()
    reason_salt = models.CharField(max_length=64)
    rules = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    evaluation = models.ForeignKey(
        PolicyEvaluation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_decision"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(supersedes=None), name="one_first_decision"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="decision_has_a_reason"),
        ]


class StatementOfReasons(Row):
    """What the affected person is told (DSA art. 17): fixed once written."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="statement")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="statements")
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_statement"
        ordering = ["at"]
