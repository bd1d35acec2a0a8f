"""Where webhooks may go: https to public addresses, and what the operator's list adds to that.

``PROBITY_WEBHOOK_PRIVATE`` names hosts, addresses and networks inside the operator's own walls.
Source: OWASP, "Server-Side Request Forgery Prevention".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from foundation.network import Address, is_public
from probity.core.errors import InvalidInput

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
URL_MAX = 500
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Place:
    """A checked address: where to connect and what to ask for."""

    host: str
    port: int
    secure: bool
    target: str

    @property
    def authority(self) -> str:
        """The Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = PORTS["https" if self.secure else "http"] == self.port
        return name if usual else f"{name}:{self.port}"


@dataclass(frozen=True)
class Walls:
    """The operator's list: names and networks that may be reached although they are private."""

    names: frozenset[str]
    networks: tuple[Network, ...]

    def inside(self, host: str) -> bool:
        """Whether the host as written is on the list."""
        address = _literal(host)
        return host in self.names or (address is not None and self._listed(address))

    def open_to(self, address: Address, *, host: str) -> bool:
        """Whether a connection to this address of this host may be made."""
        return is_public(address) or host in self.names or self._listed(address)

    def _listed(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def walls(entries: Sequence[str] | None = None) -> Walls:
    """The list, from the settings; an entry is a network or address, or else a host's name."""
    names: set[str] = set()
    networks: list[Network] = []
    for entry in settings.WEBHOOK_PRIVATE if entries is None else entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            names.add(entry.lower().rstrip("."))
    return Walls(frozenset(names), tuple(networks))


def place_of(url: str) -> Place:
    """Check an address; raises InvalidInput with the field ``url``.

    Plain http is taken only for a host on the operator's list.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        raise _wrong("This is not a whole web address.") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= URL_MAX
    if not plain or parts.scheme not in PORTS or not host:
        raise _wrong(f"Give a whole web address that starts with https, at most {URL_MAX} letters.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _wrong("Leave names, passwords and # parts out of the address.")
    if parts.scheme == "http" and not walls().inside(host):
        raise _wrong(
            "Only https leaves this house. Plain http is for hosts that the operator lists in "
            "PROBITY_WEBHOOK_PRIVATE."
        )
    literal = _literal(host)
    if literal is not None and not walls().open_to(literal, host=host):
        raise _wrong(
            "This address lies in a private network. An operator can allow it with "
            "PROBITY_WEBHOOK_PRIVATE."
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port or PORTS[parts.scheme], parts.scheme == "https", target)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _wrong(sentence: str) -> InvalidInput:
    return InvalidInput.of({"url": sentence})
