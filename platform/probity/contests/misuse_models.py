"""Misuse (DSA art. 23): what was manifest, warnings, and suspensions that two people want."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import Case, Report
from probity.core.models import Row
from probity.core.moves import Moves
from probity.parties.models import Sender, Uploader

from .words import MISUSE_WORDS, Misuse

#: What art. 23(3) wants weighed; every proposal answers each.
FACTORS = ("numbers", "share", "gravity", "intention")


def _one_party(name: str) -> models.CheckConstraint:
    """Exactly one of uploader, sender and reporter."""
    return models.CheckConstraint(
        condition=Q(uploader__isnull=False, sender=None, reporter=None)
        | Q(uploader=None, sender__isnull=False, reporter=None)
        | Q(uploader=None, sender=None, reporter__isnull=False),
        name=name,
    )


class Party(Row):
    """Whom it concerns: an uploader, an organisation, or whoever sent one report without one.

    A reporter is known by the address of that report's contact; with its erasure the link is gone.
    """

    uploader = models.ForeignKey(
        Uploader, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sender = models.ForeignKey(
        Sender, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reporter = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class Manifest(Party):
    """A person found something manifest. Fixed; it can be taken back, with a reason."""

    kind = models.CharField(max_length=16, choices=[(m, MISUSE_WORDS[m]) for m in Misuse])
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="manifests")
    subject = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2_000)
    reason_salt = models.CharField(max_length=64)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "contests_manifest"
        ordering = ["-at"]
        constraints = [
            _one_party("manifest_of_one_party"),
            models.CheckConstraint(
                condition=Q(kind="illegal_content", uploader__isnull=False)
                | (~Q(kind="illegal_content") & (Q(uploader=None) | Q(kind="unfounded_appeal"))),
                name="manifest_fits_its_party",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(withdrawn_at=None), name="manifest_once"
            ),
        ]


class MisuseWarning(Party):
    """A party was told that it will be suspended if it goes on; its words as they were sent."""

    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    counted = models.PositiveIntegerField()
    window_days = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "contests_warning"
        ordering = ["-at"]
        constraints = [
            _one_party("warning_of_one_party"),
            models.CheckConstraint(condition=Q(counted__gt=0), name="warning_has_a_cause"),
        ]


class SuspensionState(StrEnum):
    """Where a suspension stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    OVER = "over"
    REFUSED = "refused"


SUSPENSION_MOVES = Moves(
    thing="a suspension",
    begins=[SuspensionState.PROPOSED],
    after={
        SuspensionState.PROPOSED: [SuspensionState.IN_FORCE, SuspensionState.REFUSED],
        SuspensionState.IN_FORCE: [SuspensionState.OVER],
        SuspensionState.OVER: [],
        SuspensionState.REFUSED: [],
    },
)
SUSPENSION_WORDS = {
    SuspensionState.PROPOSED: "Waits for a second person",
    SuspensionState.IN_FORCE: "In force",
    SuspensionState.OVER: "Over",
    SuspensionState.REFUSED: "Refused by a second person",
}


class Suspension(Party):
    """For a time: an uploader's account is suspended, or a sender's notices are not processed.

    It always follows a warning of the same party (the database checks), is proposed by one person
    and agreed to by another. ``factors`` answers each of FACTORS.
    """

    warning = models.ForeignKey(MisuseWarning, on_delete=models.PROTECT, related_name="suspensions")
    warned_at = models.DateTimeField()
    factors: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField()
    reason = models.TextField(max_length=5_000)
    reason_salt = models.CharField(max_length=64)
    days = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=[(s, SUSPENSION_WORDS[s]) for s in SuspensionState]
    )
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    second = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "contests_suspension"
        ordering = ["-proposed_at"]
        constraints = [
            _one_party("suspension_of_one_party"),
            models.CheckConstraint(
                condition=Q(factors__has_keys=list(FACTORS)), name="suspension_weighs_all"
            ),
            models.CheckConstraint(
                condition=Q(proposed_at__gt=F("warned_at")), name="warned_before_suspended"
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("proposer")), name="suspended_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", second=None, starts_at=None, ended_at=None)
                | Q(state="refused", second__isnull=False, starts_at=None, ended_at__isnull=False)
                | Q(
                    state="in_force", second__isnull=False, starts_at__isnull=False,
                    ends_at__isnull=False, ended_at=None,
                )
                | Q(
                    state="over", second__isnull=False, starts_at__isnull=False,
                    ends_at__isnull=False, ended_at__isnull=False,
                ),
                name="suspension_state_known",
            ),
            models.CheckConstraint(condition=Q(days__gt=0, days__lte=366), name="for_a_time"),
        ]  # fmt: skip
