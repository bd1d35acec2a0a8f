"""The worker that runs networks: one process for each card, the same code on the processor.

It claims batches from the job table, and never sees media: what it reads are stacks of tensors that
were made by the confined child, kept as derivatives, and are checked before use. While one batch is
computed, the next is claimed and read, and the last one is written.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from probity.analysis.batches import (
    Times,
    batch_beat,
    batch_claim,
    batch_return,
    batch_write,
    kind_next,
)
from probity.analysis.inference import BatchRun, DeviceLost, Loaded, Runner, loaded, names_here
from probity.analysis.models import Job
from probity.analysis.stations import Told, station_tell

from .names import worker_name
from .wake import wake_workers

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.005
"""How long a batch that is not full waits for fellows."""

LONGEST_EVERY = 8
"""Every so many batches it is the turn of the job that has waited longest."""

LOOK_SECONDS = 0.25
TELL_SECONDS = 5.0
NAMES_SECONDS = 20.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
MEBIBYTE = 1024**2
HUNG = 70
"""Exit status of a worker whose card does not come back."""

Models = Callable[[], Collection[str]]


@dataclass
class Claimed:
    """A batch under way."""

    jobs: list[Job]
    since: float
    given: list[Loaded] = field(default_factory=list)
    ran: BatchRun | None = None


class CardWorker:
    """Claims, reads, computes, writes. ``turn`` does one batch; ``serve`` goes on until stopped."""

    def __init__(
        self, *, queues: Sequence[str], device: str, runner: Runner | None = None,
        models: Models = names_here,
    ) -> None:  # fmt: skip
        self.name = worker_name()
        self.queues = tuple(queues)
        self.runner = runner or Runner(device=device, budget=settings.INFERENCE_MB * MEBIBYTE)
        self.lost = False
        self._models = models
        self._names: tuple[float, list[str]] = (-NAMES_SECONDS, [])
        self._held: set[UUID] = set()
        self._lock = threading.Lock()
        self._turns = 0
        self._totals = {"batches": 0, "items": 0, "failed": 0}
        self._computing_since = 0.0
        self._told = -TELL_SECONDS
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._beating: threading.Thread | None = None

    # --- one batch at a time -----------------------------------------------------------------

    def turn(self) -> int:
        """Do one batch if there is one; how many jobs it held."""
        claimed = self._claim()
        if claimed is None:
            return 0
        self._beat_start()
        try:
            self._read(claimed)
            self._compute(claimed)
            self._write(claimed)
        except DeviceLost:
            self._card_lost([claimed])
        finally:
            self._release(claimed)
        self.tell(state="ready")
        return len(claimed.jobs)

    # --- many, overlapping -------------------------------------------------------------------

    def serve(self) -> None:
        """Work until :meth:`stop`; what was claimed and not begun is given back."""
        ahead: queue.Queue[Claimed | None] = queue.Queue(maxsize=1)
        behind: queue.Queue[Claimed | None] = queue.Queue(maxsize=2)
        self.tell(state="warming")
        self._beat_start()
        reading = threading.Thread(
            target=self._reader, args=(ahead,), name="read-stacks", daemon=True
        )
        writing = threading.Thread(
            target=self._writer, args=(behind,), name="write-results", daemon=True
        )
        reading.start()
        writing.start()
        self.tell(state="ready", now=True)
        try:
            self._computer(ahead, behind)
        finally:
            self._stopping.set()
            while reading.is_alive():
                self._give_back(ahead)
            self._give_back(ahead)
            behind.put(None)
            writing.join()
            self.runner.forget()
            self.tell(state="stopped", now=True)
            self._beat_stop()
            connection.close()

    def stop(self) -> None:
        """Finish the batch under way and take no more. Safe in a signal handler's thread."""
        self._stopping.set()
        self._awake.set()

    def wake(self) -> None:
        """There may be new work."""
        self._awake.set()

    def _computer(
        self, ahead: queue.Queue[Claimed | None], behind: queue.Queue[Claimed | None]
    ) -> None:
        while not self._stopping.is_set():
            try:
                claimed = ahead.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self.tell(state="ready")
                continue
            if claimed is None:
                return
            if self._stopping.is_set():
                self._hand_back(claimed)
                return
            try:
                self._compute(claimed)
            except DeviceLost:
                self._card_lost([claimed])
                self._release(claimed)
                return
            behind.put(claimed)
            self.tell(state="ready")
            if settings.CARD_BATCHES and self._turns >= settings.CARD_BATCHES:
                logger.info("This worker retires after %s batches.", self._turns)
                return

    def _reader(self, ahead: queue.Queue[Claimed | None]) -> None:
        try:
            while not self._stopping.is_set():
                claimed = self._claim_and_read()
                if claimed is None:
                    self._awake.wait(LOOK_SECONDS)
                    self._awake.clear()
                    continue
                ahead.put(claimed)
        except Exception:
            logger.exception("Reading stacks failed; this worker ends.")
            self._stopping.set()
        finally:
            connection.close()

    def _claim_and_read(self) -> Claimed | None:
        """A batch whose tensors are here, or None; what cannot be read now goes back."""
        claimed = None
        try:
            claimed = self._claim()
            if claimed is not None:
                self._read(claimed)
        except DatabaseError:
            logger.warning("The database cannot be reached; trying again shortly.")
            close_old_connections()
        except Exception:
            if claimed is None:
                raise
            logger.exception("The evidence store cannot be read; its jobs are given back.")
        else:
            return claimed
        if claimed is not None:
            self._hand_back(claimed, blamed=True)
        self._stopping.wait(1.0)
        return None

    def _writer(self, behind: queue.Queue[Claimed | None]) -> None:
        try:
            while (claimed := behind.get()) is not None:
                try:
                    self._write(claimed)
                except Exception:
                    # the leases run out, and somebody does the batch again
                    logger.exception("The results of a batch could not be written.")
                finally:
                    self._release(claimed)
        finally:
            connection.close()

    # --- the steps ---------------------------------------------------------------------------

    def _claim(self) -> Claimed | None:
        models = self._models_now()
        if not models:
            return None
        longest = self._turns % LONGEST_EVERY == LONGEST_EVERY - 1
        due = kind_next(queues=self.queues, models=models, longest=longest)
        if due is None:
            return None
        kind, seed, alone = due
        since = time.monotonic()
        best = self.runner.size_of(kind.model)
        jobs = batch_claim(
            worker=self.name, queues=self.queues, kind=kind, items=best, seed=seed, alone=alone
        )
        if not jobs:
            return None
        self._turns += 1
        self._hold(jobs)
        missing = best - sum(job.items for job in jobs)
        if missing > 0 and not alone:
            time.sleep(PATIENCE_SECONDS)
            try:
                more = batch_claim(worker=self.name, queues=self.queues, kind=kind, items=missing)
            except DatabaseError:
                self._release(Claimed(jobs=jobs, since=since))
                raise
            self._hold(more)
            jobs += more
        return Claimed(jobs=jobs, since=since)

    def _read(self, claimed: Claimed) -> None:
        claimed.given = [loaded(job) for job in claimed.jobs]

    def _compute(self, claimed: Claimed) -> None:
        self._computing_since = time.monotonic()
        try:
            claimed.ran = self.runner.run(claimed.jobs[0].model, claimed.given)
        finally:
            self._computing_since = 0.0
        claimed.given = []

    def _write(self, claimed: Claimed) -> None:
        ran = claimed.ran
        if ran is None:
            return
        for pause in (*RETRY_SECONDS, None):
            times = Times(
                size=ran.size, ran_s=ran.seconds, spent_s=time.monotonic() - claimed.since
            )
            try:
                written = batch_write(
                    worker=self.name, station=self.name, results=ran.results,
                    manner=ran.manner, times=times,
                )  # fmt: skip
                break
            except (OperationalError, InterfaceError):
                if pause is None:
                    raise
                close_old_connections()
                time.sleep(pause)
        if written:
            wake_workers(("cpu",))
        self._totals["batches"] += 1
        self._totals["items"] += sum(job.items for job in claimed.jobs)
        self._totals["failed"] += sum(bool(result.failure) for result in ran.results)

    def _card_lost(self, claimed: Sequence[Claimed]) -> None:
        logger.error("The device is lost; its jobs are given back and this worker ends.")
        self.lost = True
        for one in claimed:
            batch_return(worker=self.name, jobs=one.jobs, blamed=True)
        self.stop()

    def _hand_back(self, claimed: Claimed, *, blamed: bool = False) -> None:
        try:
            batch_return(worker=self.name, jobs=claimed.jobs, blamed=blamed)
        except DatabaseError:
            logger.warning("A batch could not be given back; its leases will run out.")
        self._release(claimed)

    def _give_back(self, ahead: queue.Queue[Claimed | None]) -> None:
        try:
            claimed = ahead.get(timeout=0.05)
        except queue.Empty:
            return
        if claimed is not None:
            self._hand_back(claimed)

    def _models_now(self) -> list[str]:
        moment, names = self._names
        if time.monotonic() - moment > NAMES_SECONDS:
            names = sorted(self._models())
            self._names = (time.monotonic(), names)
        return names

    # --- leases and telling ------------------------------------------------------------------

    def _hold(self, jobs: Collection[Job]) -> None:
        with self._lock:
            self._held |= {job.pk for job in jobs}

    def _release(self, claimed: Claimed) -> None:
        with self._lock:
            self._held -= {job.pk for job in claimed.jobs}

    def _beat_start(self) -> None:
        if self._beating is None or not self._beating.is_alive():
            self._beating = threading.Thread(target=self._beat, name="leases", daemon=True)
            self._beat_over = threading.Event()
            self._beating.start()

    def _beat_stop(self) -> None:
        if self._beating is not None:
            self._beat_over.set()
            self._beating.join()
            self._beating = None

    def _beat(self) -> None:
        """Renew leases while batches are under way; end a process whose card hangs."""
        over = self._beat_over
        pause = max(settings.JOB_LEASE_SECONDS / 3, 0.2)
        while not over.wait(min(pause, 1.0)):
            since = self._computing_since
            if since and time.monotonic() - since > settings.CARD_SECONDS:
                logger.critical("A batch has not come back for %s s.", settings.CARD_SECONDS)
                os._exit(HUNG)
            with self._lock:
                held = set(self._held)
            try:
                if held:
                    batch_beat(worker=self.name, jobs=held)
            except DatabaseError:
                close_old_connections()
        connection.close()

    def close(self) -> None:
        """End the thread that renews leases, after turns."""
        self._beat_stop()

    def tell(self, *, state: str, now: bool = False) -> None:
        """Say how this worker is, at most every few seconds."""
        if not now and time.monotonic() - self._told < TELL_SECONDS:
            return
        self._told = time.monotonic()
        warm = self.runner.warm
        used, total = self.runner.memory()
        figures = {
            "memory_used": used, "memory_total": total, "hits": warm.hits,
            "misses": warm.misses, "evictions": warm.evictions, **self._totals,
        }  # fmt: skip
        told = Told(
            name=self.name, queues=self.queues, device=warm.device,
            device_name=self.runner.device_name, state=state, warm=warm.names,
            here=self._models_now(), figures=figures,
        )  # fmt: skip
        try:
            station_tell(told)
        except DatabaseError:
            close_old_connections()


def process_end() -> None:
    """Ask the process to end as an operator would, so that Celery drains and retires it."""
    os.kill(os.getpid(), signal.SIGTERM)
