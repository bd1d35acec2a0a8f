"""Who signed each manifest, and by which lists they may be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography import x509

from provenance import certificates, jumbf, purposes, signature
from provenance.history import History
from provenance.text import shown_or_none


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """One list's parsed anchors."""

    name: str
    title: str
    signers: tuple[x509.Certificate, ...]
    time_stamps: tuple[x509.Certificate, ...]
    allowed: frozenset[str]


@lru_cache(maxsize=32)
def _parsed(pem: str) -> tuple[x509.Certificate, ...]:
    return tuple(certificates.parse_pem(pem.encode())) if pem else ()


def anchors(lists: Sequence[Mapping[str, Any]]) -> tuple[Anchors, ...]:
    """The anchors of the lists that the parent sent (already validated there)."""
    return tuple(
        Anchors(
            name=entry["name"],
            title=entry["title"],
            signers=_parsed(entry["anchors"]),
            time_stamps=_parsed(entry["time_stamps"]),
            allowed=frozenset(entry["allowed"]),
        )
        for entry in lists
    )


class Signers:
    """The signers of a store's manifests, judged under the given lists."""

    def __init__(
        self,
        history: History,
        store: bytes,
        lists: Sequence[Anchors],
        *,
        moment: datetime | None,
    ) -> None:
        self._history = history
        self._lists = lists
        self._moment = moment or datetime.now(UTC)
        boxes = jumbf.signatures(store)
        self._chains = {
            label: self._checked(label, signature.chains(box)) for label, box in boxes.items()
        }

    def chain(self, label: str) -> tuple[x509.Certificate, ...]:
        """The signer's certificates, leaf first; empty when they could not be read."""
        return self._chains.get(label, signature.Chains()).signer

    def time_stamp(self, label: str) -> dict[str, Any] | None:
        """The time-stamp that the library validated: time, authority, and whether its chain leads
        to a time-stamp anchor (``trusted`` None: its certificates are not in the file)."""
        told = self._history.on(label)
        time = parsed_time(self._info(label).get("time"))
        if time is None or "timeStamp.validated" not in told.good:
            return None
        chain = self._chains.get(label, signature.Chains()).time_stamp
        trusted_by = [
            entry.name
            for entry in self._lists
            if chain and certificates.chain_to(entry.time_stamps, chain, moment=time)
        ]
        return {
            "time": time.isoformat(),
            "authority": certificates.name_of(chain[0]) if chain else None,
            "trusted": bool(trusted_by) if chain else None,
            "trusted_by": trusted_by,
        }

    def signed_at(self, label: str) -> datetime | None:
        """The time that a validated time-stamp proves."""
        found = self.time_stamp(label)
        return parsed_time(found["time"]) if found else None

    def anchored(self, label: str, entry: Anchors, *, moment: datetime | None) -> bool | None:
        """Whether the signer's chain leads to a signer anchor; None when it cannot be read."""
        chain = self.chain(label)
        if not chain:
            return None
        return certificates.chain_to(entry.signers, chain, moment=moment) is not None

    def allowed(self, label: str, entry: Anchors) -> bool:
        """Whether the signer's own certificate stands on the list."""
        chain = self.chain(label)
        return bool(chain) and certificates.digest(chain[0]) in entry.allowed

    def purposes(self, label: str) -> tuple[str, ...] | None:
        """The purposes of the signer's certificate; None when it could not be read."""
        chain = self.chain(label)
        return (certificates.usages(chain[0]) or ()) if chain else None

    def described(self, label: str, *, trusted: bool | None = None) -> dict[str, Any]:
        """Name, organisation, issuer and whether the name may be shown as an identity.

        ``trusted`` is the verdict on the active manifest; without it the chain is judged here at
        the time of signing (or now, without a time-stamp).
        """
        info = self._info(label)
        chain = self.chain(label)
        subject = (
            certificates.name_of(chain[0])
            if chain
            else {
                "name": shown_or_none(info.get("common_name")) or shown_or_none(info.get("issuer")),
                "organisation": shown_or_none(info.get("issuer")),
            }
        )
        issuer = certificates.name_of(chain[0], issuer=True) if chain else {}
        known = self._believed(label) if trusted is None else trusted
        name = subject["organisation"] or subject["name"]
        return {
            "name": subject["name"],
            "organisation": subject["organisation"],
            "issuer": issuer.get("organisation") or issuer.get("name"),
            "shown_as_identity": known,
            "shown": name if known or not name else f"claims to be {name}",
            "signed_at": self._time_text(label),
        }

    def _believed(self, label: str) -> bool:
        if self._history.on(label).broken():
            return False
        usages = self.purposes(label)
        if usages is None or not purposes.may_sign(usages):
            return False
        moment = self.signed_at(label) or self._moment
        return any(
            self.allowed(label, entry) or self.anchored(label, entry, moment=moment)
            for entry in self._lists
        )

    def _time_text(self, label: str) -> str | None:
        time = parsed_time(self._info(label).get("time"))
        return time.isoformat() if time else None

    def _info(self, label: str) -> dict[str, Any]:
        info = self._history.manifests.get(label, {}).get("signature_info")
        return info if isinstance(info, dict) else {}

    def _checked(self, label: str, found: signature.Chains) -> signature.Chains:
        """Only the chain whose leaf is the one that the library verified."""
        serial = str(self._info(label).get("cert_serial_number"))
        if found.signer and str(found.signer[0].serial_number) != serial:
            return signature.Chains()
        return found


def parsed_time(value: Any) -> datetime | None:
    """An ISO 8601 time with a zone; None of anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value[:40])
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
