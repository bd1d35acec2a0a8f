"""The anchors of the lists of a question, parsed once and kept in the child."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance import certificates
from provenance.certificates import Anchors

LISTS_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class ListAnchors:
    """One list's parsed anchors: of signers, of time-stamps, and both together as the reading
    library knows them; ``allowed`` are the SHA-256 digests of single leaves."""

    name: str
    signers: Anchors
    time_stamps: Anchors
    every: Anchors
    allowed: frozenset[str]

    def pem(self, issuers: Iterable[bytes] | None) -> str:
        """All anchors that have one of these names, as PEM; all of them when None."""
        chosen = (
            self.every.certificates
            if issuers is None
            else tuple(anchor for name in sorted(issuers) for anchor in self.every.named(name))
        )
        return "".join(anchor.public_bytes(Encoding.PEM).decode("ascii") for anchor in chosen)


_kept: OrderedDict[str, ListAnchors] = OrderedDict()


def known(sent: Sequence[Mapping[str, Any]]) -> tuple[ListAnchors, ...] | None:
    """The lists that the parent sent (validated there); None when one came as a reference only
    and is not kept here."""
    found = []
    for entry in sent:
        made = _list(entry)
        if made is None:
            return None
        found.append(made)
    return tuple(found)


def _list(entry: Mapping[str, Any]) -> ListAnchors | None:
    key = f"{entry['name']}:{entry['key']}"
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    if "anchors" not in entry:
        return None
    signers, stamps = _parsed(entry["anchors"]), _parsed(entry["time_stamps"])
    _kept[key] = ListAnchors(
        name=entry["name"],
        signers=Anchors(signers),
        time_stamps=Anchors(stamps),
        every=Anchors(dict.fromkeys((*signers, *stamps))),
        allowed=frozenset(entry["allowed"]),
    )
    while len(_kept) > LISTS_KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def _parsed(pem: str) -> tuple[x509.Certificate, ...]:
    return tuple(certificates.parse_pem(pem.encode())) if pem else ()
