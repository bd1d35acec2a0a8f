"""Original bytes, who touched them, and what was made from them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.core.models import Row
from probity.core.moves import Moves


class Asset(models.Model):
    """Bytes, named by their SHA-256. Stored once, never altered."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    bytes = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, blank=True)
    media_type = models.CharField(max_length=80, blank=True)
    probe: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "evidence_asset"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="asset_named_by_sha256"
            )
        ]

    @property
    def sealed(self) -> bool:
        """No decode, derivative, view or export: hash only."""
        return self.sealed_at is not None


class SealCause(StrEnum):
    """What a seal rests on. Nobody answers for the first three: they are unproved."""

    TICK = "tick"
    CATEGORY = "category"
    BESIDE = "beside"
    SENDER = "sender"
    PERSON = "person"


UNPROVED = [SealCause.TICK, SealCause.CATEGORY, SealCause.BESIDE]
#: What one person may lift alone: else a stranger's tick costs the time of two.
LIFTED_BY_ONE = [SealCause.TICK]


class Seal(Row):
    """Why a file is sealed, or was: whoever reported ticked it or chose such a category, it lies
    beside a sealed file, a trusted flagger or an authority said so, or a person of the team.

    Only an unproved one is ever lifted; ``asked_again`` counts the unproved words of it since,
    which seal nothing any more. ``destroyed`` is how many pictures and clips went with it.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="seals")
    case = models.UUIDField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    cause = models.CharField(max_length=10, choices=[(cause, cause) for cause in SealCause])
    destroyed = models.PositiveIntegerField(default=0)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_again = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "evidence_seal"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "cause"], condition=Q(lifted_at=None), name="seal_once_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, cause__in=UNPROVED),
                name="seal_lifted_by_a_person_if_unproved",
            ),
        ]

    @property
    def proved(self) -> bool:
        """Whether somebody answers for it."""
        return self.cause not in UNPROVED


class LiftOutcome(StrEnum):
    """What became of a proposal to lift a seal: a second person agreed or refused, whoever proposed
    took it back, or somebody sealed the file for good meanwhile."""

    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


#: A proposal is open (empty) until it is settled; nothing is settled twice.
LIFT_MOVES = Moves(
    thing="a proposal to lift a seal",
    begins=[""],
    after={"": list(LiftOutcome), **{outcome: [] for outcome in LiftOutcome}},
)


class SealLift(Row):
    """Somebody's proposal to lift what seals a file; only another person agrees or refuses.

    ``case`` is where it was proposed. ``note`` and ``settled_note`` are the ids of the case's work
    notes that hold the two persons' words; whoever agrees may leave theirs out.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="lifts")
    case = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.UUIDField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    settled_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_note = models.UUIDField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "evidence_seal_lift"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=Q(outcome=""), name="one_open_lift"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["agreed", "refused"]) | ~Q(settled_by=F("person")),
                name="lift_settled_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="withdrawn") | Q(settled_by=F("person")),
                name="lift_withdrawn_by_its_own",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_by=None, settled_at=None)
                | Q(outcome="overtaken", settled_by=None, settled_at__isnull=False)
                | Q(
                    outcome__in=["agreed", "refused", "withdrawn"],
                    settled_by__isnull=False,
                    settled_at__isnull=False,
                ),
                name="lift_settled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | Q(settled_note__isnull=False),
                name="lift_refused_with_a_reason",
            ),
        ]


class CustodyAction(StrEnum):
    """What was done with the bytes."""

    RECEIVED = "received"
    ANALYSED = "analysed"
    VIEWED = "viewed"
    EXPORTED = "exported"
    SEALED = "sealed"
    SEAL_LIFTED = "seal_lifted"
    DERIVATIVES_DESTROYED = "derivatives_destroyed"
    DESTROYED = "destroyed"
    HELD = "held"
    HOLD_RELEASED = "hold_released"
    GIVEN_UP = "given_up"


class CustodyEvent(Row):
    """Who did what with an asset, when, with which tool. Append-only."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="custody")
    action = models.CharField(max_length=24, choices=[(a, a) for a in CustodyAction])
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    tool = models.CharField(max_length=120, blank=True)
    case = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "evidence_custody"
        indexes = [models.Index(fields=["asset", "at"], name="custody_by_asset")]
        ordering = ["at"]


class FixityCheck(Row):
    """An original hashed again: what was found, empty when the file was gone. Append-only."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="fixity")
    at = models.DateTimeField()
    found = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "evidence_fixity"
        ordering = ["at"]
        indexes = [models.Index(fields=["asset", "at"], name="fixity_by_asset")]

    @property
    def intact(self) -> bool:
        """Whether the bytes were still those that were received."""
        return self.found == self.asset_id


class Derivative(Row):
    """Something made from an asset: its own hash, and the version of what made it."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="derivatives")
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    concealed = models.BooleanField(default=False)
    producer = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "evidence_derivative"
        indexes = [models.Index(fields=["asset", "name"], name="derivative_by_asset")]

    @property
    def storage_name(self) -> str:
        """Where its bytes lie, until they are destroyed."""
        key = self.pk.hex
        return f"derived/{key[:2]}/{key}"
