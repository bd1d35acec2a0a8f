"""One child seen from its parent: started, asked, killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.child import scratch, wire
from foundation.child.errors import ChildDied, ChildFailed, ChildTimedOut
from foundation.errors import Refusal
from foundation.home import home

START_SECONDS = 30.0
_BOOT = (
    "import json, sys\n"
    "options = json.loads(sys.argv[1])\n"
    "sys.path[:] = options['path']\n"
    "from foundation.child.serve import main\n"
    "main(options)\n"
)
_KEPT_VARIABLES = (
    "CUDA_VISIBLE_DEVICES", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH",
    "MKL_NUM_THREADS", "NVIDIA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH",
    "PROBITY_DEVICE", "TZ",
)  # fmt: skip
_THREADS = ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(48 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}
"""Pictures of some megabytes come and go with every frame; handing their pages back to the system
each time costs a tenth of the time (mallopt(3))."""

_HOME = "PROBITY_HOME"
_FOLDER_VARIABLES = ("PROBITY_RESOURCES_MIRROR",)

OnEvent = Callable[[dict[str, Any]], None]
Answer = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a child is started with; one started with other ones does not serve."""

    memory_bytes: int
    path: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def surroundings(*, memory_bytes: int) -> Surroundings:
    """The parent's import path as absolute folders, so that a checkout or editable install works
    too, and the few variables that a child may know."""
    # one core a child: the sums of a threaded library depend on how many cores there are
    kept = dict.fromkeys(_THREADS, "1") | _MEMORY
    kept |= {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return Surroundings(
        memory_bytes=memory_bytes,
        path=tuple(dict.fromkeys(str(Path(entry).absolute()) for entry in sys.path)),
        environment=tuple(sorted(kept.items())),
    )


def places() -> dict[str, str | None]:
    """The variables that name folders. They go along with every request, so that a child which
    has loaded its libraries serves whatever folders the next one is about; None takes one away."""
    # in its user namespace the child is nobody, and would look for another account's folder
    found: dict[str, str | None] = {_HOME: str(home())}
    for name in _FOLDER_VARIABLES:
        given = os.environ.get(name, "")
        # a mirror may also be a URL with a password in it; only a folder is of use without network
        found[name] = given if given.strip() and Path(given).is_dir() else None
    return found


class Worker:
    """A running child. Not thread-safe: the pool lends it to one caller at a time."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.calls = 0
        self._scratch = scratch.make()
        self._process, self._wire = self._start()
        try:
            self.hello: dict[str, bool] = self._greet()
        except BaseException:
            self.kill()
            raise

    def _start(self) -> tuple[subprocess.Popen[bytes], wire.PolledWire]:
        options = {
            "path": self.around.path,
            "parent": os.getpid(),
            "memory_bytes": self.around.memory_bytes,
            "scratch": str(self._scratch),
        }
        request_out, request_in = os.pipe()
        reply_out, reply_in = os.pipe()
        log_out, log_in = os.pipe()
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, json.dumps(options)],
                stdin=request_out,
                stdout=reply_in,
                stderr=log_in,
                env={
                    **dict(self.around.environment),
                    "TMPDIR": str(self._scratch),
                    "MALLOC_ARENA_MAX": "2",
                },
                cwd="/",
                start_new_session=True,
            )
        finally:
            for fd in (request_out, reply_in, log_in):
                os.close(fd)
        return process, wire.PolledWire(reader=reply_out, writer=request_in, log=log_out)

    def _greet(self) -> dict[str, bool]:
        sentence = "The confined process that reads files could not be started. Tell the operator."
        try:
            reply = self._wire.receive(deadline=time.monotonic() + START_SECONDS)
            return {str(name): bool(held) for name, held in reply["hello"].items()}
        except Exception as error:
            raise ChildDied(sentence, cause="start", log=self._wire.log()) from error

    @property
    def alive(self) -> bool:
        """Running, with its scratch folder not swept away by the system."""
        return self._process.poll() is None and self._scratch.is_dir()

    def ask(
        self,
        *,
        target: str,
        payload: dict[str, Any],
        cpu_seconds: int,
        wall_seconds: float,
        on_event: OnEvent | None,
        answer: Answer | None = None,
    ) -> tuple[Any, Refusal | None]:
        """Run one function; the value, or the refusal it raised.

        Raises ChildTimedOut, ChildDied, ChildFailed, and whatever ``on_event`` and ``answer``
        raise; after any exception the worker must be killed.
        """
        self.calls += 1
        frame = wire.encode(
            {"target": target, "payload": payload, "cpu_seconds": cpu_seconds, "places": places()}
        )
        deadline = time.monotonic() + wall_seconds
        try:
            self._wire.send(frame, deadline=deadline)
            reply = self._next(deadline)
            while "event" in reply or "question" in reply:
                before = time.monotonic()
                back = self._hear(reply, on_event, answer)
                deadline += time.monotonic() - before
                if back is not None:
                    self._wire.send(back, deadline=deadline)
                reply = self._next(deadline)
        except wire.WireTimeoutError:
            raise ChildTimedOut(
                f"Work on this file was stopped after {wall_seconds:g} seconds. "
                "Try a shorter or smaller file."
            ) from None
        except wire.WireClosedError:
            raise self._death(cpu_seconds) from None
        except wire.WireBrokenError:
            raise self._nonsense() from None
        return self._outcome(reply)

    def _hear(
        self, told: dict[str, Any], on_event: OnEvent | None, answer: Answer | None
    ) -> bytes | None:
        """Pass an event on; the frame with the answer to a question."""
        if "event" in told:
            if on_event is not None:
                on_event(told["event"])
            return None
        if answer is None or not isinstance(told["question"], dict):
            raise wire.WireBrokenError("a question that nobody answers")
        return wire.encode({"answer": answer(told["question"])})

    def _next(self, deadline: float) -> dict[str, Any]:
        reply = self._wire.receive(deadline=deadline)
        if not isinstance(reply, dict) or len(reply) != 1:
            raise wire.WireBrokenError("not an answer")
        return reply

    def _nonsense(self) -> ChildDied:
        return ChildDied(
            "The confined process gave an answer that makes no sense, so it was stopped. "
            "The file may be made to do harm.",
            cause="protocol",
            log=self._wire.log(),
        )

    def _outcome(self, reply: dict[str, Any]) -> tuple[Any, Refusal | None]:
        match reply:
            case {"value": value}:
                return value, None
            case {"refusal": {"code": str(), "sentence": str()} as told}:
                return None, Refusal.from_dict(told)
            case {"failed": {"type": str(kind), "trace": str(trace)}}:
                raise ChildFailed(
                    f"This file could not be processed because of an unexpected error ({kind}). "
                    "The details are in the operator's log.",
                    trace=trace,
                )
            case {"memory": True}:
                raise self._out_of_memory()
        raise self._nonsense()

    def _out_of_memory(self) -> ChildDied:
        return ChildDied(
            "Work on this file was stopped because it needed more memory than the "
            f"{self.around.memory_bytes / 2**30:.0f} GiB allowed. Try a smaller file.",
            cause="memory",
            log=self._wire.log(),
        )

    def _death(self, cpu_seconds: int) -> ChildDied:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        log = self._wire.log()
        status = self._process.returncode
        if status == -signal.SIGXCPU:
            return ChildDied(
                f"Work on this file was stopped because it needed more than {cpu_seconds} seconds "
                "of processor time. Try a shorter or smaller file.",
                cause="cpu",
                log=log,
            )
        if any(word in log for word in ("bad_alloc", "MemoryError", "out of memory")):
            return self._out_of_memory()
        if status == -signal.SIGKILL:
            return ChildDied(
                "Work on this file was stopped by the system, most likely because memory ran out. "
                "Try again later or with a smaller file.",
                cause="memory",
                log=log,
            )
        if status is not None and status < 0:
            return ChildDied(
                "The reader crashed on this file. The file may be damaged or made to do harm; "
                "nothing else was affected.",
                cause="signal",
                log=log,
            )
        return ChildDied(
            "The reader ended on this file without an answer. The file may be damaged or made to "
            "do harm; nothing else was affected.",
            cause="exit",
            log=log,
        )

    def kill(self) -> None:
        """End the child and everything it started, and remove its scratch folder."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._wire.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def forget(self) -> None:
        """After a fork: this process never owned the child, so only let go of the descriptors."""
        self._process.returncode = 0
        self._wire.close()
