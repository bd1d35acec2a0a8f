"""What a day holds, what was looked at, breaks and preferences.

Nothing here names a case or a file: who looked at what stands in custody, and only there. None of
it is in the audit log but the leads' rules, since how somebody bears their work is theirs.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.core.models import Row

#: The lowest share of a day's budget that somebody can set for themselves, in per cent.
SHARE_MIN = 10


class Severity(IntEnum):
    """How hard something is likely to be to look at."""

    ORDINARY = 1
    GRAVE = 2
    GRAVEST = 3


class AtLimit(StrEnum):
    """What happens when the day's budget is spent: ask first, or hand the case on."""

    CONFIRM = "confirm"
    HAND_ON = "hand_on"


class FirstStep(StrEnum):
    """What the first reveal of a file shows."""

    GREY = "grey"
    COLOUR = "colour"


class CareRules(Row):
    """What a lead set; the latest row holds. Seconds a day and person, by severity."""

    ordinary_seconds = models.PositiveIntegerField(default=7200)
    grave_seconds = models.PositiveIntegerField(default=3600)
    gravest_seconds = models.PositiveIntegerField(default=1200)
    at_limit = models.CharField(
        max_length=10, choices=[(one, one) for one in AtLimit], default=AtLimit.CONFIRM
    )
    resources = models.TextField(max_length=4000, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "care_rules"
        ordering = ["-set_at"]

    def seconds(self, severity: Severity) -> int:
        """The budget of one severity, in seconds a day."""
        return {
            Severity.ORDINARY: self.ordinary_seconds,
            Severity.GRAVE: self.grave_seconds,
            Severity.GRAVEST: self.gravest_seconds,
        }[severity]


class Preference(models.Model):
    """What a person chose for themselves: their first step, and a lower budget."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="care"
    )
    first_step = models.CharField(
        max_length=10, choices=[(one, one) for one in FirstStep], default=FirstStep.COLOUR
    )
    share = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(SHARE_MIN), MaxValueValidator(100)]
    )

    class Meta:
        db_table = "care_preference"
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gte=SHARE_MIN, share__lte=100), name="care_share_only_lowers"
            )
        ]


class Exposure(Row):
    """One sitting with unconcealed media: how hard, how long. Not what, and not which case."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exposures")
    at = models.DateTimeField()
    severity = models.PositiveSmallIntegerField(choices=[(one, one.name) for one in Severity])
    seconds = models.PositiveIntegerField()

    class Meta:
        db_table = "care_exposure"
        indexes = [
            models.Index(fields=["person", "at"], name="exposure_by_person"),
            models.Index(fields=["at"], name="exposure_by_day"),
        ]


class Break(Row):
    """Time somebody took off looking."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="breaks")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "care_break"
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_break_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="break_ends_after_it_began",
            ),
        ]
