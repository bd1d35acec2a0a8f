"""The request for a certificate (PKCS#10, RFC 2986) that an identity sends to an authority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from provenance import purposes
from provenance.signing.errors import IdentityNameInvalid
from provenance.signing.keys import certificate_hash

_LONGEST = 64


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a certificate shall name: at most 64 characters each; ``country`` is ISO 3166-1."""

    name: str
    organisation: str | None = None
    country: str | None = None

    def to_x509(self) -> x509.Name:
        """Raises IdentityNameInvalid for what no certificate can carry."""
        parts = [
            (NameOID.COUNTRY_NAME, self.country),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.COMMON_NAME, self.name),
        ]
        for _, text in parts:
            if text is not None and not (text.strip() and text.isprintable()):
                raise IdentityNameInvalid("A certificate needs a name in printable characters.")
            if text is not None and len(text) > _LONGEST:
                raise IdentityNameInvalid(f"A certificate's names have at most {_LONGEST} letters.")
        try:
            return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])
        except ValueError:
            raise IdentityNameInvalid(
                "A country is written with its two letters, such as DE."
            ) from None

    def to_dict(self) -> dict[str, str | None]:
        """As an identity shows it."""
        return {"name": self.name, "organisation": self.organisation, "country": self.country}


def build(subject: Subject, *, key: Any, algorithm: str) -> bytes:
    """The request as PEM, signed with ``key``: a private key of ``cryptography`` or an object with
    the same methods, such as a token's.

    It asks for the extensions that a signer of Content Credentials needs; an authority may set
    others.
    """
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    wanted = x509.ExtendedKeyUsage([x509.ObjectIdentifier(purposes.C2PA_CLAIM_SIGNING)])
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject.to_x509())
        .add_extension(usage, critical=True)
        .add_extension(wanted, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, certificate_hash(algorithm))
    )
    return request.public_bytes(Encoding.PEM)
