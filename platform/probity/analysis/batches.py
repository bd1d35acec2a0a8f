"""Jobs that are done together: claiming a batch, giving it back, writing its results.

The most urgent waiting job decides which network runs next; others of its kind fill the batch.
Every so often it is the turn of whoever has waited longest, so that nothing starves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from probity.core.clock import now

from .models import Batch, Job, JobState, Run, Stack, Tally

ORDER = "priority DESC, deadline ASC NULLS LAST, created_at"
LONGEST_FIRST = "created_at"
MOST_JOBS = 512
"""Jobs of one batch at most, however small they are."""

SEED_SQL = """
SELECT id, model, shape, attempts FROM analysis_job
 WHERE state = 'waiting' AND model = ANY(%s) AND queue = ANY(%s)
 ORDER BY {order} LIMIT 1
"""
CLAIM_SQL = """
WITH fellows AS (
  SELECT id, items, priority, deadline, created_at FROM analysis_job
   WHERE state = 'waiting' AND queue = ANY(%(queues)s) AND model = %(model)s AND shape = %(shape)s
     AND (id = %(seed)s OR (attempts = 0 AND NOT %(alone)s))
   ORDER BY (id = %(seed)s) DESC, {order} LIMIT %(most)s FOR UPDATE SKIP LOCKED
), counted AS (
  SELECT id, sum(items) OVER (ORDER BY (id = %(seed)s) DESC, {order}
                              ROWS UNBOUNDED PRECEDING) - items AS before
    FROM fellows
)
UPDATE analysis_job SET state = 'leased', worker = %(worker)s, attempts = attempts + 1,
       lease_until = now() + make_interval(secs => %(seconds)s)
  FROM counted WHERE analysis_job.id = counted.id AND counted.before < %(items)s
RETURNING analysis_job.id
"""
NOBODY = UUID(int=0)
GIVEN_UP = "It could not be run in three attempts: each ended with its worker or its store."


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What the jobs of a batch have in common."""

    model: str
    shape: str


def kind_next(
    *, queues: Collection[str], models: Collection[str], longest: bool = False
) -> tuple[Kind, UUID, bool] | None:
    """The kind of batch that is due, the job that decides it, and whether that job goes alone.

    A job that brought a worker down before goes alone, so that it takes nobody with it again.
    """
    order = LONGEST_FIRST if longest else ORDER
    with connection.cursor() as cursor:
        cursor.execute(SEED_SQL.format(order=order), [list(models), list(queues)])
        row = cursor.fetchone()
    return (Kind(model=row[1], shape=row[2]), row[0], row[3] > 0) if row else None


def batch_waiting() -> bool:
    """Whether any job waits for a network."""
    return Job.objects.filter(state=JobState.WAITING).exclude(model="").exists()


def batch_claim(
    *,
    worker: str,
    queues: Collection[str],
    kind: Kind,
    items: int,
    seed: UUID | None = None,
    alone: bool = False,
) -> list[Job]:
    """Lease waiting jobs of one kind, the most urgent first, until they hold so many items.

    The last one may go beyond that. Returns none when somebody else was quicker.
    """
    given: dict[str, Any] = {
        "worker": worker, "queues": list(queues), "model": kind.model, "shape": kind.shape,
        "seed": seed or NOBODY, "alone": alone, "items": items, "most": min(MOST_JOBS, items),
        "seconds": settings.JOB_LEASE_SECONDS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL.format(order=ORDER), given)
        claimed = [row[0] for row in cursor.fetchall()]
    rows = Job.objects.filter(pk__in=claimed).select_related("asset", "stack__derivative")
    return sorted(rows, key=lambda job: (-job.priority, job.created_at))


def batch_beat(*, worker: str, jobs: Collection[UUID]) -> int:
    """Extend the leases of a worker's jobs; how many are still its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE analysis_job SET lease_until = now() + make_interval(secs => %s)"
            " WHERE id = ANY(%s) AND state = 'leased' AND worker = %s",
            [settings.JOB_LEASE_SECONDS, list(jobs), worker],
        )
        return int(cursor.rowcount)


@transaction.atomic
def batch_return(*, worker: str, jobs: Collection[Job], blamed: bool) -> int:
    """Give jobs back that were not done; ``blamed`` when they may be the reason for it.

    Whoever was blamed in its last attempt has failed.
    """
    rows = Job.objects.filter(pk__in=[job.pk for job in jobs], state=JobState.LEASED, worker=worker)
    if not blamed:
        rows.update(attempts=F("attempts") - 1)
        return rows.update(state=JobState.WAITING, lease_until=None, worker="")
    spent = rows.filter(attempts__gte=settings.JOB_MAX_ATTEMPTS)
    runs = set(Stack.objects.filter(job__in=spent).values_list("run_id", flat=True))
    failed = spent.update(state=JobState.FAILED, lease_until=None, ended_at=now(), error=GIVEN_UP)
    returned = rows.update(state=JobState.WAITING, lease_until=None, worker="")
    runs_release(runs)
    return failed + returned


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one job: ``outputs`` as a stack's bytes, or ``failure`` in a sentence."""

    job: Job
    outputs: bytes = b""
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a batch was run; see :class:`probity.analysis.models.Stack`."""

    runtime: str
    version: str
    device: str
    device_name: str
    precision: str
    difference: float
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Times:
    """``size`` is the best batch, ``ran_s`` the network alone, ``spent_s`` from claim to here."""

    size: int
    ran_s: float
    spent_s: float


@transaction.atomic
def batch_write(
    *, worker: str, station: str, results: Sequence[Result], manner: Manner, times: Times
) -> int:
    """Write what a batch came to, and end its jobs; how many were still this worker's.

    What somebody else has taken over in the meantime is left to them.
    """
    by_job = {result.job.pk: result for result in results}
    ours = list(
        Job.objects.select_for_update()
        .filter(pk__in=by_job, state=JobState.LEASED, worker=worker)
        .order_by("pk")
    )
    ours = [job for job in ours if job.attempts == by_job[job.pk].job.attempts]
    if not ours:
        return 0
    moment = now()
    for job in ours:
        failure = by_job[job.pk].failure
        job.state = JobState.FAILED if failure else JobState.DONE
        job.lease_until, job.ended_at, job.error = None, moment, failure
    Job.objects.bulk_update(ours, ["state", "lease_until", "ended_at", "error"])
    stacks = list(Stack.objects.filter(job__in=ours))
    for stack in stacks:
        _fill(stack, by_job[stack.job_id], manner)
    Stack.objects.bulk_update(
        stacks,
        ["outputs", "failure", "runtime", "version", "device", "precision", "difference",
         "network_sha256"],
    )  # fmt: skip
    _count(ours, station=station, manner=manner, times=times)
    runs_release(sorted({stack.run_id for stack in stacks}))
    return len(ours)


def _fill(stack: Stack, result: Result, manner: Manner) -> None:
    stack.outputs, stack.failure = result.outputs, result.failure
    stack.runtime, stack.version = manner.runtime, manner.version
    stack.device = f"{manner.device} {manner.device_name}".strip()[:80]
    stack.precision, stack.difference = manner.precision, manner.difference
    stack.network_sha256 = manner.sha256


def _count(jobs: Sequence[Job], *, station: str, manner: Manner, times: Times) -> None:
    moment = now()
    waited = [(moment - job.created_at).total_seconds() - times.spent_s for job in jobs]
    waited = [max(0.0, seconds) for seconds in waited]
    items = sum(job.items for job in jobs)
    failed = sum(job.state == JobState.FAILED for job in jobs)
    device = manner.device.partition(":")[0]
    queue, model = jobs[0].queue, jobs[0].model
    Batch.objects.create(
        station=station, queue=queue, model=model, device=device, jobs=len(jobs), items=items,
        size=times.size, failed=failed, waited_s=sum(waited) / len(waited),
        waited_most_s=max(waited), ran_s=times.ran_s, spent_s=times.spent_s, made_at=moment,
    )  # fmt: skip
    Tally.objects.get_or_create(queue=queue, model=model, device=device)
    Tally.objects.filter(queue=queue, model=model, device=device).update(
        batches=F("batches") + 1, jobs=F("jobs") + len(jobs), items=F("items") + items,
        slots=F("slots") + times.size * -(-items // times.size), failed=F("failed") + failed,
        waited_s=F("waited_s") + sum(waited), ran_s=F("ran_s") + times.ran_s,
        spent_s=F("spent_s") + times.spent_s,
    )  # fmt: skip


@transaction.atomic
def runs_release(runs: Collection[UUID] | None = None) -> int:
    """Let every run be concluded whose last stack is through; how many that were.

    Without names it looks at all of them, as the sweep does after workers died.
    """
    open_stacks = Stack.objects.filter(
        run=OuterRef("pk"), job__state__in=[JobState.WAITING, JobState.LEASED]
    )
    ready = Run.objects.filter(state="running", conclusion=None, waiting__isnull=False)
    ready = ready.filter(asset__sealed_at=None, asset__destroyed_at=None)
    if runs is not None:
        # one after the other, so that of two last stacks one sees the other
        list(Run.objects.select_for_update().filter(pk__in=list(runs)).order_by("pk"))
        ready = ready.filter(pk__in=list(runs))
    released = 0
    for run in ready.filter(~Exists(open_stacks)).select_for_update(of=("self",)).order_by("pk"):
        run.conclusion = Job.objects.create(
            kind="conclude", asset_id=run.asset_id, case=run.case, priority=run.job.priority,
            created_at=now(),
        )  # fmt: skip
        run.doing = ""
        run.save(update_fields=["conclusion", "doing"])
        released += 1
    return released
