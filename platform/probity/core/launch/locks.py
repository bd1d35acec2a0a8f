"""Locks between processes: held by the kernel, so a killed process leaves none behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import Busy


def open_lock(path: Path) -> int:
    """Open (and make, 0600) a lock file; the descriptor is not inherited by other programs."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take or change the lock without waiting; False when another process is in the way."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold a lock file exclusively; raises Busy when it is not free within ``wait_seconds``."""
    descriptor = open_lock(path)
    try:
        deadline = time.monotonic() + wait_seconds
        while not try_lock(descriptor):
            if time.monotonic() > deadline:
                raise Busy(
                    f"Another process is still starting or stopping the database ({path} is"
                    " locked). Wait for it to finish, or end it, and try again."
                )
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)
