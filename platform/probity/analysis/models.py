"""Work to do, work done, and what it found. Findings and assessments never change."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from probity.core.models import Row
from probity.core.moves import Moves
from probity.evidence.models import Asset, Derivative

from .work_models import Batch, Stack, Station, Tally

__all__ = [
    "JOB_MOVES", "RUN_MOVES", "Assessment", "Batch", "Finding", "FindingKind", "FindingPicture",
    "Job", "JobState", "Run", "Stack", "Station", "Tally",
]  # fmt: skip


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOB_MOVES = Moves(
    thing="a job",
    begins=[JobState.WAITING],
    after={
        JobState.WAITING: [JobState.LEASED, JobState.CANCELLED],
        JobState.LEASED: [JobState.WAITING, JobState.DONE, JobState.FAILED, JobState.CANCELLED],
        JobState.DONE: [],
        JobState.FAILED: [],
        JobState.CANCELLED: [],
    },
)
#: A run ends once; ``abandoned``: its job was taken up anew by another run.
RUN_MOVES = Moves(
    thing="a run",
    begins=["running"],
    after={"running": ["done", "failed", "abandoned"], "done": [], "failed": [], "abandoned": []},
)


class Job(Row):
    """One piece of work. A message may wake a worker; only this row says what there is to do.

    A job with a ``model`` carries a stack of ``items`` tensors of one ``shape`` for it, and is done
    in a batch together with others of its kind.
    """

    kind = models.CharField(max_length=24)
    queue = models.CharField(max_length=12, default="cpu")
    priority = models.SmallIntegerField(default=0)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="jobs")
    case = models.UUIDField()
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in JobState], default=JobState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    model = models.CharField(max_length=80, blank=True)
    shape = models.CharField(max_length=60, blank=True)
    items = models.PositiveIntegerField(default=0)
    deadline = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "analysis_job"
        indexes = [
            models.Index(
                fields=["queue", "model", "shape", "-priority", "deadline", "created_at"],
                condition=Q(state="waiting") & ~Q(model=""),
                name="job_batches",
            ),
            models.Index(
                fields=["queue", "-priority", "created_at"],
                condition=Q(state="waiting"),
                name="job_waiting",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="job_leased"),
            models.Index(fields=["case"], name="job_by_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False)
                | (~Q(state="leased") & Q(lease_until=None)),
                name="job_lease_only_while_leased",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False)
                | (Q(state__in=["waiting", "leased"]) & Q(ended_at=None)),
                name="job_end_known",
            ),
        ]


class Run(Row):
    """One pass of the engines over one asset: what was planned, when it ended.

    ``doing`` says for people what is going on just now; it is empty once the run has ended. While
    networks have stacks of this run, ``waiting`` holds what the second sitting needs; the job
    ``conclusion`` is made when the last stack is through.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="runs")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="runs")
    case = models.UUIDField()
    attempt = models.PositiveSmallIntegerField()
    planned = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="running")
    doing = models.CharField(max_length=120, blank=True)
    waiting = models.ForeignKey(
        Derivative, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    conclusion = models.OneToOneField(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="concludes"
    )

    class Meta:
        db_table = "analysis_run"
        indexes = [
            models.Index(fields=["asset", "started_at"], name="run_by_asset"),
            models.Index(fields=["case"], name="run_by_case"),
        ]


class FindingKind(StrEnum):
    """Which engine speaks."""

    DETECTOR = "detector"
    PROVENANCE = "provenance"
    MATCH = "match"


class Finding(Row):
    """One immutable statement by one run, with everything needed to repeat it."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="findings")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in FindingKind])
    producer = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    version = models.CharField(max_length=80)
    status = models.CharField(
        max_length=12, choices=[(s, s) for s in ("ok", "abstained", "failed")]
    )
    sentence = models.TextField()
    score = models.FloatField(null=True, blank=True)
    llr = models.FloatField(null=True, blank=True)
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    resources: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    parameters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    runtime = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=40, blank=True)
    input_sha256 = models.CharField(max_length=64)
    duration_ms = models.FloatField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "analysis_finding"
        ordering = ["made_at"]
        indexes = [models.Index(fields=["asset", "made_at"], name="finding_by_asset")]


class FindingPicture(Row):
    """A picture or curve that shows what a finding saw."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="pictures")
    derivative = models.ForeignKey(Derivative, on_delete=models.PROTECT, related_name="+")
    caption = models.TextField()

    class Meta:
        db_table = "analysis_finding_picture"


Told = list[dict[str, Any]]


class Assessment(Row):
    """The findings of one run taken together; it may abstain.

    ``verbal`` is the word of the scale for ``llr``, empty without one; ``in_doubt`` the part that
    the evidence speaks against (voice, picture, both, file), empty when none. ``parts`` is what
    each detector added, ``subjects`` what each part of the file comes to, ``indications`` what
    credentials, metadata and watermarks say for and against it.
    """

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="assessment")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="assessments")
    status = models.CharField(max_length=12, choices=[(s, s) for s in ("ok", "abstained")])
    sentence = models.TextField()
    llr = models.FloatField(null=True, blank=True)
    verbal = models.CharField(max_length=40, blank=True)
    in_doubt = models.CharField(max_length=8, blank=True)
    parts: models.JSONField[Told, Told] = models.JSONField(default=list)
    subjects: models.JSONField[Told, Told] = models.JSONField(default=list)
    indications: models.JSONField[Told, Told] = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "analysis_assessment"
