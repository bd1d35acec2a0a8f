"""What a detector may not touch: the network, other programs, and what its neighbours rely on."""

from __future__ import annotations

import decimal
import gc
import locale
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from detectors.testing.rules import require


def _open_files() -> int:
    gc.collect()
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


_STATE: dict[str, Callable[[], object]] = {
    "the working folder": Path.cwd,
    "the environment": lambda: dict(os.environ),
    "Python's random generator": random.getstate,
    "numpy's global random generator": lambda: repr(np.random.get_state()),
    "numpy's error handling": np.geterr,
    "OpenCV's threads": cv2.getNumThreads,
    "the decimal context": lambda: repr(decimal.getcontext()),
    "the import path": lambda: list(sys.path),
    "the locale": lambda: locale.setlocale(locale.LC_ALL),
    "the logging level": lambda: (logging.root.level, list(logging.root.handlers)),
    "the warning filters": lambda: list(warnings.filters),
    "the recursion limit": sys.getrecursionlimit,
    "the standard streams": lambda: (sys.stdin, sys.stdout, sys.stderr),
    "the signal handlers": lambda: [signal.getsignal(number) for number in signal.valid_signals()],
    "the running threads": lambda: sorted(thread.name for thread in threading.enumerate()),
    "the number of open files": _open_files,
}


_ONCE = {"the running threads", "the number of open files"}
"""What a library may change for good when it is first loaded."""


@contextmanager
def unchanged(*, first_time: bool) -> Iterator[None]:
    """A detector runs beside others: what it changes, they would meet."""
    watched = {name: _STATE[name] for name in _STATE if not (first_time and name in _ONCE)}
    before = {name: read() for name, read in watched.items()}
    yield
    changed = [name for name, read in watched.items() if read() != before[name]]
    require(not changed, f"The detector changed {', '.join(changed)}; put it back or leave it.")


@contextmanager
def no_network() -> Iterator[None]:
    """Every attempt to connect, to look up a name or to start a program is noted and refused, even
    one that the detector swallows."""
    reached: list[str] = []
    started: list[str] = []

    def refuse(_socket: socket.socket, address: object, *_: object) -> None:
        reached.append(str(address))
        raise PermissionError("A detector may not use the network.")

    def look_up(host: object, *_: object, **__: object) -> None:
        reached.append(str(host))
        raise PermissionError("A detector may not use the network.")

    def start(*arguments: Any, **_: object) -> None:
        started.append(str(arguments[-1] if arguments else "a program"))
        raise PermissionError("A detector may not start programs.")

    class Guarded(socket.socket):
        connect = refuse
        connect_ex = refuse  # type: ignore[assignment]
        sendto = refuse  # type: ignore[assignment]

    with (
        _replaced(socket, "socket", Guarded),
        _replaced(socket, "getaddrinfo", look_up),
        _replaced(subprocess.Popen, "__init__", start),
        _replaced(os, "system", start),
        _replaced(os, "posix_spawn", start),
    ):
        yield
    require(not reached, f"The detector tried to reach {', '.join(reached)}.")
    require(not started, f"The detector tried to start {', '.join(started)}.")


@contextmanager
def _replaced(owner: Any, name: str, stand_in: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        setattr(owner, name, original)
