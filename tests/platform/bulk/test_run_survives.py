"""A worker that is killed in the middle of a run: the next one goes on, each case once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import connection

from probity.accounts.actors import person_actor
from probity.accounts.services import person_create
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.bulk.asking import decide_order
from probity.bulk.models import BulkItem, BulkRun, ItemState, RunState
from probity.bulk.services import run_propose, run_undo
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.cases.services import case_open, report_add
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, DecisionState
from probity.workflow.bulk_run import bulk_work

STOPS = 3
#: A worker that stops inside the transaction of its third case, after everything was written.
WORKER = f"""
import time
import django
django.setup()
from probity.workflow import bulk_run

real, seen = bulk_run.event_append, []

def slow(**event):
    real(**event)
    seen.append(event)
    if len(seen) == {STOPS}:
        print("in the middle", flush=True)
        time.sleep(600)

bulk_run.event_append = slow
bulk_run.bulk_work()
"""


@pytest.fixture
def env(evidence_store: Path) -> dict[str, str]:
    """The environment of a worker on the database of the test."""
    given = connection.settings_dict
    if given["PASSWORD"]:
        pytest.skip("The database of this run wants a password.")
    place = f"{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    return {
        **os.environ, "DATABASE_URL": f"postgresql://{given['USER']}@/{place}",
        "PROBITY_HOME": str(evidence_store), "DJANGO_SETTINGS_MODULE": "probity.settings",
        "PROBITY_UNDO_SECONDS": str(configured.UNDO_SECONDS),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip


def kill_in_the_middle(env: dict[str, str], root: Path) -> None:
    """Start a worker and kill it as the operating system does, while a case is under its hands."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], env=env, cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert "in the middle" in process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def opened(count: int) -> list[Case]:
    """Cases that another process sees: the fixtures of this folder keep theirs in a transaction."""
    notice = notice_read(
        {"category": "advertising", "explanation": "Always the same.", "places": "DE"},
        has_file=True,
    )
    cases = [case_open(case_id=uuid4(), notice=notice, actor="reporter") for _ in range(count)]
    for case in cases:
        report_add(case=case, notice=notice, channel="web", actor="reporter")
    return cases


def stands(run: BulkRun) -> dict[str, int]:
    rows = BulkItem.objects.filter(run=run).values_list("state", flat=True)
    return {state: list(rows).count(state) for state in sorted(set(rows))}


@pytest.mark.usefixtures("real_transactions")
def test_killed_in_the_middle_and_in_the_middle_of_the_undo(
    env: dict[str, str], root: Path
) -> None:
    somebody, _ = person_create(username="lena", roles=["lead"])
    lead, cases = person_actor(somebody), opened(6)
    run = run_propose(
        order=decide_order(measures=[Asked("label")]), reason="All the same.", actor=lead,
        cases=[case.pk for case in cases],
    )  # fmt: skip

    kill_in_the_middle(env, root)
    assert stands(run) == {ItemState.DONE: STOPS - 1, ItemState.CHOSEN: 7 - STOPS}
    assert Decision.objects.count() == STOPS - 1, "what the dead worker had begun is gone"
    assert bulk_work() == 7 - STOPS
    run.refresh_from_db()
    assert (run.state, stands(run)) == (RunState.DONE, {ItemState.DONE: 6})
    applied = AuditEvent.objects.filter(name="bulk.applied").values_list("chain", flat=True)
    assert sorted(applied) == sorted(case_chain(case.pk) for case in cases)
    assert Decision.objects.count() == 6

    run_undo(run=run, reason="One of them was real.", actor=lead)
    kill_in_the_middle(env, root)
    assert stands(run) == {ItemState.UNDONE: STOPS - 1, ItemState.DONE: 7 - STOPS}
    bulk_work()
    run.refresh_from_db()
    assert (run.state, stands(run)) == (RunState.UNDONE, {ItemState.UNDONE: 6})
    assert {row.state for row in Decision.objects.all()} == {DecisionState.UNDONE}
    reverted = AuditEvent.objects.filter(name="bulk.reverted").values_list("chain", flat=True)
    assert sorted(reverted) == sorted(case_chain(case.pk) for case in cases)
    assert all(chain_verify(case_chain(case.pk)).intact for case in cases)
