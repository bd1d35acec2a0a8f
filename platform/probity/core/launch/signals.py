"""Being told to stop, without being torn out of the middle of something."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
from types import FrameType, TracebackType
from typing import Any

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts the requests to stop and wakes the waiter; a context manager for the main thread.

    ``asked`` is 0 until somebody wants a stop; from the second request on it should be a fast one.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.foreground: subprocess.Popen[str] | None = None
        self._before: dict[int, Any] = {}
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._wakeup = -1

    def __enter__(self) -> Signals:
        for number in STOP:
            # A hang-up that nohup ignores stays ignored. SIGINT is taken even when a script's "&"
            # has switched it off: there is no other Ctrl-C for a supervisor.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_stop)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, self._on_child)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives or the time is over."""
        readable, _, _ = select.select([self._reader], [], [], max(0.0, seconds))
        if readable:
            self._reader.recv(4096)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.asked += 1
        if self.foreground is not None and self.foreground.poll() is None:
            self.foreground.terminate()

    def _on_child(self, number: int, frame: FrameType | None) -> None:
        """Only here so that the wake-up descriptor is written when a child ends."""
