"""A worker dies in mid-job: another finishes the job once the lease has run out."""

from __future__ import annotations

import os
import signal
import time
from typing import Any


def test_the_job_finishes_on_another_worker(stack: Any, drawn: Any) -> None:
    case = stack.report(drawn()).json()["case"]
    deadline = time.monotonic() + 20
    while stack.call("GET", f"cases/{case}").json()["analysis"]["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)
    victims = stack.processes("celery", "worker")
    assert len(victims) >= 2
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    body = stack.analysed(case, within=60)
    assert time.monotonic() - killed < 40
    assert body["audit"]["intact"]
    producers = [row["producer"] for row in body["findings"]]
    assert "test.slow" in producers
    assert len(producers) == len(set(producers))
