"""What the process that holds the key answers the child that builds a manifest.

The child parses media that may be hostile. It gets one signature, and only over a claim that names
this identity and carries this work's title; whether the claim fits the output is found out
afterwards by reading the output in another child.
"""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from foundation.time_stamps import time_stamp_fetch
from provenance import cbor
from provenance.signing.errors import SigningRefused
from provenance.signing.keys import KeyHolder

_LARGEST = 2**20
_CHAIN = 33
_CLAIM = frozenset({"instanceID", "signature", "created_assertions"})


class Answers:
    """Answers for one work."""

    def __init__(
        self,
        key: KeyHolder,
        leaf: x509.Certificate,
        *,
        title: str,
        time_stamp_url: str | None,
    ) -> None:
        self._key = key
        self._leaf = leaf.public_bytes(Encoding.DER)
        self._title = title
        self._url = time_stamp_url
        self._left = {"sign", "stamp"} if time_stamp_url else {"sign"}

    def __call__(self, question: dict[str, Any]) -> bytes:
        """The signature, or the time-stamp authority's answer. Raises SigningRefused."""
        ((what, data),) = question.items() if len(question) == 1 else (("", b""),)
        if what not in self._left or not isinstance(data, bytes) or len(data) > _LARGEST:
            raise _suspicious()
        self._left.remove(what)
        if what == "stamp" and self._url:
            return time_stamp_fetch(data, url=self._url)
        self._must_be_claim(data)
        return self._key.sign(data)

    def _must_be_claim(self, data: bytes) -> None:
        """Sig_structure of RFC 9052, section 4.4: context, protected header, nothing, claim."""
        try:
            context, protected, external, payload = cbor.loads(data)
            chain = cbor.loads(protected).get(_CHAIN)
            claim = cbor.loads(payload)
        except (ValueError, TypeError, AttributeError):
            raise _suspicious() from None
        leaf = chain[0] if isinstance(chain, list) and chain else chain
        fits = (
            context == "Signature1"
            and external == b""
            and leaf == self._leaf
            and isinstance(claim, dict)
            and claim.keys() >= _CLAIM
            and claim.get("dc:title") == self._title
        )
        if not fits:
            raise _suspicious()


def _suspicious() -> SigningRefused:
    return SigningRefused(
        "The process that reads this file asked for a signature on something else, so it was "
        "stopped and nothing was signed. The file may be made to do harm."
    )
