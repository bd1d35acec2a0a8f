"""Which addresses belong to the public internet (RFC 6890), whoever asks a name server for them."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether the address, and one that is wrapped inside it, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_public(wrapped) for wrapped in inner if wrapped is not None):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
