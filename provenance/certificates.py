"""Certificates: reading them, their purpose, and the chain from a leaf to an anchor.

Judged with ``cryptography``, because the reading library takes junk in a trust store without a
word and accepts a time-stamp certificate as a signer. Chains follow RFC 5280 section 6 in what
matters here: names, signatures, CA flag, path length, key usage and validity at one moment. Name
constraints and policies are not evaluated.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from provenance import purposes
from provenance.text import shown

LONGEST_CHAIN = 10
_KEPT = 1024
"""The same intermediates and authorities stand in file after file; what was read of a certificate
is kept by its bytes, so nothing can be taken for something else."""


@lru_cache(maxsize=_KEPT)
def parse_der(der: bytes) -> x509.Certificate:
    """Raises ValueError when the bytes are no certificate."""
    with warnings.catch_warnings():
        # Real lists hold roots with serial numbers or algorithms that are out of fashion.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return x509.load_der_x509_certificate(der)
        except x509.InvalidVersion as error:
            raise ValueError(str(error)) from error


@lru_cache(maxsize=_KEPT)
def whole(certificate: x509.Certificate) -> bool:
    """Whether every part that is judged or shown can be read; the library parses them lazily."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate.subject.public_bytes()
            certificate.issuer.public_bytes()
            certificate.signature_algorithm_oid.dotted_string  # noqa: B018 - parsed on access
            summary(certificate)
            is_authority(certificate)
    except MemoryError:
        raise
    except Exception:  # damaged names and extensions raise errors of half a dozen kinds
        return False
    return True


def parse_pem(pem: bytes) -> list[x509.Certificate]:
    """All certificates of a PEM text; raises ValueError when one is broken or there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return x509.load_pem_x509_certificates(pem)
        except x509.InvalidVersion as error:
            raise ValueError(str(error)) from error


@lru_cache(maxsize=_KEPT)
def digest(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@lru_cache(maxsize=_KEPT)
def usages(certificate: x509.Certificate) -> tuple[str, ...] | None:
    """Extended key usages as dotted identifiers; None when the certificate does not limit them."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    return tuple(usage.dotted_string for usage in found)


@lru_cache(maxsize=_KEPT)
def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may issue certificates: CA flag set, and key usage (if any) allows it."""
    try:
        extensions = certificate.extensions
        if not extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except (x509.ExtensionNotFound, ValueError):
        return False
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def name_of(certificate: x509.Certificate, *, issuer: bool = False) -> dict[str, str | None]:
    """``name`` (common name, else organisation) and ``organisation`` of the subject or issuer."""
    try:
        whole = certificate.issuer if issuer else certificate.subject
    except ValueError:
        return {"name": None, "organisation": None}
    common = _attribute(whole, NameOID.COMMON_NAME)
    organisation = _attribute(whole, NameOID.ORGANIZATION_NAME)
    return {"name": common or organisation, "organisation": organisation}


def summary(certificate: x509.Certificate) -> dict[str, Any]:
    """What to show of a certificate; every string is neutralised."""
    return dict(_summary(certificate))


@lru_cache(maxsize=_KEPT)
def _summary(certificate: x509.Certificate) -> dict[str, Any]:
    found = usages(certificate)
    return {
        "subject": name_of(certificate),
        "issuer": name_of(certificate, issuer=True),
        "serial": f"{certificate.serial_number:x}",
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "purposes": [{"oid": oid, "name": purposes.name(oid)} for oid in (found or ())[:20]],
        "key": _key(certificate),
        "authority": is_authority(certificate),
        "sha256": digest(certificate),
    }


def described(certificate: x509.Certificate, *, moment: datetime | None) -> dict[str, Any]:
    """``summary`` with its role and whether it is valid now and was at ``moment``."""
    own = issuer_name(certificate) == subject_name(certificate)
    authority = is_authority(certificate)
    return {
        **summary(certificate),
        "role": "signer" if not authority else "root" if own else "intermediate",
        "valid_now": valid_at(certificate, datetime.now(UTC)),
        "valid_when_signed": valid_at(certificate, moment) if moment else None,
    }


def valid_at(certificate: x509.Certificate, moment: datetime) -> bool:
    """Whether the moment (with a time zone) lies inside the certificate's validity."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


@lru_cache(maxsize=_KEPT)
def issuer_name(certificate: x509.Certificate) -> bytes:
    """The issuer's name, DER."""
    return certificate.issuer.public_bytes()


@lru_cache(maxsize=_KEPT)
def subject_name(certificate: x509.Certificate) -> bytes:
    """The subject's name, DER."""
    return certificate.subject.public_bytes()


class Anchors:
    """Anchors, to be found by the name of their subject."""

    def __init__(self, certificates: Iterable[x509.Certificate]) -> None:
        self.certificates = tuple(certificates)
        self._by_subject: dict[bytes, list[x509.Certificate]] = {}
        for anchor in self.certificates:
            self._by_subject.setdefault(subject_name(anchor), []).append(anchor)

    def named(self, name: bytes) -> Sequence[x509.Certificate]:
        """The anchors of that subject."""
        return self._by_subject.get(name, ())

    def names(self, issuers: Iterable[bytes]) -> bool:
        """Whether any of these issuers' names is an anchor's."""
        return any(name in self._by_subject for name in issuers)


def chain_to(
    anchors: Anchors, chain: Sequence[x509.Certificate], *, moment: datetime | None
) -> x509.Certificate | None:
    """The anchor to which ``chain`` (leaf first) leads, or None.

    ``moment`` is when every certificate must be valid; None judges no dates. The leaf itself being
    an anchor does not count: anchors are authorities.
    """
    if not chain:
        return None
    pool = list(chain[1:LONGEST_CHAIN])
    current = chain[0]
    for below in range(LONGEST_CHAIN):
        if moment and not valid_at(current, moment):
            return None
        for anchor in anchors.named(issuer_name(current)):
            in_time = moment is None or valid_at(anchor, moment)
            if in_time and _issued(current, anchor, below=below):
                return anchor
        above = next((found for found in pool if _issued(current, found, below=below)), None)
        if above is None:
            return None
        pool.remove(above)
        current = above
    return None


def _issued(subject: x509.Certificate, issuer: x509.Certificate, *, below: int) -> bool:
    if issuer_name(subject) != subject_name(issuer) or not is_authority(issuer):
        return False
    return _path_long_enough(issuer, below) and signed(subject, issuer)


@lru_cache(maxsize=_KEPT)
def signed(subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's name and key are those that the subject's certificate names and bears
    the signature of."""
    try:
        subject.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _path_long_enough(issuer: x509.Certificate, below: int) -> bool:
    longest = _path_length(issuer)
    return longest is None or below <= longest


@lru_cache(maxsize=_KEPT)
def _path_length(issuer: x509.Certificate) -> int | None:
    return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    values = name.get_attributes_for_oid(oid)
    return shown(values[0].value) if values else None


def _key(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except Exception:  # an unsupported curve or key: several libraries' errors, one meaning
        return "unsupported key"
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"ECDSA {key.curve.name}"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
        case dsa.DSAPublicKey():
            return f"DSA {key.key_size}"
        case _:
            return "other key"
