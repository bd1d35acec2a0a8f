"""Waking workers. A message that gets lost costs seconds, never work."""

from __future__ import annotations

from collections.abc import Sequence

from probity.core.wake import task_wake


def wake_workers(queues: Sequence[str] = ("cpu",)) -> None:
    """Tell idle workers that there is work; a broker that is down is only noted."""
    for queue in queues:
        task_wake("probity.work", queue=queue)


def wake_exports() -> None:
    """Tell a worker that a bundle was asked for."""
    task_wake("probity.exports")


def wake_entries() -> None:
    """Tell a worker that a bank has new hashes."""
    task_wake("probity.match_entries")


def wake_desk() -> None:
    """Tell a worker that somebody waits at the creators' desk."""
    task_wake("probity.desk")
