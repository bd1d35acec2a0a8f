"""Original bytes, who touched them, and what was made from them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models

from probity.core.models import Row


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
        """No decode, derivative, view or export any more: hash only."""
        return self.sealed_at is not None


class CustodyAction(StrEnum):
    """What was done with the bytes."""

    RECEIVED = "received"
    ANALYSED = "analysed"
    VIEWED = "viewed"
    EXPORTED = "exported"
    SEALED = "sealed"
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
