"""Stacks of tensors on their way through networks, who runs them, and how fast that went."""

from __future__ import annotations

from typing import Any

from django.db import models

from probity.core.models import Row
from probity.evidence.models import Derivative


class Stack(Row):
    """The tensors of one detector for one network, and in the end what the network said.

    ``outputs`` is empty until then, and stays empty where ``failure`` says why.
    """

    run = models.ForeignKey("analysis.Run", on_delete=models.PROTECT, related_name="stacks")
    job = models.OneToOneField("analysis.Job", on_delete=models.PROTECT, related_name="stack")
    derivative = models.ForeignKey(Derivative, on_delete=models.PROTECT, related_name="+")
    detector = models.CharField(max_length=80)
    model = models.CharField(max_length=80)
    outputs = models.BinaryField(default=bytes)
    runtime = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=80, blank=True)
    precision = models.CharField(max_length=12, blank=True)
    difference = models.FloatField(default=0)
    network_sha256 = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        db_table = "analysis_stack"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "detector", "model"], name="stack_once_for_each_network"
            )
        ]


Words = dict[str, Any]


class Station(models.Model):
    """A process that runs networks, as it last told of itself."""

    name = models.CharField(max_length=80, primary_key=True)
    queues = models.CharField(max_length=80)
    device = models.CharField(max_length=20)
    device_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12)
    models_warm: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    models_here: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    figures: models.JSONField[Words, Words] = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "analysis_station"

    @property
    def on_card(self) -> bool:
        """Whether it has a graphics card."""
        return self.device.startswith("cuda")


class Batch(Row):
    """One batch that was run: what it held, how long everything took."""

    station = models.CharField(max_length=80)
    queue = models.CharField(max_length=12)
    model = models.CharField(max_length=80)
    device = models.CharField(max_length=20)
    jobs = models.PositiveIntegerField()
    items = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    failed = models.PositiveIntegerField(default=0)
    waited_s = models.FloatField()
    waited_most_s = models.FloatField()
    ran_s = models.FloatField()
    spent_s = models.FloatField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "analysis_batch"
        indexes = [models.Index(fields=["made_at"], name="batch_by_time")]


class Tally(models.Model):
    """Sums over all batches of a model on a kind of device, for counters that never go back."""

    queue = models.CharField(max_length=12)
    model = models.CharField(max_length=80)
    device = models.CharField(max_length=20)
    batches = models.PositiveBigIntegerField(default=0)
    jobs = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)
    slots = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    waited_s = models.FloatField(default=0)
    ran_s = models.FloatField(default=0)
    spent_s = models.FloatField(default=0)

    class Meta:
        db_table = "analysis_tally"
        constraints = [
            models.UniqueConstraint(fields=["queue", "model", "device"], name="tally_once")
        ]
