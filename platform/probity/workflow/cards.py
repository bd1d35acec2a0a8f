"""The one card worker of a process that serves nothing but networks: begun, woken and ended here.

Celery starts such a process, routes wake-up calls to it, and ends it with SIGTERM. The worker runs
in a thread, so that its device is opened in this very process and never before a fork.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from django.conf import settings

from .card_worker import CardWorker, process_end

logger = logging.getLogger(__name__)
END_SECONDS = 45.0
"""How long a batch under way may still take when the process is asked to end."""

_running: list[tuple[CardWorker, threading.Thread]] = []
_asked = threading.Event()


def begin(queues: Sequence[str]) -> None:
    """Start it in a thread of its own."""
    worker = CardWorker(queues=queues, device=settings.INFERENCE_DEVICE)

    def work() -> None:
        try:
            worker.serve()
        except Exception:
            logger.exception("The card worker broke off.")
        if not _asked.is_set():
            # it retired, or lost its card: whoever supervises starts a fresh process
            process_end()

    thread = threading.Thread(target=work, name="card", daemon=True)
    _running.append((worker, thread))
    thread.start()


def wake() -> bool:
    """Tell it that there may be work; False where this process has none."""
    for worker, _ in _running:
        worker.wake()
    return bool(_running)


def stop() -> None:
    """Let it finish its batch and give back the rest."""
    _asked.set()
    for worker, _ in _running:
        worker.stop()


def end() -> None:
    """Wait until it has ended."""
    _asked.set()
    while _running:
        worker, thread = _running.pop()
        worker.stop()
        thread.join(END_SECONDS)
