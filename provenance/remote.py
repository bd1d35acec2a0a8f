"""Fetching credentials that a file only points to, where the operator allows it.

An address in an uploaded file is a stranger's wish to have this machine send a request. It is
followed only to a host on the operator's own list, over https, to an address that was looked up and
found public here, and that very address is connected to, so that a second look-up cannot lead
elsewhere. No redirect is followed, nothing is sent but the request, size and time are limited. The
bytes are only read in the child. Sources: RFC 6890 (special-purpose addresses), OWASP, "Server-Side
Request Forgery Prevention".
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import ipaddress
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from foundation.network import Address
from foundation.network import is_public as _is_public
from provenance.errors import NotFetched, RemoteHostsInvalid
from provenance.text import shown

VARIABLE = "PROBITY_REMOTE_MANIFEST_HOSTS"
LARGEST = 16 * 2**20
SECONDS = 10.0
_PIECE = 64 * 1024
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")

Hosts = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """``data`` from ``url``, which was served by ``address``."""

    url: str
    host: str
    address: str
    fetched_at: datetime
    data: bytes

    def to_dict(self) -> dict[str, Any]:
        """What to record: everything but the data, with its digest."""
        return {
            "url": shown(self.url, longest=300),
            "host": self.host,
            "address": self.address,
            "fetched_at": self.fetched_at.isoformat(timespec="seconds"),
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "bytes": len(self.data),
        }


def hosts() -> Hosts:
    """The hosts of the operator's list; none by default. Raises RemoteHostsInvalid."""
    return checked(part for part in re.split(r"[\s,]+", os.environ.get(VARIABLE, "")) if part)


def checked(names: Iterable[str]) -> Hosts:
    """Host names in small letters; ``*.example.org`` stands for everything below example.org.

    Raises RemoteHostsInvalid.
    """
    found = frozenset(str(name).lower() for name in names)
    for name in sorted(found):
        if not _HOST.fullmatch(name):
            raise RemoteHostsInvalid(
                f"{VARIABLE}: {name!r} is no host name. Write names such as manifests.example.org "
                "or *.example.org, with commas; no addresses, ports or schemes."
            )
    return found


def fetch(url: str, allowed: Hosts) -> Fetched:
    """The bytes at ``url``, at most ``LARGEST`` in at most ``SECONDS``, the look-up included.

    Raises NotFetched.
    """
    parts, host = _vetted_url(url, allowed)
    line = _Line()
    answer: Future[Fetched] = Future()

    def work() -> None:
        try:
            answer.set_result(line.fetch(url, parts, host))
        except BaseException as error:
            answer.set_exception(error)

    # A thread, because a look-up and a server that drips can not be told to hurry.
    threading.Thread(target=work, name="remote-manifest", daemon=True).start()
    try:
        return answer.result(timeout=SECONDS)
    except TimeoutError:
        line.cut()
        raise NotFetched(
            f"The file's credentials lie on {host}, which took more than {SECONDS:g} seconds; they "
            "were not checked."
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(
            f"The file's credentials lie on {host}, which gave no usable answer "
            f"({type(error).__name__}); they were not checked."
        ) from error


def _vetted_url(url: str, allowed: Hosts) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = url.isascii() and url.isprintable() and " " not in url
    if (
        not plain
        or parts.scheme != "https"
        or parts.username is not None
        or port not in (None, 443)
    ):
        raise NotFetched(
            "The file points to credentials at an address that is not fetched: only plain https "
            "addresses are. They were not checked."
        )
    if not any(_matches(host, name) for name in allowed):
        raise NotFetched(
            f"The file's credentials lie on {shown(host)}, which is not on this operator's list of "
            "hosts; nothing was fetched, so they were not checked."
        )
    return parts, host


def _matches(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _public_address(host: str) -> Address:
    """The first address of the host; all of them must be public. Raises NotFetched."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(
            f"The file's credentials lie on {host}, which cannot be found; they were not checked."
        ) from error
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not addresses or not all(map(_is_public, addresses)):
        raise NotFetched(
            f"The file's credentials lie on {host}, which leads into a private network; nothing "
            "was fetched, so they were not checked."
        )
    return addresses[0]


class _Pinned(http.client.HTTPSConnection):
    """A TLS connection to one vetted address, with the certificate of the host's name."""

    def __init__(self, host: str, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, 443, timeout=SECONDS, context=self._tls)
        self._address = address
        self.held: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the vetted address, whatever the name leads to by now."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self.held = self._tls.wrap_socket(plain, server_hostname=self.host)


class _Line:
    """One request, which another thread can cut off."""

    def __init__(self) -> None:
        self._connection: _Pinned | None = None

    def fetch(self, url: str, parts: SplitResult, host: str) -> Fetched:
        """Look up, connect, ask, read."""
        address = _public_address(host)
        self._connection = connection = _Pinned(host, str(address))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/c2pa, */*;q=0.1", "Accept-Encoding": "identity"}
        try:
            connection.request("GET", target, headers=headers)
            with connection.getresponse() as answer:
                data = _body(answer, host)
        finally:
            connection.close()
        return Fetched(
            url=url, host=host, address=str(address), fetched_at=datetime.now(UTC), data=data
        )

    def cut(self) -> None:
        """End it from outside."""
        held = self._connection.held if self._connection else None
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def _body(answer: http.client.HTTPResponse, host: str) -> bytes:
    if answer.status != http.HTTPStatus.OK:
        raise NotFetched(
            f"The file's credentials lie on {host}, which answered {answer.status}; no other "
            "address was tried, and they were not checked."
        )
    if answer.getheader("Content-Encoding", "identity").lower() != "identity":
        raise NotFetched(f"{host} sent the file's credentials packed; they were not checked.")
    data = answer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise NotFetched(
            f"The file's credentials on {host} have more than {LARGEST // 2**20} MB, which no "
            "manifest has; they were not checked."
        )
    return data
