"""A worker dies in mid-job: another finishes the job once the lease has run out."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)


def test_the_job_finishes_on_another_worker(stack: Any, drawn: Any) -> None:
    case = stack.report(drawn()).json()["case"]
    deadline = time.monotonic() + 120
    while stack.call("GET", f"cases/{case}").json()["analysis"]["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.3)
    time.sleep(1)
    victims = stack.processes("celery", "worker")
    assert len(victims) >= 2
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    body = stack.analysed(case, within=200)
    assert body["audit"]["intact"]
    producers = [row["producer"] for row in body["findings"]]
    assert "test.slow" in producers
    assert len(producers) == len(set(producers))
