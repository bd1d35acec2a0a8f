"""Whether a chain of certificates may sign: judged before a key is used, not by the reader after.

C2PA Technical Specification 2.2, section 14.5 (X.509 certificates), and RFC 5280 section 4.2. The
reading library refuses the same at signing time, without saying which rule was broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from provenance import certificates, purposes
from provenance.signing.errors import CertificateUnfit, SettingInvalid
from provenance.signing.keys import algorithm_of, same_key

LONGEST = certificates.LONGEST_CHAIN
_NEVER = ("2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3")


def read_chain(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text, leaf first whatever their order was. Raises CertificateUnfit.

    A self-signed root at the end is kept if it was given.
    """
    try:
        found = certificates.parse_pem(pem)
    except ValueError as error:
        raise CertificateUnfit(
            "The file holds no whole PEM certificates. Give the certificate that the authority "
            "issued, followed by those between it and the root."
        ) from error
    if len(found) > LONGEST:
        raise CertificateUnfit(f"A chain has at most {LONGEST} certificates; {len(found)} came.")
    if not all(map(certificates.whole, found)):
        raise CertificateUnfit("A certificate in the file is damaged.")
    return _ordered(found)


def _ordered(found: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    leaves = [one for one in found if not certificates.is_authority(one)]
    if len(leaves) != 1:
        raise CertificateUnfit(
            "The file must hold exactly one certificate of a signer, which may not be an "
            f"authority's; it holds {len(leaves)}."
        )
    chain, left = leaves, [one for one in found if one is not leaves[0]]
    while left:
        above = next((one for one in left if certificates.signed(chain[-1], one)), None)
        if above is None:
            raise CertificateUnfit(
                "The certificates do not belong together: "
                f"{_name(left[0])} did not issue {_name(chain[-1])}."
            )
        chain.append(above)
        left.remove(above)
    return chain


def must_fit(
    chain: Sequence[x509.Certificate], *, public: Any, now: datetime | None = None
) -> None:
    """Raise CertificateUnfit unless the chain may sign today with the key of ``public``."""
    moment = now or datetime.now(UTC)
    leaf = chain[0]
    if not same_key(leaf.public_key(), public):
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} is for another key than this identity's. Send the "
            "authority the request of this identity (probity identity csr)."
        )
    try:
        algorithm_of(leaf.public_key())
    except SettingInvalid as error:
        raise CertificateUnfit(error.sentence) from error
    _purpose(leaf)
    _extensions(leaf)
    for one in chain:
        _in_time(one, moment)


def _purpose(leaf: x509.Certificate) -> None:
    usages = certificates.usages(leaf)
    if not usages:
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} names no purpose (extended key usage). Ask the "
            f"authority for one made for {purposes.name(purposes.C2PA_CLAIM_SIGNING)}."
        )
    if any(oid in _NEVER for oid in usages) or not purposes.may_sign(usages):
        named = ", ".join(purposes.name(oid) for oid in usages)
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} is made for another purpose ({named}). Ask the "
            f"authority for one made for {purposes.name(purposes.C2PA_CLAIM_SIGNING)}."
        )
    if {purposes.TIME_STAMPING, purposes.OCSP_SIGNING} & set(usages):
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} is also made for time-stamps or revocation answers, "
            "which a signer's may not be."
        )


def _extensions(leaf: x509.Certificate) -> None:
    extensions = leaf.extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or not usage.digital_signature or usage.key_cert_sign:
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} does not say that its key makes digital signatures, "
            "and those alone (key usage)."
        )
    try:
        extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound:
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} does not name its authority's key (authority key "
            "identifier), so readers would refuse it."
        ) from None
    if certificates.issuer_name(leaf) == certificates.subject_name(leaf):
        raise CertificateUnfit(
            f"The certificate of {_name(leaf)} vouches for itself; an authority has to issue it."
        )


def _in_time(one: x509.Certificate, moment: datetime) -> None:
    if moment < one.not_valid_before_utc:
        raise CertificateUnfit(
            f"The certificate of {_name(one)} is not valid before "
            f"{one.not_valid_before_utc:%d %B %Y}."
        )
    if moment > one.not_valid_after_utc:
        raise CertificateUnfit(
            f"The certificate of {_name(one)} expired on {one.not_valid_after_utc:%d %B %Y}. "
            "Import a new one for the same key (probity identity import), or make a new identity."
        )


def _name(certificate: x509.Certificate) -> str:
    return certificates.name_of(certificate)["name"] or "a signer without a name"
