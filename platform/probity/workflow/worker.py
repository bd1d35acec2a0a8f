"""What a worker process does: take jobs from the table until there are none.

A Celery message starts it at once; besides, each pool process looks by itself every few seconds,
so that a lost message or a broker that is down delays nothing but the wake-up. The work is done in
a thread beside the pool's own: however much waits, a clock still warns, a decision takes effect and
mail leaves.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections, connection

from probity.analysis.batches import batch_waiting, runs_release
from probity.analysis.inference import names_here
from probity.analysis.models import Job
from probity.analysis.queue import job_claim, job_heartbeat, leases_sweep
from probity.analysis.sittings import GPU
from probity.analysis.stations import models_on_cards

from .card_worker import CardWorker
from .case_analyse import job_perform
from .case_conclude import conclusions_end
from .names import worker_name

logger = logging.getLogger(__name__)
_busy = threading.Lock()
_stopping = threading.Event()
_called = threading.Event()
_looking: list[threading.Thread] = []
#: How long the end of this process waits for the job in hand; later its lease runs out.
END_SECONDS = 20.0


def jobs_drain(queues: Sequence[str]) -> int:
    """Do waiting jobs of the queues until none is left; return how many were done here.

    Jobs for networks are done here too, on the processor, unless a living worker with a graphics
    card can take them. Returns 0 at once when this process is already at it.
    """
    if not _busy.acquire(blocking=False):
        return 0
    station = Networks(queues)
    try:
        done = 0
        leases_sweep()
        runs_release()
        conclusions_end()
        while not _stopping.is_set():
            job = job_claim(worker=worker_name(), queues=queues)
            if job is not None:
                with heartbeat(job):
                    job_perform(job)
            batch = station.turn()
            if job is None and not batch:
                break
            done += (job is not None) + batch
        return done
    finally:
        station.close()
        _busy.release()


class Networks:
    """The networks' jobs in a process that also does everything else."""

    def __init__(self, queues: Sequence[str]) -> None:
        self._serves = GPU in queues

    def turn(self) -> int:
        """One batch on the processor, if there is one for it; how many jobs it held."""
        if not self._serves or not batch_waiting():
            return 0
        return _station().turn()

    def close(self) -> None:
        """Let go of the database."""
        if _stations:
            _stations[0].close()


_stations: list[CardWorker] = []


def _station() -> CardWorker:
    """This process's own, made when there is first something to do: networks stay warm in it."""
    if not _stations:
        _stations.append(CardWorker(queues=(GPU,), device="cpu", models=_left_to_processors))
    return _stations[0]


def _left_to_processors() -> list[str]:
    on_cards = models_on_cards()
    return [name for name in names_here() if name not in on_cards]


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
    """Begin to look for work in this process: when it is called, and every few seconds."""

    def look() -> None:
        while not _stopping.is_set():
            _called.wait(settings.JOB_LOOK_SECONDS)
            _called.clear()
            if _stopping.is_set():
                return
            try:
                jobs_drain(queues)
            except Exception:
                logger.exception("Looking for work failed; trying again shortly.")
            finally:
                close_old_connections()

    _looking[:] = [threading.Thread(target=look, name="look-for-work", daemon=True)]
    _looking[0].start()


def looking_call() -> bool:
    """Have this process look at once; False where nothing looks in it."""
    if not _looking or not _looking[0].is_alive():
        return False
    _called.set()
    return True


def looking_stop() -> None:
    """Take no further job in this process; the one in hand is finished if it is soon done."""
    _stopping.set()
    _called.set()
    for thread in _looking:
        thread.join(END_SECONDS)
