"""Golden cases, the copies that are decided unawares, and what leads said of the differences."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import CATEGORY_WORDS, Case, Category, Queue
from probity.core.models import Row
from probity.decisions.models import Decision


class TrialKind(StrEnum):
    """Why a copy of a decided case is decided again."""

    GOLDEN = "golden"
    SECOND = "second"


class Right(StrEnum):
    """What a lead says of two decisions that differ."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


class SamplingRate(Row):
    """How many of a thousand decisions lead to a copy; the latest row per kind and scope counts.

    No queue means every queue, no category every category; the narrowest scope goes first. Which
    decisions are drawn follows from ``seed`` and the decision's id alone (see ``sampling``).
    """

    kind = models.CharField(max_length=8, choices=[(k, k) for k in TrialKind])
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField(max_length=20, blank=True)
    per_mille = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=32)
    because = models.CharField(max_length=300)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "quality_rate"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(per_mille__lte=1000), name="rate_is_a_share")
        ]

    @property
    def percent(self) -> str:
        """The share in per cent, without a needless nought behind the point."""
        return f"{self.per_mille / 10:g}"

    @property
    def category_words(self) -> str:
        """The category as people call it; empty for every."""
        return CATEGORY_WORDS[Category(self.category)] if self.category else ""


class Golden(Row):
    """A decided case whose right answer is known: any of ``actions`` as the headline of the
    decision, and these answers to these questions (``facts``: name to true or false).

    ``why`` is told to whoever decided a copy of it, afterwards.
    """

    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="goldens")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    actions = ArrayField(models.CharField(max_length=12))
    facts: models.JSONField[dict[str, bool], dict[str, bool]] = models.JSONField(default=dict)
    why = models.TextField(max_length=2_000)
    why_salt = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "quality_golden"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(retired_at=None), name="golden_once"
            ),
            models.CheckConstraint(
                condition=Q(actions__len__gt=0), name="golden_accepts_something"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="golden_has_a_reason"),
        ]


class Trial(Row):
    """A copy of a decided case that somebody decides unawares; never for real effect.

    ``decider`` repeats who took the source's decision, so that the database can compare the two;
    triggers compare with everybody who decided or approved there as well. ``reports`` maps the
    copy's reports to those they were taken from, so that an erasure reaches both. ``differences``
    maps what differed to what was decided first (or accepted) and what was decided here.
    """

    kind = models.CharField(max_length=8, choices=[(k, k) for k in TrialKind])
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="trial")
    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="trials")
    source_decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="trials")
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    golden = models.ForeignKey(
        Golden, null=True, blank=True, on_delete=models.PROTECT, related_name="trials"
    )
    rate = models.ForeignKey(
        SamplingRate, null=True, blank=True, on_delete=models.PROTECT, related_name="trials"
    )
    draw = models.FloatField(null=True, blank=True)
    reports: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="trial"
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="trials"
    )
    agrees = models.BooleanField(null=True)
    differences: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "quality_trial"
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None) | ~Q(person=F("decider")), name="trial_by_another"
            ),
            models.CheckConstraint(condition=~Q(case=F("source")), name="trial_is_a_copy"),
            models.CheckConstraint(
                condition=Q(kind="golden", golden__isnull=False) | Q(kind="second", golden=None),
                name="trial_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, decision=None, person=None, agrees=None)
                | Q(
                    answered_at__isnull=False, decision__isnull=False, person__isnull=False,
                    agrees__isnull=False, withdrawn_at=None,
                ),
                name="trial_answered_whole",
            ),
            models.UniqueConstraint(
                fields=["source_decision"],
                condition=Q(kind="second", withdrawn_at=None),
                name="second_review_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="trial_open",
            ),
            models.Index(
                fields=["answered_at"],
                condition=Q(answered_at__isnull=False),
                name="trial_answered",
            ),
        ]


class Ruling(Row):
    """A lead's word on a second review that differed: never changed, once for each.

    ``first`` and ``second`` repeat who decided, so that the database can compare.
    """

    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="ruling")
    right = models.CharField(max_length=6, choices=[(r, r) for r in Right])
    note = models.TextField(max_length=2_000)
    note_salt = models.CharField(max_length=64)
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "quality_ruling"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("first")) & ~Q(person=F("second")),
                name="difference_ruled_by_a_third",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="difference_ruled_with_reason"),
        ]
