"""Who had which bundle of a case made, for whom and why; the file itself lies in the store."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row
from probity.core.moves import Moves


class Profile(StrEnum):
    """How much a bundle shows; what it withholds stays provable by its commitment."""

    FULL = "full"
    COURT = "court"
    FACELESS = "faceless"
    HASHES = "hashes"


class ExportState(StrEnum):
    """Where a bundle stands."""

    WAITING = "waiting"
    BUILDING = "building"
    DONE = "done"
    FAILED = "failed"


EXPORT_MOVES = Moves(
    thing="a bundle",
    begins=[ExportState.WAITING],
    after={
        ExportState.WAITING: [ExportState.BUILDING, ExportState.FAILED],
        ExportState.BUILDING: [ExportState.DONE, ExportState.FAILED],
        ExportState.DONE: [],
        ExportState.FAILED: [],
    },
)


class Export(Row):
    """One bundle: asked for, built by a worker, kept for download.

    ``claim`` is the attempt that builds it, or built it. Each attempt writes under a name of its
    own, so that one whose lease ran out never touches what another has finished.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exports")
    profile = models.CharField(max_length=12, choices=[(p, p) for p in Profile])
    purpose = models.CharField(max_length=500)
    recipient = models.CharField(max_length=200)
    why = models.CharField(max_length=500, blank=True)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in ExportState], default=ExportState.WAITING
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bundles_export"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(sha256=""), name="export_done_has_hash"
            ),
            models.CheckConstraint(
                condition=~Q(profile="full") | ~Q(why=""), name="full_export_has_reason"
            ),
        ]

    @property
    def storage_folder(self) -> str:
        """Where the bytes of every attempt lie, and no other's."""
        return f"bundles/{self.pk.hex[:2]}/{self.pk.hex}"

    @property
    def storage_name(self) -> str:
        """Where the bytes of this attempt lie."""
        return f"{self.storage_folder}/{self.claim.hex if self.claim else 'first'}.zip"


class CounselLink(Row):
    """A private, expiring address for outside counsel: one case, reading only, each view logged."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counsel_links")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    label_salt = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bundles_counsel_link"
        ordering = ["-made_at"]
