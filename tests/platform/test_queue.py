"""Jobs: leases, heartbeats, sweeps, priorities; claims on cases; throttles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from probity.accounts.actors import person_actor
from probity.analysis import queue
from probity.analysis.models import Job
from probity.cases.claims import case_claim, claims_sweep, next_case_claim
from probity.cases.models import Case, CaseClaim
from probity.cases.queues import queue_general
from probity.core.clock import now
from probity.core.errors import Conflict, TooManyRequests
from probity.core.throttle import throttle
from probity.evidence.models import Asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset() -> Asset:
    return Asset.objects.create(sha256="a" * 64, bytes=1, received_at=now())


def enqueue(asset: Asset, **options: Any) -> Job:
    return queue.job_enqueue(kind="analyse", asset=asset, case=uuid4(), **options)


def test_the_most_urgent_job_comes_first(asset: Asset) -> None:
    late, urgent = enqueue(asset), enqueue(asset, priority=10)
    taken = [queue.job_claim(worker=f"w{n}", queues=["cpu"]) for n in range(3)]
    assert [job.pk if job else None for job in taken] == [urgent.pk, late.pk, None]


def test_a_worker_takes_only_from_its_queues(asset: Asset) -> None:
    enqueue(asset, queue="gpu")
    assert queue.job_claim(worker="w", queues=["cpu"]) is None
    assert queue.job_claim(worker="w", queues=["gpu", "cpu"]) is not None


def test_a_lost_lease_can_record_nothing(asset: Asset, settings: Any) -> None:
    enqueue(asset)
    settings.JOB_LEASE_SECONDS = -1
    first = queue.job_claim(worker="dead", queues=["cpu"])
    settings.JOB_LEASE_SECONDS = 30
    assert first is not None
    assert queue.leases_sweep() == 1
    second = queue.job_claim(worker="alive", queues=["cpu"])
    assert second is not None
    assert second.attempts == 2
    assert not queue.job_heartbeat(job=first)
    with pytest.raises(queue.LeaseLost):
        queue.job_complete(job=first)
    with pytest.raises(queue.LeaseLost):
        queue.lease_hold(first)
    queue.job_complete(job=second)
    assert Job.objects.get().state == "done"


def test_the_last_attempt_fails_for_good(asset: Asset, settings: Any) -> None:
    enqueue(asset)
    for attempt in range(settings.JOB_MAX_ATTEMPTS):
        job = queue.job_claim(worker=f"w{attempt}", queues=["cpu"])
        assert job is not None
        again = queue.job_fail(job=job, error="It broke.")
        assert again is (attempt < settings.JOB_MAX_ATTEMPTS - 1)
    job = Job.objects.get()
    assert (job.state, job.error) == ("failed", "It broke.")


def test_the_database_refuses_a_lease_without_an_end(asset: Asset) -> None:
    job = enqueue(asset)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="leased")


@pytest.fixture
def case() -> Case:
    return Case.objects.create(number=1, category="other", opened_at=now(), queue=queue_general())


def test_a_claim_that_runs_out_frees_the_case(case: Case, person: Any) -> None:
    first, second = (person_actor(person(name)) for name in ("ada", "grace"))
    claim = case_claim(case=case, actor=first)
    with pytest.raises(Conflict):
        case_claim(case=case, actor=second)
    CaseClaim.objects.filter(pk=claim.pk).update(until=now() - timedelta(seconds=1))
    assert claims_sweep() == 1
    case.refresh_from_db()
    assert case.state == "open"
    taken = next_case_claim(actor=second)
    assert taken is not None
    assert taken.case_id == case.pk
    assert next_case_claim(actor=first) is None


def test_the_database_refuses_a_second_open_claim(case: Case, person: Any) -> None:
    for name, fails in (("ada", False), ("grace", True)):
        row = CaseClaim(case=case, person=person(name), since=now(), until=now())
        if fails:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
        else:
            row.save()


@pytest.mark.parametrize(("was", "to"), [("open", "decided"), ("decided", "open")])
def test_the_database_refuses_a_move_that_is_none(case: Case, was: str, to: str) -> None:
    if was == "decided":
        Case.objects.filter(pk=case.pk).update(state="in_review")
        Case.objects.filter(pk=case.pk).update(state="decided", decided_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            state=to, decided_at=now() if to == "decided" else None
        )


def test_the_throttle_counts_each_caller_apart() -> None:
    scope = uuid4().hex
    for _ in range(3):
        throttle(scope=scope, who="a", rate="3/hour")
    throttle(scope=scope, who="b", rate="3/hour")
    with pytest.raises(TooManyRequests, match="more than 3 per hour"):
        throttle(scope=scope, who="a", rate="3/hour")
