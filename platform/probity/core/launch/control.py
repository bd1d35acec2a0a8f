"""Looking at, and ending, what another terminal started."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from . import postgres, state
from .errors import LaunchRefused

STOP_SECONDS = 90.0


def status(*, as_json: bool = False) -> int:
    """Say what runs for this home; 0 when Probity is ready, else 1."""
    home = postgres.real_home()
    supervisor = state.running(home)
    database = postgres.status(home)
    ready = supervisor is not None and supervisor.ready
    if as_json:
        facts = {
            "home": str(home),
            "ready": ready,
            "supervisor": asdict(supervisor) if supervisor else None,
            "database": _plain(database),
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        return 0 if ready else 1
    sys.stdout.write(_sentence(supervisor) + "\n")
    if database is not None:
        state_word = f"runs (process {database.pid})" if database.running else "is stopped"
        sys.stdout.write(f"PostgreSQL {database.version} {state_word}: {database.data}\n")
    return 0 if ready else 1


def stop(*, as_json: bool = False) -> int:
    """End the supervisor of this home, and a database that an earlier one left behind."""
    home = postgres.real_home()
    supervisor = state.running(home)
    if supervisor is not None and supervisor.pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(supervisor.pid, signal.SIGTERM)
        _await_end(home)
    stopped = postgres.stop(home)
    sentence = "Probity is stopped." if stopped else "PostgreSQL did not stop; see its log."
    sys.stdout.write(
        (json.dumps({"stopped": stopped, "sentence": sentence}) if as_json else sentence) + "\n"
    )
    return 0 if stopped else 1


def _await_end(home: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while state.running(home) is not None:
        if time.monotonic() > deadline:
            raise LaunchRefused(
                "Probity has been asked to stop and is still busy. Its workers finish their"
                " present task first; ask again to hurry them."
            )
        time.sleep(0.1)


def _sentence(supervisor: state.Running | None) -> str:
    if supervisor is None:
        return "Probity does not run for this folder."
    if not supervisor.ready:
        return f"Probity is starting or stopping (process {supervisor.pid})."
    return f"Probity runs (process {supervisor.pid}): {supervisor.url}"


def _plain(database: postgres.Status | None) -> dict[str, object] | None:
    if database is None:
        return None
    return {key: str(value) if isinstance(value, Path) else value
            for key, value in asdict(database).items()}  # fmt: skip
