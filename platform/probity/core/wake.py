"""Telling a worker that there is something to do. A message that gets lost costs seconds only."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


def task_wake(name: str, *, queue: str = "cpu") -> None:
    """Send a Celery task's wake-up call; a broker that is down is only noted."""
    from probity.celery import app

    try:
        app.send_task(name, queue=queue, ignore_result=True, expires=60)
    except Exception:  # every transport has its own errors; none may cost what was recorded
        logger.warning("The broker cannot be reached; workers will find the work by themselves.")
