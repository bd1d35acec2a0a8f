"""Waking workers. A message that gets lost costs seconds, never work."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from probity.celery import app

logger = logging.getLogger(__name__)


def wake_workers(queues: Sequence[str] = ("cpu",)) -> None:
    """Tell idle workers that there is work; a broker that is down is only noted."""
    for queue in queues:
        try:
            app.send_task("probity.work", queue=queue, ignore_result=True, expires=60)
        except Exception:  # every transport has its own errors; none may cost a report
            logger.warning("The broker cannot be reached; workers will find the job by themselves.")
