"""A receiver of webhooks in threads of its own: it can fail, be slow, and hang up."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from probity.accounts.actors import Actor, person_actor


@dataclass
class Receiver:
    """What arrived, and what is answered next; ``plan`` is used up one by one, then 200."""

    url: str
    plan: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    effects: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Remember the request, and act on it once per id as a good receiver does."""
        with self.lock:
            self.heard.append((headers, body))
            self.effects.setdefault(headers["webhook-id"], json.loads(body))


def answers(status: int, text: str = "", **headers: str) -> Callable[[Any], None]:
    """Answer with a status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


def dawdles(seconds: float, *, drip: bool = False) -> Callable[[Any], None]:
    """Take long: silent, or a byte of a header now and then."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        until = time.monotonic() + seconds
        try:
            if drip:
                handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while time.monotonic() < until:
                if drip:
                    handler.wfile.write(b"x")
                    handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True

    return answer


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Act on the message, then break the line before a word is said."""
    handler.close_connection = True


@pytest.fixture
def behaviours() -> dict[str, Callable[..., Any]]:
    """How the receiver can answer."""
    return {"answers": answers, "dawdles": dawdles, "hangs_up": lambda: hangs_up}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """It listens on a loopback port, which the operator's list opens for this test."""
    settings.WEBHOOK_PRIVATE = ["127.0.0.1"]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.take({name.lower(): value for name, value in self.headers.items()}, body)
            with found.lock:
                step = found.plan.pop(0) if found.plan else answers(200, "thank you")
            step(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def admin_actor(person: Callable[..., Any]) -> Actor:
    """An administrator."""
    return person_actor(person("root", "administrator"))


@pytest.fixture
def endpoint(admin_actor: Actor, receiver: Receiver) -> Any:
    """An endpoint that leads to the receiver; its secret is kept on ``told_secret``."""
    from probity.outbox.endpoints import endpoint_make

    row, secret = endpoint_make(
        actor=admin_actor, name="host", url=receiver.url, subscribed=["decision.made"]
    )
    row.told_secret = secret  # type: ignore[attr-defined]
    return row


@pytest.fixture
def now_due(db: None) -> Callable[[], None]:
    """Let every wait be over: retries of messages and the rest of endpoints."""
    from django.utils import timezone

    from probity.outbox.models import Endpoint, Message

    def run() -> None:
        Message.objects.filter(state="waiting").update(next_at=timezone.now())
        Endpoint.objects.update(rest_until=None)

    return run
