"""Who signed an RFC 3161 time-stamp: the certificates inside the token, its signer's first.

The reading library checks the token's signature. Its signer is the one that the token names
(RFC 5652, section 5.3: issuer and serial number, or key identifier). A token may carry any number
of certificates that have nothing to do with it, so none is taken for what it is made for.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from provenance import certificates, der
from provenance.der import DerError, Element

MOST_CERTIFICATES = 12
_CERTIFICATES, _KEY_IDENTIFIER = 0xA0, 0x80
_GRANTED = (0, 1)


def chain(value: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a token, its signer's first; empty when they cannot be read, when the
    signer's is not among them, or when there are several signers.

    ``value`` is a whole TimeStampResp in older files and a bare TimeStampToken in newer ones.
    """
    try:
        held, signers = _inside(_token(value))
        found = [certificates.parse_der(bytes(item.whole)) for item in held]
        if len(signers) != 1 or not all(map(certificates.whole, found)):
            return ()
        leaf = _named(signers[0], found)
    except ValueError:
        return ()
    if leaf is None:
        return ()
    return (leaf, *(other for other in found if other != leaf))


def _token(value: bytes) -> Element:
    """``TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo }``."""
    outer = der.first(value, der.SEQUENCE)
    parts = list(outer.children())
    if parts and parts[0].tag == der.OBJECT_IDENTIFIER:
        return outer
    if len(parts) != 2 or parts[0].tag != der.SEQUENCE or parts[1].tag != der.SEQUENCE:
        raise DerError("no time-stamp response")
    status = der.first(parts[0].content, der.INTEGER)
    if int.from_bytes(status.content, "big") not in _GRANTED:
        raise DerError("the time-stamp was refused")
    return parts[1]


def _inside(token: Element) -> tuple[list[Element], list[Element]]:
    """Certificates and signers of ``ContentInfo ::= SEQUENCE { OID, [0] SignedData }``."""
    explicit = [part for part in token.children() if part.tag == _CERTIFICATES]
    if len(explicit) != 1:
        raise DerError("no signed data")
    parts = list(der.first(explicit[0].content, der.SEQUENCE).children())
    held = [part for part in parts[3:] if part.tag == _CERTIFICATES]
    signers = [part for part in parts[3:] if part.tag == der.SET]
    if len(signers) != 1 or len(held) > 1:
        raise DerError("no signers")
    listed = [item for item in held[0].children() if item.tag == der.SEQUENCE] if held else []
    if len(listed) > MOST_CERTIFICATES:
        raise DerError("too many certificates")
    return listed, list(signers[0].children())


def _named(signer: Element, found: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that a SignerInfo names."""
    parts = list(signer.children())
    if len(parts) < 2:
        return None
    if parts[1].tag == _KEY_IDENTIFIER:
        wanted = bytes(parts[1].content)
        return next((c for c in found if _key_identifier(c) == wanted), None)
    named = list(parts[1].children())
    if len(named) != 2 or named[1].tag != der.INTEGER:
        return None
    issuer, serial = bytes(named[0].whole), int.from_bytes(named[1].content, "big", signed=True)
    return next(
        (c for c in found if c.serial_number == serial and certificates.issuer_name(c) == issuer),
        None,
    )


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        held = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        return None
    return held.value.digest
