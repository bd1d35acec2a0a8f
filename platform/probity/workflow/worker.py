"""What a worker process does: take jobs from the table until there are none.

A Celery message starts it at once; besides, each pool process looks by itself every few seconds,
so that a lost message or a broker that is down delays nothing but the wake-up.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections, connection

from probity.analysis.models import Job
from probity.analysis.queue import job_claim, job_heartbeat, leases_sweep

from .case_analyse import job_perform

logger = logging.getLogger(__name__)
_busy = threading.Lock()
_stopping = threading.Event()


def worker_name() -> str:
    """This process, and this attempt to work: no two claims share a name."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"[:80]


def jobs_drain(queues: Sequence[str]) -> int:
    """Do waiting jobs of the queues until none is left; return how many were done here.

    Returns 0 at once when this process is already at it.
    """
    if not _busy.acquire(blocking=False):
        return 0
    try:
        done = 0
        leases_sweep()
        while not _stopping.is_set():
            job = job_claim(worker=worker_name(), queues=queues)
            if job is None:
                break
            with heartbeat(job):
                job_perform(job)
            done += 1
        return done
    finally:
        _busy.release()


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Renew the job's lease from a thread while the work goes on."""
    over = threading.Event()
    pause = max(settings.JOB_LEASE_SECONDS / 3, 0.5)

    def beat() -> None:
        try:
            while not over.wait(pause):
                if not job_heartbeat(job=job):
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def looking_start(queues: Sequence[str]) -> None:
    """Begin to look for work every few seconds in this process."""

    def look() -> None:
        while not _stopping.wait(settings.JOB_LOOK_SECONDS):
            try:
                jobs_drain(queues)
            except Exception:
                logger.exception("Looking for work failed; trying again shortly.")
            finally:
                close_old_connections()

    threading.Thread(target=look, name="look-for-work", daemon=True).start()


def looking_stop() -> None:
    """Take no further job in this process."""
    _stopping.set()
