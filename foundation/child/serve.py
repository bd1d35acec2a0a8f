"""The child itself: gives up its rights, then answers one request after another."""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import gc
import importlib
import os
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foundation.child import events, sandbox, wire
from foundation.child.errors import lacked_memory
from foundation.errors import Refusal


def main(options: dict[str, Any]) -> None:
    """Serve until the parent closes the pipe. ``options``: parent, memory_bytes, scratch."""
    sandbox.die_with_parent(int(options["parent"]))
    channel = _take_pipes()
    scratch = Path(options["scratch"])
    sandbox.limit(memory_bytes=int(options["memory_bytes"]))
    held = {
        "namespace": sandbox.leave_network(),
        "no_new_privileges": sandbox.forbid_new_privileges(),
        "landlock": sandbox.confine_writing(scratch),
        "seccomp": sandbox.forbid_sockets(),
    }
    faulthandler.enable()
    events.connect(
        lambda event: channel.send(wire.encode({"event": event})),
        lambda question: _asked(channel, question),
    )
    channel.send(wire.encode({"hello": held}))
    known: set[str] = set()
    with contextlib.suppress(wire.WireClosedError, BrokenPipeError):
        while True:
            request = channel.receive()
            sandbox.limit_processor(int(request["cpu_seconds"]))
            _settle(request.get("places", {}))
            channel.send(_answer(request))
            _wipe(scratch)
            if request["target"] not in known:
                known.add(request["target"])
                _set_apart()


def _set_apart() -> None:
    """The libraries that a first call loaded stay for good: the search for garbage need not pass
    through them every time."""
    gc.collect()
    gc.freeze()


def _settle(places: dict[str, str | None]) -> None:
    """Take over where the parent's folders are now."""
    for name, place in places.items():
        if place is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = place


def _asked(channel: wire.BlockingWire, question: dict[str, Any]) -> Any:
    """The parent's answer; a parent that does not answer ends this process instead."""
    channel.send(wire.encode({"question": question}))
    return channel.receive()["answer"]


def _take_pipes() -> wire.BlockingWire:
    """Move the protocol away from 0 and 1, so that a chatty library cannot write into it."""
    reader = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10)
    writer = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return wire.BlockingWire(reader=reader, writer=writer)


def _answer(request: dict[str, Any]) -> bytes:
    try:
        function = _resolve(request["target"])
        return wire.encode({"value": function(request["payload"])})
    except Refusal as refusal:
        return wire.encode({"refusal": refusal.to_dict()})
    except BaseException as error:
        if lacked_memory(error):
            return wire.encode({"memory": True})
        trace = "".join(traceback.format_exception(error))[-20_000:]
        return wire.encode({"failed": {"type": type(error).__name__, "trace": trace}})


def _resolve(target: str) -> Callable[[dict[str, Any]], Any]:
    module, _, name = target.partition(":")
    function: Callable[[dict[str, Any]], Any] = getattr(importlib.import_module(module), name)
    return function


def _wipe(scratch: Path) -> None:
    """Nothing made from one file may wait on the disk for the next one."""
    for entry in scratch.glob("*"):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                entry.unlink()
