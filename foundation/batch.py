"""Many files on all cores: answers come in the order of the files, as soon as they are there.

The work happens in the children, each on a core of its own; the threads here only wait for them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from foundation.errors import Refusal

Task = TypeVar("Task")
Answer = TypeVar("Answer")
_AHEAD = 4


@dataclass(frozen=True, kw_only=True)
class Outcome(Generic[Answer]):
    """The answer for a file, or the refusal that says why there is none."""

    path: Path
    answer: Answer | None = None
    refusal: Refusal | None = None


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def each(
    paths: Iterable[Path], look: Callable[[Path], Answer], *, workers: int | None = None
) -> Iterator[Outcome[Answer]]:
    """``look`` at every path, in order; a Refusal becomes part of its file's outcome."""
    return in_order(paths, lambda path: [one(path, look)], workers=workers)


def in_order(
    tasks: Iterable[Task],
    run: Callable[[Task], Sequence[Outcome[Answer]]],
    *,
    workers: int | None = None,
) -> Iterator[Outcome[Answer]]:
    """Run every task on ``workers`` threads (one a core when None) and hand out their outcomes in
    the order of the tasks.

    Only a few tasks are taken ahead of the one that is handed out, so that any number may come.
    What ``run`` raises is raised here. Closing the iterator drops what has not begun.
    """
    count = max(1, workers or cores())
    waiting: deque[Future[Sequence[Outcome[Answer]]]] = deque()
    left = iter(tasks)
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="batch") as pool:
        try:
            waiting.extend(pool.submit(run, task) for task in islice(left, count * _AHEAD))
            while waiting:
                outcomes = waiting.popleft().result()
                waiting.extend(pool.submit(run, task) for task in islice(left, 1))
                yield from outcomes
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def one(path: Path, look: Callable[[Path], Answer]) -> Outcome[Answer]:
    """The outcome for one path."""
    try:
        return Outcome(path=path, answer=look(path))
    except Refusal as refusal:
        return Outcome(path=path, refusal=refusal)


def inside(given: Path) -> Iterator[Path]:
    """The path itself, or all files below a folder in the order of their names; folders that are
    links are not entered, so that none is walked for ever."""
    if given.is_dir():
        yield from sorted(path for path in given.rglob("*") if path.is_file())
    else:
        yield given
