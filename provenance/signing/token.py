"""Keys that never leave a token: PKCS#11 (OASIS Cryptographic Token Interface 2.40).

The token makes the key, marked as sensitive and not extractable, and signs inside. Every operation
opens a session of its own and closes it. Needs the library ``python-pkcs11``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from provenance.signing.errors import SettingInvalid, TokenUnusable
from provenance.signing.keys import RSA_BITS, algorithm_of

PIN = "PROBITY_PKCS11_PIN"
ALGORITHMS = ("ES256", "ES384", "PS256")
_CURVES: dict[str, type[ec.EllipticCurve]] = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}
_HASHES = {"ES256": hashlib.sha256, "ES384": hashlib.sha384, "ES512": hashlib.sha512}
_MOST_IN_TOKEN = 2
# Modules are one per process and not all of them bear two sessions at once.
_lock = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a key lies: the module's file, the token's label and the key's label in it."""

    module: str
    token: str
    key: str

    def to_dict(self) -> dict[str, str]:
        """As an identity keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Place:
        """The inverse of ``to_dict``. Raises KeyError."""
        return cls(module=data["module"], token=data["token"], key=data["key"])


class TokenKey:
    """A key in a token, as a KeyHolder. ``pin`` opens the token for its user."""

    def __init__(self, place: Place, *, pin: str) -> None:
        self.place = place
        self._pin = pin
        with self._session() as session:
            self.public: Any = _public(session, place.key)
        self.algorithm = algorithm_of(self.public)

    def sign(self, data: bytes) -> bytes:
        """Raw r and s for ECDSA, RSASSA-PSS for RSA. Raises TokenUnusable."""
        from pkcs11 import MGF, Mechanism

        with self._private() as key:
            if self.algorithm == "PS256":
                pss = (Mechanism.SHA256, MGF.SHA256, 32)
                return bytes(
                    key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=pss)
                )
            digest = _HASHES[self.algorithm](data).digest()
            return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))

    def sign_pkcs1(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256, which requests for certificates are signed with."""
        from pkcs11 import Mechanism

        with self._private() as key:
            return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))

    @contextmanager
    def _private(self) -> Iterator[Any]:
        from pkcs11 import ObjectClass

        with self._session() as session:
            yield session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.place.key)

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with opened(self.place, pin=self._pin) as session:
            yield session


@contextmanager
def opened(place: Place, *, pin: str, writing: bool = False) -> Iterator[Any]:
    """A session with the token. Raises TokenUnusable with what is wrong in plain words."""
    try:
        import pkcs11
    except ModuleNotFoundError as error:
        raise TokenUnusable(
            "Keys in tokens need the library python-pkcs11: install probity-platform[hsm]."
        ) from error
    if not Path(place.module).is_file():
        raise TokenUnusable(f"There is no PKCS#11 module {place.module}.")
    with _lock:
        try:
            library = pkcs11.lib(place.module)
            token = library.get_token(token_label=place.token)
            with token.open(user_pin=pin, rw=writing) as session:
                yield session
        except pkcs11.exceptions.PKCS11Error as error:
            raise TokenUnusable(_sentence(error, place)) from error
        except RuntimeError as error:
            raise TokenUnusable(f"The module {place.module} cannot be loaded.") from error


def _sentence(error: Exception, place: Place) -> str:
    from pkcs11 import exceptions as wrong

    match error:
        case wrong.NoSuchToken():
            return f"The module {place.module} shows no token {place.token!r}."
        case wrong.MultipleTokensReturned():
            return f"There are several tokens named {place.token!r}; give them labels of their own."
        case wrong.NoSuchKey():
            return f"The token {place.token} holds no key {place.key!r}."
        case wrong.MultipleObjectsReturned():
            return f"The token {place.token} holds several keys named {place.key!r}."
        case wrong.PinIncorrect() | wrong.PinInvalid() | wrong.PinLenRange():
            return f"The PIN does not open the token {place.token}."
        case wrong.PinLocked():
            return f"The token {place.token} is locked after too many wrong PINs."
    return f"The token {place.token} refused ({type(error).__name__})."


def make_key(place: Place, *, pin: str, algorithm: str) -> None:
    """Have the token make a key that cannot be taken out of it.

    Raises TokenUnusable (also when a key of that label is there), SettingInvalid.
    """
    if algorithm not in ALGORITHMS:
        raise SettingInvalid(f"Tokens make keys for {', '.join(ALGORITHMS)} here.")
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    guarded = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    with opened(place, pin=pin, writing=True) as session:
        if any(session.get_objects({Attribute.LABEL: place.key})):
            raise TokenUnusable(f"The token {place.token} has a key {place.key!r} already.")
        common = {"store": True, "label": place.key, "private_template": guarded}
        if algorithm == "PS256":
            session.generate_keypair(KeyType.RSA, RSA_BITS, **common)
            return
        curve = encode_named_curve_parameters(_CURVES[algorithm]().name)
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True
        )
        parameters.generate_keypair(**common)


def _public(session: Any, label: str) -> Any:
    """The public key beside the private one. Raises TokenUnusable through ``opened``."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from pkcs11 import KeyType, ObjectClass
    from pkcs11.util.ec import encode_ec_public_key
    from pkcs11.util.rsa import encode_rsa_public_key

    found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    if found.key_type == KeyType.EC:
        return load_der_public_key(encode_ec_public_key(found))
    if found.key_type == KeyType.RSA:
        return _rsa_public(encode_rsa_public_key(found))
    raise TokenUnusable(f"The key {label!r} is neither an ECDSA nor an RSA key.")


def _rsa_public(pkcs1: bytes) -> Any:
    import base64

    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    text = base64.encodebytes(pkcs1).decode("ascii")
    whole = f"-----BEGIN RSA PUBLIC KEY-----\n{text}-----END RSA PUBLIC KEY-----\n"
    return load_pem_public_key(whole.encode())


class _Inside:
    """What a private key in a token refuses to do."""

    def private_numbers(self) -> Any:
        raise TokenUnusable("The key cannot be taken out of its token.")

    def private_bytes(self, *_: Any, **__: Any) -> bytes:
        raise TokenUnusable("The key cannot be taken out of its token.")


class _EllipticRequestKey(_Inside, ec.EllipticCurvePrivateKey):
    """An ECDSA key in a token, as far as signing a request needs it: DER signatures."""

    def __init__(self, key: TokenKey) -> None:
        self._key = key

    @property
    def curve(self) -> ec.EllipticCurve:
        found: ec.EllipticCurve = self._key.public.curve
        return found

    @property
    def key_size(self) -> int:
        return self.curve.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        found: ec.EllipticCurvePublicKey = self._key.public
        return found

    def exchange(self, algorithm: Any, peer_public_key: Any) -> bytes:  # noqa: ARG002 - as the interface has it
        raise TokenUnusable("This key only signs.")

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:  # noqa: ARG002 - as the interface has it
        raw = self._key.sign(bytes(data))
        half = len(raw) // 2
        return encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )

    def __copy__(self) -> _EllipticRequestKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> _EllipticRequestKey:
        return self


class _RsaRequestKey(_Inside, rsa.RSAPrivateKey):
    """An RSA key in a token, as far as signing a request needs it: PKCS #1 v1.5 signatures."""

    def __init__(self, key: TokenKey) -> None:
        self._key = key

    @property
    def key_size(self) -> int:
        return int(self._key.public.key_size)

    def public_key(self) -> rsa.RSAPublicKey:
        found: rsa.RSAPublicKey = self._key.public
        return found

    def decrypt(self, ciphertext: bytes, padding: Any) -> bytes:  # noqa: ARG002 - as the interface has it
        raise TokenUnusable("This key only signs.")

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:  # noqa: ARG002 - as the interface has it
        if not isinstance(algorithm, hashes.SHA256):
            raise TokenUnusable("Requests are signed with SHA-256.")
        return self._key.sign_pkcs1(bytes(data))

    def __copy__(self) -> _RsaRequestKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> _RsaRequestKey:
        return self


def request_key(key: TokenKey) -> Any:
    """The key as ``requests.build`` takes it."""
    return _RsaRequestKey(key) if key.algorithm == "PS256" else _EllipticRequestKey(key)
