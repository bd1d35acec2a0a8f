"""The certificates inside a claim signature, and those of its time-stamp.

A C2PA signature is a COSE_Sign1 (RFC 9052): the chain stands under header 33 (``x5chain``,
RFC 9360), in older files under the text ``x5chain``; the time-stamp under ``sigTst`` or ``sigTst2``
(C2PA Technical Specification 2.2, section 10.3.2). The reading library checks the signatures; this
module only shows whose they are, so that purpose and chain can be judged apart.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.utils import CryptographyDeprecationWarning

from provenance import cbor, certificates, purposes

_SIGNED_DATA_TAG = 0x30
_GRANTED_PREFIX = b"\x02\x01"
MOST_CERTIFICATES = 12


@dataclass(frozen=True)
class Chains:
    """Leaf-first certificate chains of one signature; empty when there is none to be read."""

    signer: tuple[x509.Certificate, ...] = ()
    time_stamp: tuple[x509.Certificate, ...] = ()


def chains(box: bytes) -> Chains:
    """The chains in one signature box; what cannot be read is left empty."""
    try:
        message = cbor.loads(box)
    except cbor.CborError:
        return Chains()
    if not isinstance(message, list) or len(message) != 4:
        return Chains()
    protected, unprotected = _headers(message[0]), _headers(message[1])
    return Chains(
        signer=_signer(protected) or _signer(unprotected),
        time_stamp=_time_stamp({**protected, **unprotected}),
    )


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
    for key in ("sigTst2", "sigTst"):
        tokens = _member(headers.get(key), "tstTokens")
        for token in tokens if isinstance(tokens, list) else []:
            value = _member(token, "val")
            found = _token_certificates(value) if isinstance(value, bytes) else ()
            if found:
                return found
    return ()


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _token_certificates(token: bytes) -> tuple[x509.Certificate, ...]:
    """Certificates of an RFC 3161 token, the time-stamping leaf first.

    The value is a whole TimeStampResp in older files and a bare TimeStampToken in newer ones.
    """
    return _signed_data(token) or _signed_data(_inside_response(token) or b"")


def _signed_data(token: bytes) -> tuple[x509.Certificate, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            warnings.simplefilter("ignore", UserWarning)
            found = pkcs7.load_der_pkcs7_certificates(token)
    except MemoryError:
        raise
    except Exception:  # junk in a stranger's file: the parser's errors are of several kinds
        return ()
    return _leaf_first(found[:MOST_CERTIFICATES])


def _leaf_first(found: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    if not all(map(certificates.whole, found)):
        return ()
    leaves = [
        certificate
        for certificate in found
        if purposes.TIME_STAMPING in (certificates.usages(certificate) or ())
        and not certificates.is_authority(certificate)
    ]
    if not leaves:
        return ()
    return (leaves[0], *(other for other in found if other is not leaves[0]))


def _inside_response(response: bytes) -> bytes | None:
    """The token in ``TimeStampResp ::= SEQUENCE { status SEQUENCE, token }`` (RFC 3161)."""
    outer = _tlv(response, 0)
    if outer is None or response[0] != _SIGNED_DATA_TAG:
        return None
    status = _tlv(response, outer[0])
    if status is None or response[outer[0]] != _SIGNED_DATA_TAG:
        return None
    if response[status[0] : status[0] + 2] != _GRANTED_PREFIX:
        return None
    token = _tlv(response, status[1])
    return response[status[1] : token[1]] if token else None


def _tlv(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the content of the DER element at ``at`` begins and ends."""
    if at + 2 > len(data):
        return None
    first = data[at + 1]
    begin = at + 2
    if first & 0x80:
        count = first & 0x7F
        if not 1 <= count <= 4 or begin + count > len(data):
            return None
        first = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    end = begin + first
    return (begin, end) if end <= len(data) else None
