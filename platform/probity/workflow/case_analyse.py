"""One leased job, from bytes to findings to a new evaluation of the law."""

from __future__ import annotations

import logging
from pathlib import Path

from probity.alerts.watching import asset_watch
from probity.analysis import engines
from probity.analysis.models import Job
from probity.analysis.queue import LeaseLost, job_complete, job_fail
from probity.analysis.services import finding_record, run_fail, run_finish, run_start
from probity.analysis.sittings import GPU, Waiting, run_defer
from probity.analysis.statements import Statement
from probity.cases.selectors import case_find
from probity.core.errors import Refusal
from probity.decisions.services import case_evaluate
from probity.evidence.models import CustodyAction
from probity.evidence.probes import Part
from probity.evidence.selectors import asset_bytes, derivatives_of
from probity.evidence.services import AssetSealed, asset_probe, custody_record, previews_make

from .case_conclude import conclusions_end, run_conclude
from .case_film import Telling, face_memory, film_keep
from .case_match import copies_say
from .clocks import case_clocks_set
from .wake import wake_workers

logger = logging.getLogger(__name__)
_MADE = {Part.PICTURES: {"view", "sheet", "waveform"}, Part.PLAYED: {"proxy"}}
"""Names that tell whether a part is there already."""


def job_perform(job: Job) -> None:
    """Do a job that this worker has leased; every way it can end leaves the table telling so."""
    try:
        if job.kind == "conclude":
            run_conclude(job)
        else:
            _analyse(job)
    except LeaseLost:
        logger.warning("Job %s is no longer ours; it was left to its new owner.", job.pk)
    except AssetSealed:
        logger.info("Job %s stopped: its asset was sealed.", job.pk)
    except Exception as error:
        logger.exception("Job %s failed in attempt %s.", job.pk, job.attempts)
        sentence = error.sentence if isinstance(error, Refusal) else type(error).__name__
        if not job_fail(job=job, error=sentence):
            conclusions_end()


def _analyse(job: Job) -> None:
    with asset_bytes(job.asset) as path:
        probe = asset_probe(asset=job.asset, path=path)
        run = run_start(job=job, planned=engines.planned(probe) + 1)
        try:
            custody_record(
                asset=job.asset, action=CustodyAction.ANALYSED, actor="system",
                case=job.case, tool=f"analysis run {run.pk}",
            )  # fmt: skip

            def say(statement: Statement) -> None:
                finding_record(run=run, job=job, statement=statement)

            tell = Telling(run=run, job=job)
            known = engines.provenance_say(path, sha256=job.asset_id, say=say)
            _previews_make(job, path, part=Part.PICTURES, tell=tell)
            copies_say(job, path, probe=probe, say=say)
            with face_memory(job.asset, probe=probe) as memory:
                said = engines.detectors_say(
                    path, probe=probe, say=say, known=known, memory=memory, tell=tell
                )
                film_keep(asset=job.asset, run=run, path=path, probe=probe, memory=memory)
            # encoding a film anew takes as long as some findings, which come first
            _previews_make(job, path, part=Part.PLAYED, tell=tell)
            if isinstance(said, Waiting):
                run_defer(run=run, job=job, waiting=said, deadline=case_find(job.case).due_at)
                wake_workers((GPU,))
            else:
                run_finish(run=run, job=job, assessment=said)
        except (LeaseLost, AssetSealed):
            raise
        except Exception:
            run_fail(run=run)
            raise
    case = case_find(job.case)
    case_clocks_set(case=case, evaluation=case_evaluate(case=case, actor="system"))
    asset_watch(asset=job.asset, case=case)
    if not isinstance(said, Waiting):
        job_complete(job=job)


def _previews_make(job: Job, path: Path, *, part: Part, tell: Telling) -> None:
    """For the reviewer's eyes and ears; a file that cannot be shown can still be analysed."""
    if {made.name for made in derivatives_of(job.asset)} & _MADE[part]:
        return
    try:
        previews_make(asset=job.asset, path=path, tell=tell, part=part)
    except AssetSealed:
        raise
    except Refusal as refusal:
        logger.warning("No preview for job %s: %s", job.pk, refusal.sentence)
