"""The worker that runs networks, against the bare networks on the same device in the same run.

For each network: items a second of the bare network at the best size of batch, of the worker from
the job table and back, their ratio, the latency while jobs arrive at half of that rate, and how
long the network takes to be ready. On a graphics card where there is one, else on one core.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks import stage
from benchmarks.figures import RESULTS, Figure, keep

GOAL = 0.9
SECONDS = {"cpu": 5.0, "cuda": 10.0}
"""How much work each measurement holds, in seconds of the bare network."""

CPU_WAYS = ("CPUExecutionProvider", "eager")
CPU_BATCHES = (1, 4, 8)
"""On a processor compiling takes minutes for a network, and large batches gain nothing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One network. Latencies are from a job's row to its result, in milliseconds."""

    network: str
    way: str
    batch: int
    bare: float
    worker: float
    ratio: float
    half_median_ms: float
    half_95_ms: float
    warm_s: float


def main() -> list[Figure]:
    """Measure every network and write ``gpu.json``."""
    home = stage.django_begin()
    from benchmarks.networks import KINDS, source_of
    from detectors.runtimes.devices import name_of, pick
    from detectors.runtimes.sources import registered

    device = pick("auto")
    print(f"device: {device} ({name_of(device)})", flush=True)
    rows = []
    for kind in KINDS:
        source = source_of(kind, folder=home)
        with registered(source):
            rows.append(_row(kind.title, source, items=kind.items, device=device))
        print(_line(rows[-1]), flush=True)
    figures = [
        Figure(f"worker, {row.network}", row.worker, row.bare, "items/s", "bare network", "higher")
        for row in rows
    ]
    path = keep("gpu", figures)
    body = json.loads(path.read_text(encoding="utf-8"))
    body |= {"device": name_of(device), "goal": GOAL, "networks": [asdict(row) for row in rows]}
    (RESULTS / "gpu.json").write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    return figures


def _row(title: str, source: Any, *, items: int, device: str) -> Row:
    from detectors.runtimes.tuning import tune
    from probity.analysis.inference import Runner

    kind = device.partition(":")[0]
    on_cpu = kind == "cpu"
    record = tune(
        source, device=device, seconds=0.3, ways=CPU_WAYS if on_cpu else None,
        batches=CPU_BATCHES if on_cpu else None,
    )  # fmt: skip
    print(f"  measured: {record.choice.words}, {record.items_per_second}/s", flush=True)
    runner = Runner(device=device, budget=8 * 2**30)
    started = time.perf_counter()
    warm = runner.warm.get(source.name)
    one = _stack(source, record.batch)
    warm.network.run(one, batch=record.batch)
    warm_s = time.perf_counter() - started
    before = _bare(warm.network, one, seconds=SECONDS[kind] / 2)
    jobs = max(4, int(SECONDS[kind] * before / items))
    worker = _through_the_table(source, jobs=jobs, items=items, runner=runner)
    after = _bare(warm.network, one, seconds=SECONDS[kind] / 2)
    bare = (before + after) / 2
    waits = _at_half(source, rate=bare / 2 / items, items=items, runner=runner, kind=kind)
    runner.forget()
    return Row(
        network=title,
        way=record.choice.words,
        batch=record.batch,
        bare=round(bare, 2),
        worker=round(worker, 2),
        ratio=round(worker / bare, 3),
        half_median_ms=round(float(np.median(waits)) * 1000, 1),
        half_95_ms=round(float(np.quantile(waits, 0.95)) * 1000, 1),
        warm_s=round(warm_s, 2),
    )


def _stack(source: Any, items: int, *, seed: int = 3) -> Any:
    random = np.random.default_rng(seed)
    shape = (items, *source.contract.shape)
    if source.contract.over > 1:
        return random.integers(0, 255, shape, dtype=np.uint8)
    return random.normal(0, 0.1, shape).astype(np.float32)


def _bare(network: Any, stack: Any, *, seconds: float) -> float:
    """Items a second of nothing but the network."""
    runs, started = 0, time.perf_counter()
    while runs < 2 or time.perf_counter() - started < seconds:
        network.run(stack, batch=len(stack))
        runs += 1
    return runs * len(stack) / (time.perf_counter() - started)


def _through_the_table(source: Any, *, jobs: int, items: int, runner: Any) -> float:
    """Items a second from rows that wait to rows that are done."""
    from django.db.models import Max

    from probity.analysis.models import Batch, Job

    made = [_put(source, items=items, seed=number % 16) for number in range(jobs)]
    serving = _Serving(source, runner)
    begun = time.time()
    serving.start()
    serving.until_done(made)
    ended = Job.objects.filter(pk__in=made).aggregate(last=Max("ended_at"))["last"]
    serving.stop()
    print(f"  batches: {Batch.objects.count()}", flush=True)
    return float(jobs * items / (ended.timestamp() - begun))


def _at_half(
    source: Any, *, rate: float, items: int, runner: Any, kind: str
) -> list[float]:  # fmt: skip
    """Seconds from row to result, while jobs come in at random moments at ``rate`` a second."""
    from probity.analysis.models import Job

    random = np.random.default_rng(5)
    serving = _Serving(source, runner)
    serving.start()
    made: list[Any] = []
    ends = time.monotonic() + SECONDS[kind]
    while time.monotonic() < ends or len(made) < 8:
        time.sleep(random.exponential(1 / rate))
        made.append(_put(source, items=items, seed=len(made) % 16))
        serving.worker.wake()
    serving.until_done(made)
    serving.stop()
    rows = Job.objects.filter(pk__in=made).values_list("created_at", "ended_at")
    return [(ended - created).total_seconds() for created, ended in rows if ended is not None]


class _Serving:
    """The worker in a thread, as its process runs it."""

    def __init__(self, source: Any, runner: Any) -> None:
        from probity.workflow.card_worker import CardWorker

        # the runner stays warm from one measurement to the next
        runner.forget = lambda: None
        self.worker = CardWorker(
            queues=["gpu"], device="auto", runner=runner, models=lambda: [source.name]
        )
        self._thread = threading.Thread(target=self.worker.serve)

    def start(self) -> None:
        self._thread.start()

    def until_done(self, jobs: list[Any]) -> None:
        from probity.analysis.models import Job, JobState

        left = Job.objects.filter(pk__in=jobs).exclude(state=JobState.DONE)
        while left.exists():
            if left.filter(state=JobState.FAILED).exists():
                raise SystemExit(f"A job failed: {left.first()}")
            time.sleep(0.05)

    def stop(self) -> None:
        self.worker.stop()
        self._thread.join()


_kept: dict[tuple[str, int], Any] = {}


def _put(source: Any, *, items: int, seed: int) -> Any:
    """A job with its stack, as an analysis leaves it; the tensors of one seed are kept once."""
    from django.db import transaction

    from detectors import stacks
    from probity.analysis.models import Job, Run, Stack
    from probity.core.clock import now
    from probity.evidence.models import Asset
    from probity.evidence.services import derivative_keep

    tensor = _stack(source, items, seed=seed)
    name = (source.name, seed)
    if name not in _kept:
        asset = Asset.objects.create(sha256=f"{len(_kept) + 1:064x}", bytes=1, received_at=now())
        _kept[name] = derivative_keep(
            asset=asset, name="tensors", media_type="application/x-npy",
            data=stacks.pack(tensor), producer="benchmark",
        )  # fmt: skip
    kept = _kept[name]
    with transaction.atomic():
        job = Job.objects.create(
            kind="infer", queue="gpu", asset_id=kept.asset_id, case=uuid4(), created_at=now(),
            model=source.name, items=items,
            shape=f"{tensor.dtype} {stacks.shape_words(tensor.shape[1:])}",
        )  # fmt: skip
        run = Run.objects.create(
            asset_id=kept.asset_id, job=job, case=job.case, attempt=1, worker="bench",
            started_at=now(),
        )  # fmt: skip
        Stack.objects.create(
            run=run, job=job, derivative=kept, detector="bench", model=source.contract.id
        )
    return job.pk


def _line(row: Row) -> str:
    return (
        f"{row.network}: {row.way}, batch {row.batch}; bare {row.bare}/s, worker {row.worker}/s, "
        f"ratio {row.ratio} (goal {GOAL}); at half load {row.half_median_ms} ms, 95 % "
        f"{row.half_95_ms} ms; ready in {row.warm_s} s"
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main as run

    raise SystemExit(run(["gpu"]))
