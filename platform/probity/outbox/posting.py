"""One POST to somebody else's machine: looked up once, connected to just that, soon over.

No redirect is followed, no proxy asked, and of the answer only the beginning is read. Nothing here
raises for what the other side does: every outcome is an Answer.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from foundation.network import Address
from probity.core.clock import now
from probity.core.errors import Refusal

from .places import Place, place_of, walls

ANSWER_BYTES = 1024
GONE = 410
#: What a receiver allows a signature's time to differ from its own clock (Standard Webhooks).
TOLERANCE_MINUTES = 5


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. ``status`` is None where nothing answered; then ``error`` says why.

    ``ahead`` is by how many seconds the receiver's clock (its Date header) is ahead of ours; 0
    where it says none.
    """

    status: int | None = None
    text: str = ""
    address: str = ""
    retry_after: int | None = None
    error: str = ""
    ahead: int = 0

    @property
    def taken(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def why_not(self) -> str:
        """Why the receiver did not take it, in a sentence; empty where it did."""
        if self.taken or self.error:
            return self.error
        if self.status is not None and 300 <= self.status < 400:
            return f"It answered {self.status}; redirects are not followed."
        minutes = round(abs(self.ahead) / 60)
        if self.status is None or self.status >= 500 or minutes < TOLERANCE_MINUTES:
            return f"It answered {self.status}."
        if self.ahead > 0:
            return (
                f"It answered {self.status}. Its clock is {minutes} minutes ahead of ours; that is "
                "more than a signature may be off."
            )
        return (
            f"It answered {self.status}. Its clock is {minutes} minutes behind ours; that is more "
            "than a signature may be off."
        )


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Send ``body`` and wait at most ``seconds`` for the answer's beginning."""
    try:
        place = place_of(url)
        addresses = _addresses(place)
    except Refusal as refusal:
        return Answer(error=refusal.sentence)
    line = _Line(place, time.monotonic() + seconds)
    try:
        return line.post(addresses, body, dict(headers))
    except TimeoutError:
        return Answer(error=f"No answer within {seconds:g} seconds.", address=line.address)
    except ssl.SSLError as error:
        return Answer(error=f"No secure connection: {error.reason or 'TLS'}.", address=line.address)
    except (OSError, http.client.HTTPException, ValueError) as error:
        sentence = (
            f"No answer within {seconds:g} seconds."
            if line.late
            else f"No usable answer ({type(error).__name__})."
        )
        return Answer(error=sentence, address=line.address)


class _Unreachable(Refusal):
    """A name that leads nowhere, or where nothing is sent."""


def _addresses(place: Place) -> list[Address]:
    """All addresses of the host; every one must be open, or a second answer could choose."""
    try:
        # without AI_ADDRCONFIG, which knows no loopback: a machine whose only other address is an
        # IPv6 one would not even find 127.0.0.1
        rows = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _Unreachable("The host's name cannot be found.") from None
    found = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    allowed = walls()
    if not found or not all(allowed.open_to(address, host=place.host) for address in found):
        raise _Unreachable(
            "The host leads into a private network, so nothing was sent. An operator can allow "
            "it with PROBITY_WEBHOOK_PRIVATE."
        )
    return list(dict.fromkeys(found))


class _Line:
    """One request with a moment by which it is over, however slowly the other side drips."""

    def __init__(self, place: Place, until: float) -> None:
        self.place, self.until = place, until
        self.address, self.late = "", False
        self._socket: socket.socket | None = None

    def post(self, addresses: Sequence[Address], body: bytes, headers: dict[str, str]) -> Answer:
        """Connect to the first address that answers, ask, read the beginning of the answer."""
        watch = threading.Timer(self._left(), self._cut)
        watch.daemon = True
        watch.start()
        connection = http.client.HTTPConnection(self.place.host, self.place.port)
        try:
            connection.sock = self._connect(addresses)
            connection.putrequest(
                "POST", self.place.target, skip_host=True, skip_accept_encoding=True
            )
            for name, value in {
                "Host": self.place.authority,
                "Content-Length": str(len(body)),
                "Accept-Encoding": "identity",
                "Connection": "close",
                **headers,
            }.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            with connection.getresponse() as answer:
                if self.late:  # the cut looks like the end of the headers
                    raise TimeoutError
                text = _beginning(answer)
                after = answer.getheader("Retry-After", "")
                return Answer(
                    status=answer.status,
                    text=shown(text),
                    address=self.address,
                    retry_after=int(after) if after.isdecimal() else None,
                    ahead=_ahead(answer.getheader("Date", "")),
                )
        finally:
            watch.cancel()
            connection.close()

    def _connect(self, addresses: Sequence[Address]) -> socket.socket:
        problem: OSError = ConnectionError("no address")
        for address in addresses:
            self.address = str(address)
            try:
                plain = socket.create_connection((str(address), self.place.port), self._left())
            except OSError as error:
                problem = error
                continue
            self._socket = plain
            if self.place.secure:
                tls = ssl.create_default_context()
                safe = tls.wrap_socket(
                    plain, server_hostname=self.place.host, do_handshake_on_connect=False
                )
                self._socket = safe  # before the handshake, which may drip as well
                safe.do_handshake()
                return safe
            return plain
        raise problem

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _cut(self) -> None:
        self.late = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _ahead(date: str) -> int:
    """By how many seconds this Date header is ahead of our clock; 0 for none, or none to read."""
    try:
        return round((parsedate_to_datetime(date) - now()).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return 0


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """The first bytes of the body; the status stands even if the rest never comes."""
    try:
        return answer.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return error.partial if isinstance(error, http.client.IncompleteRead) else b""


def shown(data: bytes) -> str:
    """The beginning of an answer as text that can be kept and shown: no control characters."""
    text = data[:ANSWER_BYTES].decode("utf-8", "replace")
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text
    )
