"""Who signed each manifest, and by which lists they may be believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from provenance import certificates, jumbf, purposes, signature
from provenance.anchoring import ListAnchors
from provenance.history import History
from provenance.text import shown_or_none

_OWN_CLOCKS = (b"c2pa.time-stamp", b"c2pa.certificate-status")
"""Assertions that bring time-stamps or answers about revocation for other manifests."""


def chains_of(store: bytes) -> dict[str, signature.Chains]:
    """The certificates of every signature in a manifest store, by the label of its manifest."""
    return {label: signature.chains(box) for label, box in jumbf.signatures(store).items()}


class Signers:
    """The signers of a store's manifests, judged under the given lists."""

    def __init__(
        self,
        history: History,
        chains: dict[str, signature.Chains],
        lists: Sequence[ListAnchors],
        *,
        store: bytes,
        moment: datetime | None,
    ) -> None:
        self._history = history
        self._lists = lists
        self._moment = moment or datetime.now(UTC)
        self._chains = {label: self._checked(label, found) for label, found in chains.items()}
        self._stamps: dict[str, dict[str, Any] | None] = {}
        self.peculiar = any(found.stapled for found in chains.values()) or any(
            label in store for label in _OWN_CLOCKS
        )

    def _held(self, label: str) -> signature.Chains:
        return self._chains.get(label, signature.Chains())

    def issuers(self, label: str) -> frozenset[bytes] | None:
        """Who issued the signer's certificates, by name; None where that cannot all be known."""
        return self._held(label).issuers

    def every_issuer(self) -> frozenset[bytes] | None:
        """The issuers of all signers and time-stamp authorities in the store, by name; None where
        they cannot all be known."""
        found: set[bytes] = set()
        for label in self._history.manifests:
            signer, stamp = self.issuers(label), self.stamp_issuers(label)
            if signer is None or stamp is None or self.peculiar:
                return None
            found |= signer | stamp
        return frozenset(found)

    def stamp_issuers(self, label: str) -> frozenset[bytes] | None:
        """The same for the time-stamp; empty when there is none."""
        return self._held(label).stamp_issuers

    def stamped_at(self, label: str) -> datetime | None:
        """The time that the library read from the signature, validated or not."""
        return parsed_time(self._info(label).get("time"))

    def chain(self, label: str) -> tuple[x509.Certificate, ...]:
        """The signer's certificates, leaf first; empty when they could not be read."""
        return self._held(label).signer

    def time_stamp(self, label: str) -> dict[str, Any] | None:
        """The time-stamp that the library validated: time, authority, and whether its chain leads
        to a time-stamp anchor (``trusted`` None: its certificates are not in the file)."""
        if label not in self._stamps:
            self._stamps[label] = self._read_stamp(label)
        return self._stamps[label]

    def _read_stamp(self, label: str) -> dict[str, Any] | None:
        time = self.stamped_at(label)
        if time is None or "timeStamp.validated" not in self._history.on(label).good:
            return None
        chain = self._held(label).time_stamp
        fits = bool(chain) and purposes.TIME_STAMPING in (certificates.usages(chain[0]) or ())
        trusted_by = [
            entry.name
            for entry in self._lists
            if fits and certificates.chain_to(entry.time_stamps, chain, moment=time)
        ]
        return {
            "time": time.isoformat(),
            "authority": certificates.name_of(chain[0]) if chain else None,
            "trusted": bool(trusted_by) if chain else None,
            "trusted_by": trusted_by,
            "certificates": [certificates.described(found, moment=time) for found in chain],
        }

    def signed_at(self, label: str) -> datetime | None:
        """The time that a validated time-stamp proves."""
        found = self.time_stamp(label)
        return parsed_time(found["time"]) if found else None

    def anchored(self, label: str, entry: ListAnchors, *, moment: datetime | None) -> bool | None:
        """Whether the signer's chain leads to a signer anchor; None when it cannot be read."""
        if not self.chain(label):
            return None
        return self.anchor(label, entry, moment=moment) is not None

    def anchor(
        self, label: str, entry: ListAnchors, *, moment: datetime | None
    ) -> x509.Certificate | None:
        """The signer anchor to which the chain leads."""
        return certificates.chain_to(entry.signers, self.chain(label), moment=moment)

    def allowed(self, label: str, entry: ListAnchors) -> bool:
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
        time = self.stamped_at(label)
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
