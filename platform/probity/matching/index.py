"""The index in memory: one a process, following the table of signals.

The table is the truth. What is added anywhere is told by LISTEN/NOTIFY as a span of numbers, and
fetched before the next question; besides, every question first fetches what is numbered above all
that is known, so a process always sees its own rows. Rows that have gone stay in the index until it
is loaded anew: whoever asks looks the hits up in the table, so they match nothing.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from foundation.fingerprint.sound_codes import SoundIndex

from .held import Held, load

logger = logging.getLogger(__name__)

CHANNEL: Final = "probity_signals"
_LISTEN_SECONDS = 2.0
_LOOK_UP_SECONDS = 1.0
_ENDLESS = 2**62


class Follower:
    """What a process knows of the signals. Threads may ask at the same time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held: Held | None = None
        self._spans: list[tuple[int, int]] = []
        self._stale = False
        self._pid = os.getpid()
        self._listener: threading.Thread | None = None
        self._listening = threading.Event()
        self._closing = threading.Event()

    def near(self, code: bytes, *, radius: int) -> dict[int, int]:
        """Signals within ``radius`` bits of a hash: number to distance."""
        with self._lock:
            return self._current().near(code, radius=radius)

    def sounds(self) -> SoundIndex:
        """The codes of all recordings, named by signal."""
        with self._lock:
            return self._current().sounds()

    def facts(self) -> dict[str, float]:
        """How many hashes and recordings, bytes held, seconds the last load took, and whether new
        hashes are told (1) or only found by asking (0)."""
        with self._lock:
            return {**self._current().facts(), "listening": float(self._listening.is_set())}

    def close(self) -> None:
        """Forget all and stop listening; the next question begins anew."""
        self._closing.set()
        if self._listener is not None and self._pid == os.getpid():
            self._listener.join()
        with self._lock:
            self._listener, self._held = None, None
        self._closing.clear()

    def _current(self) -> Held:
        if self._pid != os.getpid():
            # after a fork: the thread that listened belongs to the parent
            self._pid, self._listener, self._held = os.getpid(), None, None
        self._listen()
        if self._held is None or self._stale:
            return self._loaded()
        spans, self._spans[:] = [*self._spans, (self._held.highest + 1, _ENDLESS)], []
        if not all(self._held.take(low, high) for low, high in spans):
            return self._loaded()
        self._held.merge_if_due()
        return self._held

    def _loaded(self) -> Held:
        self._stale = False
        self._spans.clear()
        self._held = load()
        return self._held

    def _listen(self) -> None:
        """Listening comes before loading: nothing may be written unheard in between."""
        if self._listener is not None and self._listener.is_alive():
            return
        self._listening.clear()
        self._listener = threading.Thread(
            target=self._hear, args=(_line(),), name="follow-signals", daemon=True
        )
        self._listener.start()
        self._listening.wait(_LISTEN_SECONDS)

    def _hear(self, line: str) -> None:
        """Listen until the process ends; after a loss of the line, have all loaded anew."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(conninfo=line, autocommit=True) as heard:
                    heard.execute(f"LISTEN {CHANNEL}")
                    self._stale = True
                    self._listening.set()
                    while not self._closing.is_set():
                        for notice in heard.notifies(timeout=_LOOK_UP_SECONDS):
                            self._told(notice.payload)
            except psycopg.Error:
                self._listening.clear()
                logger.warning("The line for new hashes broke; it will be opened again.")
                self._closing.wait(_LOOK_UP_SECONDS)

    def _told(self, payload: str) -> None:
        low, _, high = payload.partition("-")
        if low.isdigit() and high.isdigit():
            self._spans.append((int(low), int(high)))


def _line() -> str:
    """How to reach the database: as Django does, on a line of its own."""
    wanted = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode")
    return make_conninfo(**{name: str(wanted[name]) for name in names if wanted.get(name)})


_follower = Follower()


def follower() -> Follower:
    """This process's index."""
    return _follower


def default_radius() -> int:
    """The radius that the operator chose, in bits."""
    return int(settings.MATCH_RADIUS)
