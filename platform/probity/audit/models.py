"""The log's two tables. Rows of ``AuditEvent`` never change; a chain's head only moves forward."""

from __future__ import annotations

from typing import Any

from django.db import models


class AuditChain(models.Model):
    """The head of one chain: the row whose lock puts appends in order."""

    name = models.CharField(max_length=80, primary_key=True)
    events = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_chain"


class AuditEvent(models.Model):
    """One immutable statement: ids, digests and salted commitments, never personal data."""

    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_event"
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_one_place"),
            models.UniqueConstraint(fields=["chain", "prev"], name="audit_event_no_fork"),
        ]
        ordering = ["chain_id", "seq"]
