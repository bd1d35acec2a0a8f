"""Waking workers. A message that gets lost costs seconds, never work."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from probity.celery import app

logger = logging.getLogger(__name__)


def wake_workers(queues: Sequence[str] = ("cpu",)) -> None:
    """Tell idle workers that there is work; a broker that is down is only noted."""
    for queue in queues:
        _send("probity.work", queue)


def wake_exports() -> None:
    """Tell a worker that a bundle was asked for."""
    _send("probity.exports", "cpu")


def wake_desk() -> None:
    """Tell a worker that somebody waits at the creators' desk."""
    _send("probity.desk", "cpu")


def _send(task: str, queue: str) -> None:
    try:
        app.send_task(task, queue=queue, ignore_result=True, expires=60)
    except Exception:  # every transport has its own errors; none may cost a report
        logger.warning("The broker cannot be reached; workers will find the work by themselves.")
