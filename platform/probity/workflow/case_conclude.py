"""The second sitting of an analysis: the networks have answered, and the findings are written."""

from __future__ import annotations

import logging

from probity.analysis import engines
from probity.analysis.inference import ran_of
from probity.analysis.models import Job, JobState, Run
from probity.analysis.queue import job_complete
from probity.analysis.services import finding_record, run_fail, run_finish
from probity.analysis.statements import Statement
from probity.cases.selectors import case_find
from probity.decisions.services import case_evaluate
from probity.evidence.probes import Probe
from probity.evidence.selectors import derivative_find, derivative_read

from .case_film import moments_renew
from .clocks import case_clocks_set

logger = logging.getLogger(__name__)


def run_conclude(job: Job) -> None:
    """Findings, assessment and a new evaluation of the law; raises LeaseLost, AssetSealed.

    Done again after a crash it adds only what is missing.
    """
    run = Run.objects.select_related("asset", "waiting").get(conclusion=job)
    known = set(run.findings.values_list("producer", flat=True))

    def say(statement: Statement) -> None:
        if statement.producer not in known:
            finding_record(run=run, job=job, statement=statement)

    if run.waiting is None:
        raise RuntimeError("a run without anything waiting has a conclusion")
    archive = derivative_read(derivative_find(run.waiting.pk))
    assessment = engines.waiting_say(
        archive, ran=ran_of(run), probe=Probe.from_dict(run.asset.probe), say=say
    )
    moments_renew(asset=run.asset, run=run)
    run_finish(run=run, job=job, assessment=assessment)
    case = case_find(job.case)
    case_clocks_set(case=case, evaluation=case_evaluate(case=case, actor="system"))
    job_complete(job=job)


def conclusions_end() -> int:
    """End the runs whose conclusion was given up; how many it were."""
    given_up = Run.objects.filter(state="running", conclusion__state=JobState.FAILED)
    runs = list(given_up)
    for run in runs:
        run_fail(run=run)
    return len(runs)
