"""The door: a listening socket on this computer only, and the question whether it is open."""

from __future__ import annotations

import errno
import socket
import time
import urllib.error
import urllib.request

from .errors import PortTaken

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
TRIES = 100
PATIENCE_SECONDS = 5.0


def listen(port: int | None, *, earlier: int | None = None) -> socket.socket:
    """A listening loopback socket on ``port``, or on the first free one from 8000 on.

    The supervisor holds it for its whole life, so that the address stays the same when the web
    server is restarted. ``earlier`` is the port of a supervisor that was killed: its web server
    gets a moment to let go of it. Raises PortTaken.
    """
    if port is not None:
        return _try(port) or _refuse(f"Port {port} is in use. Choose another one, or none.")
    deadline = time.monotonic() + (PATIENCE_SECONDS if earlier else 0.0)
    while earlier and time.monotonic() < deadline:
        if found := _try(earlier):
            return found
        time.sleep(0.1)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + TRIES):
        if found := _try(candidate):
            return found
    return _refuse(f"The ports {DEFAULT_PORT} to {DEFAULT_PORT + TRIES - 1} are all in use.")


def address(port: int) -> str:
    """The product's URL."""
    return f"http://{HOST}:{port}/"


def healthy(port: int) -> bool:
    """Whether the application answers /healthz with 200; no proxy is asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address(port)}healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _try(port: int) -> socket.socket | None:
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen(2048)
    except OSError as error:
        door.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return None
        raise
    return door


def _refuse(sentence: str) -> socket.socket:
    raise PortTaken(sentence)
