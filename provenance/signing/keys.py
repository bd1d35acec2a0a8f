"""Keys that sign: made here, opened from PKCS#8, or held by somebody else behind ``KeyHolder``.

Algorithms are those of COSE (RFC 9053, RFC 8812) that the C2PA Technical Specification 2.2,
section 13.2, allows. ECDSA signatures leave here as raw r and s of equal length (RFC 9053, section
2.1), which is not the DER form of X.509.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from provenance.signing.errors import IdentityDamaged, SettingInvalid

ALGORITHMS = ("ES256", "ES384", "PS256", "Ed25519")
RSA_BITS = 3072
LEAST_RSA_BITS = 2048

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_CURVES: dict[str, tuple[str, int]] = {
    "secp256r1": ("ES256", 32),
    "secp384r1": ("ES384", 48),
    "secp521r1": ("ES512", 66),
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "ES256": hashes.SHA256(),
    "ES384": hashes.SHA384(),
    "ES512": hashes.SHA512(),
}


class KeyHolder(Protocol):
    """Whoever can sign for an identity: a key in this process, a token, a key service.

    ``algorithm`` is one of ES256, ES384, ES512, PS256, Ed25519.
    """

    @property
    def algorithm(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data`` as COSE has it (raw r and s for ECDSA). Raises a Refusal."""
        ...


class SoftKey:
    """A private key in this process."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self.algorithm = algorithm_of(key.public_key())

    def sign(self, data: bytes) -> bytes:
        match self._key:
            case ec.EllipticCurvePrivateKey():
                der = self._key.sign(data, ec.ECDSA(_HASHES[self.algorithm]))
                return raw_signature(der, size=_CURVES[self._key.curve.name][1])
            case rsa.RSAPrivateKey():
                pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
                return self._key.sign(data, pss, hashes.SHA256())
            case _:
                return self._key.sign(data)


def raw_signature(der: bytes, *, size: int) -> bytes:
    """r and s of a DER signature, ``size`` bytes each."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def generate(algorithm: str) -> PrivateKey:
    """A new key. Raises SettingInvalid for an algorithm that is not one of ALGORITHMS."""
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "PS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    raise SettingInvalid(
        f"There is no algorithm {algorithm!r} here; take one of {', '.join(ALGORITHMS)}."
    )


def algorithm_of(public: Any) -> str:
    """The algorithm a key signs with. Raises SettingInvalid for a key that cannot sign claims."""
    match public:
        case ec.EllipticCurvePublicKey() if public.curve.name in _CURVES:
            return _CURVES[public.curve.name][0]
        case rsa.RSAPublicKey() if public.key_size >= LEAST_RSA_BITS:
            return "PS256"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
    raise SettingInvalid(
        "Only keys on the curves P-256, P-384 and P-521, RSA keys of at least "
        f"{LEAST_RSA_BITS} bits, and Ed25519 keys sign Content Credentials."
    )


def certificate_hash(algorithm: str) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """The hash with which a key of that algorithm signs certificates and requests."""
    match algorithm:
        case "ES384":
            return hashes.SHA384()
        case "ES512":
            return hashes.SHA512()
        case "Ed25519":
            return None
    return hashes.SHA256()


def to_pkcs8(key: PrivateKey) -> bytes:
    """The key as DER, in the clear: only ever to be sealed."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def from_pkcs8(der: bytes) -> PrivateKey:
    """The key from ``to_pkcs8``. Raises IdentityDamaged."""
    try:
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise IdentityDamaged("The kept key is no private key.") from error
    if not isinstance(
        key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    ):
        raise IdentityDamaged("The kept key is of a kind that signs no Content Credentials.")
    return key


def same_key(first: Any, second: Any) -> bool:
    """Whether two public keys are one."""
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bool(first.public_bytes(*form) == second.public_bytes(*form))
