"""The children of this process, lent to one caller at a time."""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from foundation.child import scratch
from foundation.child.ceiling import lowered
from foundation.child.worker import Answer, OnEvent, Surroundings, Worker, surroundings

CALLS_PER_CHILD = 200
IDLE_KEPT = 4
MEMORY_FLOOR = 2 * 2**30


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may use: bytes of address space (at least 2 GiB), seconds of processor time,
    seconds on the wall clock (the parent's time in ``on_event`` and ``answer`` is not counted)."""

    memory_bytes: int = 3 * 2**30
    cpu_seconds: int = 120
    wall_seconds: float = 180


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Whether the child is cut off from the network, by which means, and in plain words."""

    network: bool
    how: str
    sentence: str
    writing: bool


class _Starter:
    """Starts every child from one thread that lives as long as the process.

    The kernel's death signal goes out when the *thread* that forked ends; a request thread would
    take its child along.
    """

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[Callable[[], Worker], Future[Worker]]]
        self._orders = queue.SimpleQueue()
        threading.Thread(target=self._work, name="child-starter", daemon=True).start()

    def start(self, order: Callable[[], Worker]) -> Worker:
        answer: Future[Worker] = Future()
        self._orders.put((order, answer))
        return answer.result()

    def _work(self) -> None:
        while True:
            order, answer = self._orders.get()
            try:
                answer.set_result(order())
            except BaseException as error:
                answer.set_exception(error)
            del order, answer


class _Pool:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._starter = _Starter()
        self._idle: list[Worker] = []
        self.all: set[Worker] = set()
        scratch.sweep()

    def take(self, *, memory_bytes: int) -> Worker:
        around = surroundings(memory_bytes=memory_bytes)
        while (worker := self._idle_one(around)) is not None:
            if worker.alive:
                return worker
            self.discard(worker)
        worker = self._starter.start(lambda: Worker(around))
        with self._lock:
            self.all.add(worker)
        return worker

    def _idle_one(self, around: Surroundings) -> Worker | None:
        with self._lock:
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place].around == around:
                    return self._idle.pop(place)
        return None

    def give_back(self, worker: Worker) -> None:
        if worker.calls >= CALLS_PER_CHILD:
            self.discard(worker)
            return
        with self._lock:
            self._idle.append(worker)
            surplus = self._idle.pop(0) if len(self._idle) > IDLE_KEPT else None
        if surplus is not None:
            self.discard(surplus)

    def discard(self, worker: Worker) -> None:
        with self._lock:
            self.all.discard(worker)
        worker.kill()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            self.discard(worker)


_guard = threading.Lock()
_pool: _Pool | None = None
_owner = 0


def _current() -> _Pool:
    global _pool, _owner
    with _guard:
        if _pool is None or _owner != os.getpid():
            _pool, _owner = _Pool(), os.getpid()
        return _pool


def call(
    target: str,
    payload: dict[str, Any],
    *,
    limits: Limits = DEFAULT_LIMITS,
    on_event: OnEvent | None = None,
    answer: Answer | None = None,
) -> Any:
    """Run ``target`` ("package.module:function", one dict in, msgpack-able data out) in a child.

    Raises the Refusal that the function raised, or ChildTimedOut, ChildDied, ChildFailed. Events
    that the function emits reach ``on_event``, and its questions ``answer``, in the calling thread
    and in order. What these two raise is raised here, and ends the child. A question that no
    ``answer`` was given for ends it too (ChildDied).
    """
    pool = _current()
    cpu_seconds, wall_seconds = lowered(limits.cpu_seconds, limits.wall_seconds)
    worker = pool.take(memory_bytes=max(MEMORY_FLOOR, limits.memory_bytes))
    healthy = False
    try:
        value, refusal = worker.ask(
            target=target,
            payload=payload,
            cpu_seconds=cpu_seconds,
            wall_seconds=wall_seconds,
            on_event=on_event,
            answer=answer,
        )
        healthy = True
    finally:
        if healthy:
            pool.give_back(worker)
        else:
            pool.discard(worker)
    if refusal is not None:
        raise refusal
    return value


def isolation() -> Isolation:
    """How well the child is cut off on this machine, as the child itself found out."""
    pool = _current()
    worker = pool.take(memory_bytes=DEFAULT_LIMITS.memory_bytes)
    held = worker.hello
    pool.give_back(worker)
    means = {
        "namespace": "an empty network namespace",
        "seccomp": "a system call filter",
    }
    found = [words for name, words in means.items() if held.get(name)]
    how = " and ".join(found) or "none"
    if found:
        sentence = f"The process that reads files has no network: {how}."
    else:
        sentence = (
            "The process that reads files could reach the network on this machine. Allow user "
            "namespaces or seccomp for the account that runs Probity."
        )
    return Isolation(
        network=bool(found), how=how, sentence=sentence, writing=bool(held.get("landlock"))
    )


def shutdown() -> None:
    """End the idle children of this process; those at work end with their call."""
    if _pool is not None and _owner == os.getpid():
        _pool.close()


def _forget() -> None:
    """In a forked process: the children and locks belong to the other one."""
    global _pool, _guard
    _guard = threading.Lock()
    if _pool is not None:
        for worker in list(_pool.all):
            worker.forget()
        _pool = None


os.register_at_fork(after_in_child=_forget)
atexit.register(shutdown)
