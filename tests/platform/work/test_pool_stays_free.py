"""A pool process does its jobs in a thread beside: sweeps, decisions and mail do not wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from probity.workflow import tasks, worker


class Drain:
    """Stands for jobs that take for ever: it begins, and ends when it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.queues: list[Sequence[str]] = []
        self.threads: list[threading.Thread] = []

    def __call__(self, queues: Sequence[str]) -> int:
        self.queues.append(queues)
        self.threads.append(threading.current_thread())
        self.begun.set()
        self.let_go.wait(60)
        return 1


@pytest.fixture
def drain(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Drain]:
    """Jobs that take for ever, in a process of which nothing is known yet."""
    made = Drain()
    settings.JOB_LOOK_SECONDS = 60
    for module in (worker, tasks):
        monkeypatch.setattr(module, "jobs_drain", made)
    for name in ("_stopping", "_called"):
        monkeypatch.setattr(worker, name, threading.Event())
    monkeypatch.setattr(worker, "_looking", [])
    yield made
    made.let_go.set()
    worker.looking_stop()


def test_a_call_comes_back_while_the_jobs_are_under_way(drain: Drain) -> None:
    worker.looking_start(("cpu",))
    assert not drain.begun.wait(0.05)
    assert tasks.work() == 0
    assert drain.begun.wait(60)
    assert tasks.work() == 0
    assert drain.queues == [("cpu",)]
    assert drain.threads[0] is not threading.current_thread()


def test_the_end_waits_for_the_job_in_hand_and_takes_no_other(drain: Drain) -> None:
    worker.looking_start(("cpu",))
    tasks.work()
    assert drain.begun.wait(60)
    tasks.work()
    threading.Timer(0.1, drain.let_go.set).start()
    worker.looking_stop()
    assert len(drain.threads) == 1
    assert not drain.threads[0].is_alive()


def test_where_nothing_looks_the_call_itself_does_the_jobs(drain: Drain) -> None:
    drain.let_go.set()
    assert tasks.work() == 1
    assert drain.threads == [threading.current_thread()]
