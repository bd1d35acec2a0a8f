"""Runs and what they record. Every write checks that the job's lease is still ours."""

from __future__ import annotations

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.evidence.services import derivative_keep

from .digest import run_digest
from .models import Assessment, Finding, FindingPicture, Job, Run
from .queue import lease_hold
from .statements import StatedAssessment, Statement


@transaction.atomic
def run_start(*, job: Job, planned: int) -> Run:
    """Begin a run for a leased job; earlier unfinished runs of the job count as abandoned."""
    lease_hold(job)
    job.runs.filter(state="running").update(state="abandoned", ended_at=now())
    run = Run.objects.create(
        asset=job.asset,
        job=job,
        case=job.case,
        attempt=job.attempts,
        planned=planned,
        worker=job.worker,
        started_at=now(),
    )
    event_append(
        chain=case_chain(job.case),
        name="run.started",
        actor="system",
        payload={"run": str(run.pk), "asset": job.asset_id, "attempt": job.attempts},
    )
    return run


@transaction.atomic
def run_tell(*, run: Run, job: Job, doing: str) -> None:
    """Say what is going on, for those who wait; raises LeaseLost. It is no part of the record."""
    lease_hold(job)
    run.doing = doing[:120]
    run.save(update_fields=["doing"])


@transaction.atomic
def finding_record(*, run: Run, job: Job, statement: Statement) -> Finding:
    """Write one finding and its pictures; raises LeaseLost when the work is no longer ours."""
    lease_hold(job)
    finding = Finding.objects.create(
        run=run,
        asset=run.asset,
        kind=statement.kind,
        producer=statement.producer,
        title=statement.title,
        version=statement.version,
        status=statement.status,
        sentence=statement.sentence,
        score=statement.score,
        llr=statement.llr,
        details=statement.details,
        resources=statement.resources,
        parameters=statement.parameters,
        runtime=statement.runtime,
        device=statement.device,
        input_sha256=statement.input_sha256,
        duration_ms=statement.duration_ms,
        made_at=now(),
    )
    for picture in statement.pictures:
        derivative = derivative_keep(
            asset=run.asset,
            name=picture.name,
            media_type=picture.media_type,
            data=picture.data,
            producer=f"{statement.producer} {statement.version}",
        )
        FindingPicture.objects.create(
            finding=finding, derivative=derivative, caption=picture.caption
        )
    return finding


@transaction.atomic
def run_finish(*, run: Run, job: Job, assessment: StatedAssessment) -> Assessment:
    """Write the assessment and end the run, with a digest of all it found in the log."""
    lease_hold(job)
    row = Assessment.objects.create(
        run=run,
        asset=run.asset,
        status=assessment.status,
        sentence=assessment.sentence,
        llr=assessment.llr,
        verbal=assessment.verbal,
        in_doubt=assessment.in_doubt,
        parts=assessment.parts,
        subjects=assessment.subjects,
        indications=assessment.indications,
        made_at=now(),
    )
    _run_end(run, "done")
    return row


@transaction.atomic
def run_fail(*, run: Run) -> None:
    """End a run that could not be finished."""
    _run_end(run, "failed")


def _run_end(run: Run, state: str) -> None:
    run.state, run.ended_at, run.doing = state, now(), ""
    run.save(update_fields=["state", "ended_at", "doing"])
    event_append(
        chain=case_chain(run.case),
        name="run.finished",
        actor="system",
        payload={
            "run": str(run.pk),
            "asset": run.asset_id,
            "findings": run.findings.count(),
            "digest": run_digest(run),
            "state": state,
        },
    )
