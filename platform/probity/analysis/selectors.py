"""Reading runs, findings and assessments, and how far an analysis is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from probity.evidence.models import Asset, Derivative

from .engines import CREDENTIALS, METADATA
from .forgetting import ERASED
from .marks import CONTRADICTIONS, MARKS
from .models import Assessment, Finding, FindingKind, FindingPicture, Job, JobState, Run
from .rates import OPEN, NetworksWait, networks_wait


def run_shown(asset: Asset) -> Run | None:
    """The run whose findings count: the latest finished one, else the one under way."""
    runs = asset.runs.order_by("-started_at")
    return (
        runs.filter(state="done").first()
        or runs.filter(state="running").first()
        or runs.filter(state="failed").first()
    )


def run_erased(run: Run) -> bool:
    """Whether what a run found was erased together with its file."""
    return run.findings.filter(details=ERASED).exists()


def findings_of(asset: Asset) -> list[Finding]:
    """The findings of the run that counts: provenance first, then detectors by name."""
    run = run_shown(asset)
    if run is None:
        return []
    order = {FindingKind.PROVENANCE: 0, FindingKind.MATCH: 1, FindingKind.DETECTOR: 2}
    rows = run.findings.prefetch_related("pictures__derivative")
    return sorted(rows, key=lambda row: (order[FindingKind(row.kind)], row.producer))


def assessment_of(asset: Asset) -> Assessment | None:
    """The assessment of the latest finished run."""
    return Assessment.objects.filter(asset=asset).order_by("-made_at").first()


def credentials_of(asset: Asset) -> Finding | None:
    """What the Content Credentials said."""
    run = run_shown(asset)
    return run.findings.filter(producer=CREDENTIALS).first() if run else None


@dataclass(frozen=True)
class Provenance:
    """What credentials, metadata and watermarks said, as the engine told it; None when missing."""

    credentials: dict[str, Any] | None
    metadata: dict[str, Any] | None
    watermarks: list[dict[str, Any]] | None
    contradictions: list[dict[str, Any]]


def provenance_of(findings: Collection[Finding]) -> Provenance:
    """The provenance among the findings of one run."""
    told = {row.producer: row.details for row in findings if row.status != "failed"}
    return Provenance(
        credentials=told.get(CREDENTIALS),
        metadata=told.get(METADATA),
        watermarks=told.get(MARKS, {}).get("watermarks"),
        contradictions=told.get(CONTRADICTIONS, {}).get("contradictions", []),
    )


def credentials_ai_use(asset: Asset) -> str:
    """What trustworthy credentials declare about AI: generated, edited, none_declared, unknown.

    Only credentials that verify count; anyone can write a declaration into a broken manifest.
    """
    finding = credentials_of(asset)
    record: dict[str, Any] = finding.details if finding else {}
    if record.get("verdict") not in {"valid", "trusted"}:
        return "unknown"
    return str(record.get("ai_use", "unknown"))


def credentials_carried(asset: Asset) -> bool:
    """Whether the file carries Content Credentials that could be read, whatever they are worth."""
    finding = credentials_of(asset)
    record: dict[str, Any] = finding.details if finding else {}
    return record.get("credentials") in {"embedded", "sidecar"}


@dataclass(frozen=True)
class Progress:
    """How far a case's analysis is."""

    state: str
    done: int
    total: int
    sentence: str
    doing: str = ""


def progress_of(case: UUID) -> Progress:
    """Waiting, running, done, failed or none, counted in findings."""
    jobs = list(Job.objects.filter(case=case))
    if not jobs:
        return Progress("none", 0, 0, "There is no file to analyse in this case.")
    runs = _newest(case)
    done = sum(run.said for run in runs)
    total = sum(run.planned for run in runs)
    states = {job.state for job in jobs if not job.model}
    if JobState.LEASED in states:
        doing = next((run.doing for run in runs if run.state == "running" and run.doing), "")
        return Progress("running", done, total, f"{done} of {total} findings are in.", doing)
    if JobState.WAITING in states and not any(run.waiting_id for run in runs):
        ahead = _ahead(jobs)
        return Progress(
            "waiting", done, total,
            f"Waiting for a worker; {ahead} other file{'s' if ahead != 1 else ''} before this one.",
        )  # fmt: skip
    networks = networks_wait(case) if _networks_open(jobs) else None
    if networks is not None:
        return Progress(
            "running", done, total, f"{done} of {total} findings are in.", _networks(networks)
        )
    if JobState.WAITING in states:
        return Progress("running", done, total, f"{done} of {total} findings are in.")
    if JobState.FAILED in states:
        return Progress(
            "failed", done, total,
            "The analysis could not be finished after three attempts. The findings so far are "
            "shown; a person can decide without the rest.",
        )  # fmt: skip
    if states == {JobState.CANCELLED} or (
        any(job.model and job.state == JobState.CANCELLED for job in jobs)
        and any(run.state != "done" for run in runs)
    ):
        return Progress("cancelled", done, total, "The asset was sealed, so it is not analysed.")
    if any(run.state == "running" for run in runs):
        return Progress("running", done, total, f"{done} of {total} findings are in.")
    return Progress("done", done, total, f"All {total} findings are in.")


def _newest(case: UUID) -> list[Any]:
    """The newest run of each file, with how many findings it has: a file may be looked at anew."""
    found = Run.objects.filter(case=case).exclude(state="abandoned").order_by("started_at")
    runs = found.annotate(said=Count("findings"))
    return list({run.asset_id: run for run in runs}.values())


def _networks_open(jobs: list[Job]) -> bool:
    return any(job.model and job.state in OPEN for job in jobs)


def _networks(wait: NetworksWait) -> str:
    """The words for what the rest of the findings waits for."""
    if wait.seconds is None:
        return "Waiting for GPU." if wait.on_card else "Waiting for a worker to run the networks."
    about = f"{wait.seconds} s" if wait.seconds < 120 else f"{round(wait.seconds / 60)} min"
    if wait.on_card:
        return f"Waiting for GPU, about {about}."
    return f"Waiting for a worker to run the networks, about {about}."


def _ahead(jobs: list[Job]) -> int:
    oldest = min(job.created_at for job in jobs if job.state == JobState.WAITING)
    return Job.objects.filter(state=JobState.WAITING, model="", created_at__lt=oldest).count()


def shows_finding(derivative: Derivative) -> bool:
    """Whether a derivative is a finding's diagram, which never shows the media recognisably."""
    return FindingPicture.objects.filter(derivative=derivative).exists()
