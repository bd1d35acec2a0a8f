"""The development authority: certificates for trials, plainly marked, that nobody trusts.

Its name says what it is in every certificate it issues, so that a reader of any make shows it. Its
root is never given to a trust list: work signed under it reads valid and never trusted.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from provenance import certificates, purposes
from provenance.signing import keys, sealed
from provenance.signing.errors import IdentityDamaged

ORGANISATION = "Probity development, not trusted"
AUTHORITY = "Probity development authority, not trusted"
_ROOT_DAYS, _LEAF_DAYS = 3650, 365
_ABOUT = "development authority"
_USAGE = {
    "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
    "key_agreement": False, "encipher_only": False, "decipher_only": False,
}  # fmt: skip


def marked(certificate: x509.Certificate) -> bool:
    """Whether the certificate was issued by a development authority."""
    return certificates.name_of(certificate, issuer=True)["organisation"] == ORGANISATION


def issue(folder: Path, *, common: str, public: Any, secret: bytes) -> bytes:
    """A chain (PEM, leaf first) for ``public``, by the authority in ``folder``, made on first use.

    Raises IdentityDamaged, PassphraseWrong.
    """
    root, key = _authority(folder, secret)
    leaf = (
        _certificate(_name(common), root.subject, public, key, days=_LEAF_DAYS, authority=False)
        .add_extension(
            x509.ExtendedKeyUsage(
                [
                    x509.ObjectIdentifier(purposes.EMAIL_PROTECTION),
                    x509.ObjectIdentifier(purposes.C2PA_CLAIM_SIGNING),
                ]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def _authority(folder: Path, secret: bytes) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    place = folder / "authority.json"
    if not place.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealed.write_json(place, _new_authority(secret))
    try:
        kept = json.loads(place.read_bytes())
        root = certificates.parse_pem(kept["certificate"].encode())[0]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IdentityDamaged(f"The development authority in {folder} cannot be read.") from error
    key = keys.from_pkcs8(sealed.open_sealed(kept["key"], secret, about=_ABOUT))
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityDamaged(f"The development authority in {folder} cannot be read.")
    return root, key


def _new_authority(secret: bytes) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(AUTHORITY)
    root = _certificate(name, name, key.public_key(), key, days=_ROOT_DAYS, authority=True).sign(
        key, hashes.SHA256()
    )
    return {
        "certificate": root.public_bytes(Encoding.PEM).decode("ascii"),
        "key": sealed.seal(keys.to_pkcs8(key), secret, about=_ABOUT),
    }


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: Any,
    key: ec.EllipticCurvePrivateKey,
    *,
    days: int,
    authority: bool,
) -> x509.CertificateBuilder:
    # an hour back, for readers whose clocks are a little slow
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **_USAGE,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
