"""Queues, the rules that fill them, what counts as urgent, and who was asked to take a case."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.core.models import Row

#: The queue that takes what no rule sends elsewhere; it always exists.
GENERAL = "general"


class SenderKind(StrEnum):
    """Who reports: anybody, a trusted flagger (DSA art. 22), or an authority."""

    PUBLIC = "public"
    TRUSTED_FLAGGER = "trusted_flagger"
    AUTHORITY = "authority"


class Severity(StrEnum):
    """How grave the harm is if the report is right."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Queue(Row):
    """A place where cases wait; every case is in exactly one. ``key`` names it for good."""

    key = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    order = models.PositiveIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_queue"
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class TargetKind(StrEnum):
    """What a service target counts until."""

    FIRST_ACTION = "first_action"
    DECISION = "decision"


class ServiceTarget(Row):
    """Our own promise for the cases of a queue. ``pauses``: waiting for somebody stops it."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in TargetKind])
    minutes = models.PositiveIntegerField()
    pauses = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_service_target"
        ordering = ["queue", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "kind"], name="one_target_of_a_kind"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="target_takes_time"),
        ]


class RoutingRule(Row):
    """One line of the routing: an empty list matches everything; the first line that matches wins.

    ``order`` counts up from the first line looked at.
    """

    order = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="rules")
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    severities = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    sender_kinds = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    class Meta:
        db_table = "cases_routing_rule"
        ordering = ["order", "id"]


class PriorityWeights(Row):
    """What counts how much, from a moment on; the highest number is in use. Append-only."""

    number = models.PositiveIntegerField(unique=True)
    weights: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_priority_weights"
        ordering = ["-number"]


class CaseChange(Row):
    """One change of a case that somebody who has its page open should know of. Append-only.

    ``what`` is a word of ``versions.CHANGES``; no person: the system changed it.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    what = models.CharField(max_length=40)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_change"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="one_change_per_version")
        ]


class WorkNote(Row):
    """Why somebody returned, snoozed, escalated, moved, split or merged a case, in their words.

    The log keeps a salted commitment; the words can be erased with their salt.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="work_notes")
    kind = models.CharField(max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2_000)
    salt = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_work_note"
        ordering = ["at"]


class Handover(Row):
    """A case kept for a named person, who accepts by opening it; at most one is open per case."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="handovers")
    sender = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handovers")
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "cases_handover"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_open_handover_per_case"
            ),
            models.CheckConstraint(
                condition=~Q(sender=F("person")), name="handover_to_somebody_else"
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="handover_waiting")
        ]


class Skip(Row):
    """A case that "take the next" leaves out for one person; everybody else still gets it."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="skips")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skips")
    until = models.DateTimeField()

    class Meta:
        db_table = "cases_skip"
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="skipped_once")]
        indexes = [models.Index(fields=["person", "until"], name="skip_of_person")]


class Presence(models.Model):
    """Somebody has a case open, until they are not heard of any more. Never part of the record."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "cases_presence"
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="presence_once_a_case"),
        ]
        indexes = [models.Index(fields=["until"], name="presence_until")]
