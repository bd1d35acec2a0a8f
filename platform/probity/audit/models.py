"""The log's tables. Events, leaves, nodes and checkpoints never change; heads only move forward."""

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


class LogLeaf(models.Model):
    """One statement of the transparency log: this chain ended here (see foundation.log)."""

    index = models.PositiveBigIntegerField(primary_key=True)
    chain = models.CharField(max_length=80)
    events = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_leaf"
        constraints = [
            models.UniqueConstraint(fields=["chain", "events"], name="leaf_once_per_head")
        ]
        ordering = ["index"]


class LogNode(models.Model):
    """The hash of a perfect subtree of 2 ** level leaves, so that proofs cost few reads."""

    level = models.PositiveSmallIntegerField()
    place = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_node"
        constraints = [models.UniqueConstraint(fields=["level", "place"], name="node_once")]


class LogCheckpoint(models.Model):
    """A signed size and root of the log, in the text form of C2SP tlog-checkpoint."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_checkpoint"
        ordering = ["size"]


class LogStamp(models.Model):
    """An outside authority's time-stamp (RFC 3161) on a checkpoint's note."""

    checkpoint = models.ForeignKey(LogCheckpoint, on_delete=models.PROTECT, related_name="stamps")
    authority = models.CharField(max_length=200)
    token = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_stamp"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "authority"], name="stamp_once")
        ]
