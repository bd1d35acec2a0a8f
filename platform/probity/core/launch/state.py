"""Which supervisor runs a home: a lock that the kernel holds and a file that says more."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from .locks import open_lock, try_lock
from .web import address

PROBE_SECONDS = 0.5
"""How long somebody who only looks at the lock may hold it."""


@dataclass(frozen=True)
class Running:
    """The supervisor of a home; ``ready`` once its web server has answered."""

    pid: int
    port: int
    url: str
    ready: bool
    since: float


def state_file(home: Path) -> Path:
    """PROBITY_HOME/run/up.json."""
    return home / "run" / "up.json"


def claim(home: Path) -> int | None:
    """Become the one supervisor of this home; None when there is one already."""
    descriptor = open_lock(home / "run" / "up.lock")
    deadline = time.monotonic() + PROBE_SECONDS
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            os.close(descriptor)
            return None
        time.sleep(0.05)
    return descriptor


def record(home: Path, *, port: int, ready: bool) -> Running:
    """Write the state file, all at once."""
    running = Running(pid=os.getpid(), port=port, url=address(port), ready=ready, since=time.time())
    staging = state_file(home).with_suffix(".new")
    staging.write_text(json.dumps(asdict(running)) + "\n", encoding="utf-8")
    staging.replace(state_file(home))
    return running


def running(home: Path) -> Running | None:
    """Who runs this home now; None when nobody does, whatever an old state file says."""
    if not state_file(home).parent.is_dir():
        return None
    descriptor = open_lock(home / "run" / "up.lock")
    try:
        if try_lock(descriptor, shared=True):
            return None
    finally:
        os.close(descriptor)
    return recorded(home) or Running(pid=0, port=0, url="", ready=False, since=0.0)


def recorded(home: Path) -> Running | None:
    """What the state file says, true or not: a killed supervisor leaves it behind."""
    try:
        return Running(**json.loads(state_file(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
