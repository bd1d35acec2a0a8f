"""One process under supervision: started in its own session, bound to the supervisor's life."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
STEADY_SECONDS = 60.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Program:
    """What to run. ``name`` is for people; ``orphaned`` is sent when the supervisor dies."""

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    stop_seconds: float = 10.0
    orphaned: signal.Signals = signal.SIGTERM
    pass_fds: tuple[int, ...] = ()


@dataclass
class Child:
    """A program and its present life."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    deaths: int = 0
    due: float = 0.0
    began: float = field(default=0.0)

    def start(self) -> None:
        """Start it; its output is appended to its log."""
        program = self.program
        descriptor = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.process = subprocess.Popen(
                list(program.argv),
                cwd=program.folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                umask=0o077,
                pass_fds=program.pass_fds,
                preexec_fn=_die_with(os.getpid(), program.orphaned),
            )
        finally:
            os.close(descriptor)
        self.began = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether it has been started and has not been seen to end."""
        return self.process is not None

    def reap(self) -> str:
        """If it has ended: sweep what it left behind and say how it ended, else an empty string."""
        if self.process is None:
            return ""
        if not _ended(self.process.pid):
            return ""
        # Its number is still reserved here, so the group can only be its own.
        self.signal_group(signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        self.deaths += 1
        lived = time.monotonic() - self.began
        self.failures = 1 if lived > STEADY_SECONDS else self.failures + 1
        self.due = time.monotonic() + self.pause
        return _ending(code)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: doubled with every quick death."""
        return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (self.failures - 1))

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process itself."""
        if self.process is not None:
            self.process.send_signal(number)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to it and to all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def _ended(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _die_with(parent: int, number: signal.Signals) -> Callable[[], None] | None:
    """What the new process does first: ask the kernel for a signal when its parent is gone."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
