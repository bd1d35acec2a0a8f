"""Frames on a pipe: four bytes of length (big endian), then one msgpack value. Never pickle."""

from __future__ import annotations

import os
import select
import struct
import time
from typing import Any

import msgpack  # type: ignore[import-untyped]

MAX_FRAME = 512 * 1024 * 1024
_HEADER = struct.Struct(">I")
_PART = 1 << 20
_LOG_KEPT = 64 * 1024


class WireClosedError(Exception):
    """The other side is gone."""


class WireBrokenError(Exception):
    """What arrived is not a frame."""


class WireTimeoutError(Exception):
    """The deadline passed before the frame was complete."""


def _plain(value: Any) -> Any:
    """Numpy scalars as Python numbers; anything else is refused by msgpack's own TypeError."""
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return value.item()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} cannot cross the process boundary")


def encode(value: Any) -> bytes:
    """One frame, header included. Raises TypeError or ValueError for what msgpack cannot hold."""
    body: bytes = msgpack.packb(value, use_bin_type=True, default=_plain)
    if len(body) > MAX_FRAME:
        raise ValueError(f"the answer has {len(body)} bytes; at most {MAX_FRAME} can be sent")
    return _HEADER.pack(len(body)) + body


def decode(body: bytes | bytearray) -> Any:
    """The value of one frame's body. Raises WireBrokenError."""
    try:
        return msgpack.unpackb(body, raw=False, strict_map_key=True)
    except Exception as error:
        raise WireBrokenError(type(error).__name__) from error


class BlockingWire:
    """The child's end: waits as long as it takes."""

    def __init__(self, *, reader: int, writer: int) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, frame: bytes) -> None:
        view = memoryview(frame)
        while view:
            view = view[os.write(self._writer, view) :]

    def receive(self) -> Any:
        """The next value. Raises WireClosedError at the end."""
        (length,) = _HEADER.unpack(self._exactly(_HEADER.size))
        return decode(self._exactly(length))

    def _exactly(self, size: int) -> bytearray:
        data = bytearray()
        while len(data) < size:
            part = os.read(self._reader, min(_PART, size - len(data)))
            if not part:
                raise WireClosedError
            data += part
        return data


class PolledWire:
    """The parent's end: non-blocking, with deadlines, and it drains the child's log meanwhile."""

    def __init__(self, *, reader: int, writer: int, log: int) -> None:
        self._fds = (reader, writer, log)
        self._reader, self._writer, self._log = reader, writer, log
        self._kept = bytearray()
        self._pending = bytearray()
        for fd in self._fds:
            os.set_blocking(fd, False)

    def send(self, frame: bytes, *, deadline: float) -> None:
        """Write a whole frame. Raises WireClosedError, WireTimeoutError."""
        view = memoryview(frame)
        while view:
            self._wait(self._writer, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._writer, view[:_PART]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise WireClosedError from error

    def receive(self, *, deadline: float) -> Any:
        """The next value. Raises WireClosedError, WireBrokenError, WireTimeoutError."""
        while True:
            value_at = _HEADER.size
            if len(self._pending) >= value_at:
                (length,) = _HEADER.unpack(self._pending[:value_at])
                if length > MAX_FRAME:
                    raise WireBrokenError("frame too long")
                if len(self._pending) >= value_at + length:
                    body = self._pending[value_at : value_at + length]
                    del self._pending[: value_at + length]
                    return decode(body)
            self._fill(deadline)

    def _fill(self, deadline: float) -> None:
        self._wait(self._reader, select.POLLIN, deadline)
        try:
            part = os.read(self._reader, _PART)
        except BlockingIOError:
            return
        if not part:
            raise WireClosedError
        self._pending += part

    def _wait(self, fd: int, what: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(fd, what)
        watches_log = self._log >= 0
        if watches_log:
            poll.register(self._log, select.POLLIN)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WireTimeoutError
            ready = {found for found, _ in poll.poll(left * 1000 + 1)}
            if self._log in ready and not self._drain():
                poll.unregister(self._log)
            if fd in ready:
                return

    def _drain(self) -> bool:
        """Move what the libraries wrote into the bounded log; False once that pipe is closed."""
        try:
            part = os.read(self._log, _PART)
        except BlockingIOError:
            return True
        self._kept += part
        del self._kept[:-_LOG_KEPT]
        return bool(part)

    def log(self) -> str:
        """The last 64 KiB that the child's libraries wrote to standard error."""
        while self._drain_more():
            pass
        return self._kept.decode("utf-8", "replace")

    def _drain_more(self) -> bool:
        before = len(self._kept)
        try:
            return self._drain() and len(self._kept) > before
        except OSError:
            return False

    def close(self) -> None:
        for fd in self._fds:
            try:
                os.close(fd)
            except OSError:
                continue
