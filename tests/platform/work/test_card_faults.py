"""What goes wrong: every job ends exactly once, and only the guilty one fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from probity.analysis.models import Job, JobState, Run

pytestmark = pytest.mark.django_db
POISON = 66.0


def states() -> Counter[str]:
    return Counter(Job.objects.exclude(model="").values_list("state", flat=True))


def work_off(worker: Any) -> int:
    turns = 0
    while worker.turn():
        turns += 1
    return turns


def test_one_bad_tensor_in_64_fails_alone(
    obedient: Any, put: Any, items: Any, card: Any, told: Callable[[Any], Any]
) -> None:
    from detectors.runtimes import records
    from detectors.runtimes.sources import source_of

    name = f"sums@{'0' * 16}"
    plain = records.plain(source_of(name), device="cpu")
    records.keep(type(plain)(**{**vars(plain), "batch": 64}), device="cpu")
    tensors = [items() for _ in range(64)]
    tensors[41][0, 2, 2] = POISON
    rows = put(*tensors)
    assert card().turn() == 64, "all in one batch"
    answers = [told(row) for row in rows]
    assert answers[41] == "The network broke off on these tensors (RuntimeError)."
    good = [one for place, one in enumerate(answers) if place != 41]
    assert good == [[float(t.sum())] for place, t in enumerate(tensors) if place != 41]
    assert states() == {JobState.DONE: 63, JobState.FAILED: 1}
    assert len(obedient.batches) <= 1 + 2 * 6 + 3, "found by halving"
    # every run can be concluded, also the one whose network failed
    assert Run.objects.exclude(conclusion=None).count() == 64


def test_memory_that_runs_out_halves_the_batch_for_good(
    obedient: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    obedient.most = 3
    rows = put(*[items() for _ in range(16)])
    worker = card()
    work_off(worker)
    assert states() == {JobState.DONE: 16}
    assert max(obedient.batches) == 2, "8, 4, then 2"
    assert worker.runner.size_of(rows[0].job.model) == 2
    before = len(obedient.batches)
    fresh = card()
    put(*[items() for _ in range(4)])
    work_off(fresh)
    assert obedient.batches[before:][-2:] == [2, 2], "another process remembers"


def test_an_item_too_large_for_the_device_fails_alone(
    obedient: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    obedient.most = 0
    [row] = put(items())
    card().turn()
    assert "does not suffice for a single item" in told(row)


def test_a_lost_card_gives_its_jobs_back(obedient: Any, put: Any, items: Any, card: Any) -> None:
    put(*[items() for _ in range(4)])
    obedient.lose_at = 1
    worker = card()
    worker.turn()
    assert worker.lost
    assert states() == {JobState.WAITING: 4}
    obedient.lose_at = 0
    healthy = card()
    assert [healthy.turn() for _ in range(5)] == [1, 1, 1, 1, 0], "suspects go alone"
    assert states() == {JobState.DONE: 4}


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0"), "SHA-256 differs"),
        (lambda path: path.write_bytes(b""), "SHA-256 differs"),
        (lambda path: path.unlink(), "could not be read from the evidence store"),
    ],
)
def test_tensors_that_were_changed_are_not_used(
    obedient: Any, put: Any, items: Any, card: Any, told: Any, evidence_store: Any,
    damage: Callable[[Any], Any], sentence: str,
) -> None:  # fmt: skip
    bad, good = put(np.ones((2, 4, 4), np.float32), items())
    path = evidence_store / "evidence" / bad.derivative.storage_name
    path.chmod(0o600)
    damage(path)
    card().turn()
    assert sentence in told(bad)
    assert isinstance(told(good), list)


def test_a_store_that_is_away_gets_its_jobs_back_and_not_for_ever(
    obedient: Any, put: Any, items: Any, card: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.workflow import card_worker

    class StoreAwayError(Exception):
        """As a library for object stores raises."""

    def away(_job: Any) -> Any:
        raise StoreAwayError

    [row] = put(items())
    monkeypatch.setattr(card_worker, "loaded", away)
    worker = card()
    worker._stopping.wait = lambda _seconds: True
    for _ in range(2):
        assert worker._claim_and_read() is None
        assert states() == {JobState.WAITING: 1}
    assert worker._claim_and_read() is None
    assert states() == {JobState.FAILED: 1}
    assert not worker._held
    assert Run.objects.exclude(conclusion=None).count() == 1
    assert row.run_id


def test_what_another_worker_took_over_is_left_to_it(
    obedient: Any, put: Any, items: Any, card: Any, told: Any
) -> None:
    rows = put(items(), items())
    worker = card()
    claimed = worker._claim()
    Job.objects.filter(pk=rows[0].job_id).update(worker="somebody else", attempts=2)
    worker._read(claimed)
    worker._compute(claimed)
    worker._write(claimed)
    rows[0].refresh_from_db()
    assert not rows[0].outputs
    assert told(rows[1])
    assert states() == {JobState.LEASED: 1, JobState.DONE: 1}
    worker._write(claimed)
    assert states() == {JobState.LEASED: 1, JobState.DONE: 1}, "written once"


def test_jobs_of_a_dead_worker_that_never_finish_fail_and_release_their_run(
    obedient: Any, put: Any, items: Any, settings: Any
) -> None:
    from probity.analysis.batches import batch_claim, kind_next, runs_release
    from probity.analysis.queue import leases_sweep

    [row] = put(items())
    settings.JOB_LEASE_SECONDS = -1
    for attempt in range(3):
        due = kind_next(queues=["gpu"], models=[row.job.model])
        assert due is not None
        assert due[2] == (attempt > 0), "after its first death it goes alone"
        assert batch_claim(
            worker=f"w{attempt}", queues=["gpu"], kind=due[0], items=8, seed=due[1], alone=due[2]
        )
        assert leases_sweep() == 1
    assert states() == {JobState.FAILED: 1}
    assert runs_release() == 1
    assert runs_release() == 0, "once"


def test_a_sealed_asset_is_not_concluded(obedient: Any, put: Any, items: Any, card: Any) -> None:
    from probity.core.clock import now
    from probity.evidence.models import Asset

    [row] = put(items())
    Asset.objects.filter(pk=row.run.asset_id).update(sealed_at=now())
    card().turn()
    row.refresh_from_db()
    assert "sealed" in row.failure
    assert not Job.objects.filter(kind="conclude").exists()


def test_memory_is_kept_within_the_budget(
    source: Any, put: Any, items: Any, card: Any, obedient: Any
) -> None:
    from detectors.runtimes.sources import registered
    from detectors.runtimes.warm import WarmNetworks

    first, second = type(obedient)(bytes=600), type(obedient)(bytes=600)
    with registered(source("first", first), source("second", second)):
        keeping = WarmNetworks(device="cpu", budget=1000)
        zeros = "0" * 16
        keeping.get(f"first@{zeros}")
        keeping.get(f"first@{zeros}")
        keeping.get(f"second@{zeros}")
        assert first.closed
        assert not second.closed
        assert (keeping.hits, keeping.misses, keeping.evictions) == (1, 2, 1)
        assert keeping.names == [f"second@{zeros}"]
