"""The certificates inside a claim signature, and those of its time-stamp.

A C2PA signature is a COSE_Sign1 (RFC 9052): the chain stands under header 33 (``x5chain``,
RFC 9360), in older files under the text ``x5chain``; the time-stamp under ``sigTst`` or ``sigTst2``
(C2PA Technical Specification 2.2, section 10.3.2). The reading library checks the signatures; this
module only shows whose they are, so that purpose and chain can be judged apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509 import ocsp

from provenance import cbor, certificates, stamps

_STAMPS = ("sigTst2", "sigTst")
MOST_CERTIFICATES = 12


@dataclass(frozen=True)
class Chains:
    """Leaf-first certificate chains of one signature; empty when there is none to be read.

    ``issuers`` are the names of everybody who issued one of the signer's certificates, and
    ``stamp_issuers`` the same for the time-stamp: None where they cannot all be known.
    ``stapled``: the signature brings answers about revocation along, and not only good ones.
    """

    signer: tuple[x509.Certificate, ...] = ()
    time_stamp: tuple[x509.Certificate, ...] = ()
    issuers: frozenset[bytes] | None = None
    stamp_issuers: frozenset[bytes] | None = None
    stapled: bool = False


def chains(box: bytes) -> Chains:
    """The chains in one signature box; what cannot be read is left empty."""
    try:
        message = cbor.loads(box)
    except cbor.CborError:
        return Chains()
    if not isinstance(message, list) or len(message) != 4:
        return Chains()
    protected, unprotected = _headers(message[0]), _headers(message[1])
    both = {**protected, **unprotected}
    signer = _signer(protected) or _signer(unprotected)
    stamp = _time_stamp(both)
    return Chains(
        signer=signer,
        time_stamp=stamp,
        issuers=_issuers(signer) if signer else None,
        stamp_issuers=_issuers(stamp)
        if _one_stamp_at_most(protected, unprotected, stamp)
        else None,
        stapled="rVals" in both and not _good(both["rVals"]),
    )


def _one_stamp_at_most(
    protected: dict[Any, Any], unprotected: dict[Any, Any], stamp: tuple[x509.Certificate, ...]
) -> bool:
    """Whether there is none, or one only, which was read: with several it is not known which one
    the library went by."""
    held = [
        headers[key] for headers in (protected, unprotected) for key in _STAMPS if key in headers
    ]
    if not held:
        return True
    tokens = _member(held[0], "tstTokens")
    return len(held) == 1 and isinstance(tokens, list) and len(tokens) == 1 and bool(stamp)


def _good(answers: Any) -> bool:
    """Whether all stapled answers about revocation (RFC 6960) are good ones."""
    listed = _member(answers, "ocspVals")
    if not isinstance(listed, list):
        return False
    try:
        return all(
            single.certificate_status is ocsp.OCSPCertStatus.GOOD
            for answer in listed[:MOST_CERTIFICATES]
            for single in ocsp.load_der_ocsp_response(answer).responses
        )
    except (ValueError, TypeError):
        return False


def _issuers(chain: tuple[x509.Certificate, ...]) -> frozenset[bytes] | None:
    """Every issuer's name; None for a chain so long that it may have been cut."""
    if len(chain) >= MOST_CERTIFICATES:
        return None
    return frozenset(map(certificates.issuer_name, chain))


def _headers(value: Any) -> dict[Any, Any]:
    if isinstance(value, bytes):
        try:
            value = cbor.loads(value)
        except cbor.CborError:
            return {}
    return value if isinstance(value, dict) else {}


def _signer(headers: dict[Any, Any]) -> tuple[x509.Certificate, ...]:
    value = headers.get(33, headers.get("x5chain"))
    listed = value if isinstance(value, list) else [value]
    ders = [der for der in listed[:MOST_CERTIFICATES] if isinstance(der, bytes)]
    if len(ders) != min(len(listed), MOST_CERTIFICATES):
        return ()
    try:
        found = tuple(certificates.parse_der(der) for der in ders)
    except ValueError:
        return ()
    return found if all(map(certificates.whole, found)) else ()


def _time_stamp(headers: dict[Any, Any]) -> tuple[x509.Certificate, ...]:
    for key in _STAMPS:
        tokens = _member(headers.get(key), "tstTokens")
        for token in tokens if isinstance(tokens, list) else []:
            value = _member(token, "val")
            found = stamps.chain(value) if isinstance(value, bytes) else ()
            if found:
                return found
    return ()


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
