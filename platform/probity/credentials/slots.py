"""Few files at once for strangers, so that the machine stays free for cases.

The slots are advisory locks of the database: they hold across web processes and machines, and a
process that dies lets go of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from probity.core.errors import TooManyRequests

LOCK = 0x70726F62
DESK = 0
PATIENCE_SECONDS = 3.0


@contextmanager
def check_slot() -> Iterator[None]:
    """Hold one of the slots for reading a visitor's file; raises TooManyRequests."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (slot := _any_slot()) is None:
        if time.monotonic() > deadline:
            raise TooManyRequests(
                "Many files are being checked just now. Try again in a few seconds.", wait_seconds=5
            )
        time.sleep(0.05)
    try:
        yield
    finally:
        _unlock(slot)


@contextmanager
def desk_lock() -> Iterator[bool]:
    """Whether this process alone works through the desk's queue now."""
    mine = _lock(DESK)
    try:
        yield mine
    finally:
        if mine:
            _unlock(DESK)


def _any_slot() -> int | None:
    return next((slot for slot in range(1, settings.CHECK_SLOTS + 1) if _lock(slot)), None)


def _lock(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, number])
        return bool(cursor.fetchone()[0])


def _unlock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, number])
