"""Card workers as processes of their own: killed in mid-batch, and while the broker is away."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection

from detectors.models import own
from probity.analysis.models import Job, JobState, Station

real = pytest.mark.usefixtures("real_transactions")

HANGS = """
import sys, time
from pathlib import Path
import django
django.setup()
from detectors.models.known import Model
from detectors.runtimes.network import REFERENCE
from detectors.runtimes.sources import Source, registered
from probity.workflow.card_worker import CardWorker

class Hangs:
    choice, version, bytes = REFERENCE, "1", 1
    def run(self, stack, /, *, batch):
        print("computing", flush=True)
        time.sleep(600)
    def close(self):
        pass

source = Source(
    contract=Model(id="sums", builder="none:none", shape=(4, 4)), key="0" * 16, path=Path("."),
    sha256="c" * 64, opener=lambda _choice: Hangs(),
)
with registered(source):
    CardWorker(queues=["gpu"], device="cpu", models=lambda: [source.name]).serve()
"""


def states() -> Counter[str]:
    return Counter(Job.objects.exclude(model="").values_list("state", flat=True))


def wait(until: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, states()
        time.sleep(0.05)


@pytest.fixture
def env(evidence_store: Path) -> dict[str, str]:
    """The environment of a worker on the database and the store of the test."""
    given = connection.settings_dict
    host, user, name = given["HOST"], given["USER"], given["NAME"]
    url = f"postgresql://{user}@/{name}?host={host}&port={given['PORT'] or 5432}"
    if given["PASSWORD"]:
        pytest.skip("The database of this run wants a password.")
    return {
        **os.environ, "DATABASE_URL": url, "PROBITY_HOME": str(evidence_store),
        "DJANGO_SETTINGS_MODULE": "probity.settings", "PROBITY_JOB_LEASE_SECONDS": "2",
        "PROBITY_INFERENCE_DEVICE": "cpu",
    }  # fmt: skip


@real
def test_killed_in_mid_batch(
    obedient: Any, put: Any, items: Any, card: Any, env: dict[str, str], root: Path
) -> None:
    from probity.analysis.queue import leases_sweep

    put(*[items() for _ in range(12)])
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS], env=env, cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "computing" in process.stdout.readline()
    leased = states()[JobState.LEASED]
    assert leased >= 8, "one batch is being computed"
    time.sleep(2.5)
    assert leases_sweep() == 0, "it renews its leases while it lives"
    process.kill()
    process.wait()
    process.stdout.close()
    wait(lambda: leases_sweep() + states()[JobState.WAITING] >= 12)
    worker = card()
    while worker.turn():
        pass
    assert states() == {JobState.DONE: 12}
    done = Counter(Job.objects.exclude(model="").values_list("attempts", flat=True))
    assert done == {2: leased, 1: 12 - leased} or done == {2: 12}
    assert sum(obedient.batches) == 12, "each was computed once"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Any]:
    """A Redis of our own, which can be stopped and started."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running: list[subprocess.Popen[bytes]] = []

    class Redis:
        url = f"redis://127.0.0.1:{port}/0"

        def start(self) -> None:
            arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", ""]
            running.append(
                subprocess.Popen([program, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL)
            )

        def stop(self) -> None:
            while running:
                process = running.pop()
                process.kill()
                process.wait()

    server = Redis()
    server.start()
    yield server
    server.stop()


@real
@pytest.mark.redis
def test_a_broker_that_restarts_delays_nothing(
    put: Any, env: dict[str, str], redis: Any, tiny: bytes, evidence_store: Path, root: Path
) -> None:
    """Celery's own worker, one process, no fork; its network is a real file."""
    own.keep("own-picture", tiny, {"date": "", "recipe": "", "sources": {}},
             folder=evidence_store / "models")  # fmt: skip
    model = f"own-picture@{hashlib.sha256(tiny).hexdigest()[:16]}"

    def more() -> None:
        random = np.random.default_rng(states().total())
        tensor = random.integers(0, 255, (2, 3, 128, 128), dtype=np.uint8)
        put(tensor, model=model)

    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "probity", "--quiet", "worker", "--pool", "solo",
         "--queues", "gpu", "--concurrency", "1", "--without-gossip", "--without-mingle"],
        env={**env, "REDIS_URL": redis.url}, cwd=root,
    )  # fmt: skip
    try:
        more()
        wait(lambda: states() == {JobState.DONE: 1})
        redis.stop()
        more()
        wait(lambda: states() == {JobState.DONE: 2})
        redis.start()
        more()
        wait(lambda: states() == {JobState.DONE: 3})
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(120) == 0
        assert Station.objects.get().state == "stopped"
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
    assert set(Job.objects.exclude(model="").values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_the_database_is_set_up() -> None:
    """Tests with transactions of their own need one in the run that asks for the database."""
    assert not Job.objects.exists()
