"""Batches: who comes first, who comes along, what each job gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from probity.analysis.models import Batch, Job, JobState, Tally
from probity.core.clock import now

pytestmark = pytest.mark.django_db


def states() -> Counter[str]:
    return Counter(Job.objects.exclude(model="").values_list("state", flat=True))


def test_each_job_gets_its_own_answer(
    obedient: Any, put: Any, items: Any, card: Any, told: Callable[[Any], Any]
) -> None:
    tensors = [items(3), items(1), items(2)]
    rows = put(*tensors)
    assert card().turn() == 3
    for row, tensor in zip(rows, tensors, strict=True):
        assert told(row) == tensor.reshape(len(tensor), -1).sum(axis=1).tolist()
        assert (row.runtime, row.precision, row.difference) == ("onnxruntime", "float32", 0.0)
        assert row.device.startswith("cpu ")
        assert row.network_sha256 == "c" * 64
    assert obedient.batches[-1] == 6, "they went through together"
    assert states() == {JobState.DONE: 3}
    batch = Batch.objects.get()
    assert (batch.jobs, batch.items, batch.failed) == (3, 6, 0)


def test_a_batch_is_no_larger_than_what_was_measured(
    obedient: Any, put: Any, items: Any, card: Any
) -> None:
    put(*[items() for _ in range(20)])
    worker = card()
    assert [worker.turn() for _ in range(4)] == [8, 8, 4, 0]
    tally = Tally.objects.get()
    assert (tally.batches, tally.jobs, tally.items, tally.slots) == (3, 20, 20, 24)


def test_the_urgent_one_is_in_the_next_batch(
    obedient: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    first = put(items())[0]
    job = first.job
    Job.objects.bulk_create(
        Job(kind="infer", queue="gpu", asset_id=job.asset_id, case=job.case, created_at=now(),
            model=job.model, shape=job.shape, items=1)
        for _ in range(1000)
    )  # fmt: skip
    [urgent] = put(items(), priority=10)
    from probity.analysis.batches import batch_claim, kind_next

    due = kind_next(queues=["gpu"], models=[job.model])
    assert due is not None
    kind, seed, alone = due
    assert (seed, alone) == (urgent.job_id, False)
    batch = batch_claim(worker="w", queues=["gpu"], kind=kind, items=8, seed=seed)
    assert batch[0].pk == urgent.job_id
    assert len(batch) == 8


def test_the_urgent_one_decides_which_network_runs(
    obedient: Any, source: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    from detectors.runtimes.sources import registered

    other = type(obedient)()
    with registered(source("others", other)):
        put(*[items() for _ in range(30)])
        [urgent] = put(items(), model="others", priority=10)
        worker = card("sums", "others")
        worker.turn()
        assert told(urgent)
        assert not Job.objects.filter(model__startswith="sums", state=JobState.DONE).exists()


def test_the_nearer_deadline_goes_first(obedient: Any, put: Any, items: Any) -> None:
    from probity.analysis.batches import kind_next

    put(items(), deadline=None)
    [late] = put(items(), deadline=now() + timedelta(hours=9))
    [soon] = put(items(), deadline=now() + timedelta(hours=1))
    due = kind_next(queues=["gpu"], models=[late.job.model])
    assert due is not None
    assert due[1] == soon.job_id


def test_nothing_starves(obedient: Any, put: Any, items: Any, card: Any, told: Any) -> None:
    """Urgent work never ends, and yet the oldest job is done within eight batches."""
    [old] = put(items())
    put(*[items() for _ in range(80)], priority=10)
    worker = card()
    done_by = []
    for turn in range(1, 11):
        worker.turn()
        old.refresh_from_db()
        if old.outputs:
            done_by.append(turn)
    assert done_by[0] == 8


def test_a_batch_waits_for_fellows_and_not_for_long(
    obedient: Any, put: Any, items: Any, card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.workflow import card_worker

    put(items())
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        put(items())

    monkeypatch.setattr(card_worker.time, "sleep", pause)
    assert card().turn() == 2
    assert paused == [card_worker.PATIENCE_SECONDS]
    assert paused[0] <= 0.01


def test_one_of_many_equals_one_alone(
    obedient: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    tensors = [items(n) for n in (1, 5, 2, 7)]
    together = put(*tensors)
    worker = card()
    while worker.turn():
        pass
    alone = []
    for tensor in tensors:
        alone += put(tensor)
        worker.turn()
    assert [told(row) for row in together] == [told(row) for row in alone]


def test_two_workers_never_share_a_job(obedient: Any, put: Any, items: Any) -> None:
    from probity.analysis.batches import batch_claim, kind_next

    put(*[items() for _ in range(10)])
    due = kind_next(queues=["gpu"], models=[f"sums@{'0' * 16}"])
    assert due is not None
    taken = [
        {job.pk for job in batch_claim(worker=f"w{n}", queues=["gpu"], kind=due[0], items=6)}
        for n in range(3)
    ]
    assert [len(one) for one in taken] == [6, 4, 0]
    assert not taken[0] & taken[1]


def test_a_worker_takes_only_networks_that_it_has(
    obedient: Any, put: Any, items: Any, card: Any
) -> None:
    put(items())
    assert card("others").turn() == 0
    assert card("sums").turn() == 1
