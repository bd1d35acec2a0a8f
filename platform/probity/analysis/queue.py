"""The job table as a queue: claim with SKIP LOCKED, lease, heartbeat, sweep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from probity.core.clock import now
from probity.evidence.models import Asset

from .models import Job, JobState

CLAIM_SQL = """
UPDATE analysis_job SET state = 'leased', worker = %s, attempts = attempts + 1,
       lease_until = now() + make_interval(secs => %s)
 WHERE id = (SELECT id FROM analysis_job
              WHERE state = 'waiting' AND model = '' AND queue = ANY(%s)
              ORDER BY priority DESC, created_at
              FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id
"""


class LeaseLost(Exception):
    """The job's lease ran out and somebody else may be doing it: stop, record nothing."""


def job_enqueue(
    *, kind: str, asset: Asset, case: UUID, queue: str = "cpu", priority: int = 0
) -> Job:
    """Add work, in the caller's transaction."""
    return Job.objects.create(
        kind=kind, asset=asset, case=case, queue=queue, priority=priority, created_at=now()
    )


def job_claim(*, worker: str, queues: Collection[str]) -> Job | None:
    """Take the most urgent waiting job of the queues for one lease, or None."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, [worker, settings.JOB_LEASE_SECONDS, list(queues)])
        row = cursor.fetchone()
    return Job.objects.select_related("asset").get(pk=row[0]) if row else None


def job_heartbeat(*, job: Job) -> bool:
    """Extend the lease; False when it is no longer this worker's."""
    return bool(_own(job).update(lease_until=now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)))


def lease_hold(job: Job) -> None:
    """Lock the job's row in the caller's transaction; raises LeaseLost when it is not ours."""
    if not _own(job).select_for_update().exists():
        raise LeaseLost


@transaction.atomic
def job_complete(*, job: Job) -> None:
    """Mark a job done; raises LeaseLost."""
    _end(job, JobState.DONE, "")


@transaction.atomic
def job_fail(*, job: Job, error: str) -> bool:
    """Give a job back, or end it after its last attempt. True when it will be tried again."""
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _end(job, JobState.FAILED, error)
        return False
    _own(job).update(state=JobState.WAITING, lease_until=None, worker="", error=error)
    return True


@transaction.atomic
def jobs_cancel(*, asset: Asset) -> int:
    """Take an asset's unfinished work out of the queue."""
    return Job.objects.filter(asset=asset, state__in=[JobState.WAITING, JobState.LEASED]).update(
        state=JobState.CANCELLED, lease_until=None, ended_at=now()
    )


@transaction.atomic
def leases_sweep() -> int:
    """Free expired leases: back to waiting, or failed after the last attempt."""
    expired = Job.objects.filter(state=JobState.LEASED, lease_until__lt=now())
    lost = "The worker stopped before it finished."
    failed = expired.filter(attempts__gte=settings.JOB_MAX_ATTEMPTS).update(
        state=JobState.FAILED, lease_until=None, ended_at=now(), error=lost
    )
    freed = expired.filter(attempts__lt=settings.JOB_MAX_ATTEMPTS).update(
        state=JobState.WAITING, lease_until=None, worker="", error=lost
    )
    return failed + freed


def _own(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, state=JobState.LEASED, worker=job.worker, attempts=job.attempts
    )


def _end(job: Job, state: JobState, error: str) -> None:
    if not _own(job).update(state=state, lease_until=None, ended_at=now(), error=error):
        raise LeaseLost
