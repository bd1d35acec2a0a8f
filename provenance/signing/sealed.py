"""A secret at rest: scrypt (RFC 7914) makes a key from a passphrase, AES-256-GCM seals with it.

The form is one JSON object that names its own parameters. What it belongs to (``about``) is bound
to it, so that a sealed key cannot be moved to another identity.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from provenance.signing.errors import IdentityDamaged, PassphraseWrong

COST = {"n": 2**16, "r": 8, "p": 1}
_LARGEST_N = 2**20
_SALT, _NONCE, _KEY, _SECRET = 16, 12, 32, 32
LEAST_CHARACTERS = 8


def seal(secret: bytes, passphrase: bytes, *, about: str) -> dict[str, Any]:
    """``secret`` under ``passphrase``, as JSON-plain data."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    box = AESGCM(_derived(passphrase, salt, COST)).encrypt(nonce, secret, about.encode())
    return {
        "version": 1,
        "kdf": "scrypt",
        **COST,
        "salt": _text(salt),
        "cipher": "AES-256-GCM",
        "nonce": _text(nonce),
        "sealed": _text(box),
    }


def open_sealed(box: dict[str, Any], passphrase: bytes, *, about: str) -> bytes:
    """The secret. Raises PassphraseWrong, IdentityDamaged."""
    try:
        if (box["version"], box["kdf"], box["cipher"]) != (1, "scrypt", "AES-256-GCM"):
            raise IdentityDamaged("The kept key is sealed in a way that this version cannot open.")
        cost = {name: int(box[name]) for name in COST}
        salt, nonce, data = (base64.b64decode(box[name]) for name in ("salt", "nonce", "sealed"))
        if cost["n"] > _LARGEST_N:
            raise IdentityDamaged("The kept key asks for more work than is sensible to open it.")
        key = _derived(passphrase, salt, cost)
    except (KeyError, TypeError, ValueError) as error:
        raise IdentityDamaged("What is kept of the key cannot be read.") from error
    try:
        return AESGCM(key).decrypt(nonce, data, about.encode())
    except InvalidTag:
        raise PassphraseWrong("The passphrase does not open this key.") from None


def _derived(passphrase: bytes, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=_KEY, **cost).derive(passphrase)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def secret_file(path: Path) -> bytes:
    """The secret in a file only its owner may read, made on first use.

    Raises IdentityDamaged when it is empty or open to others.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(_SECRET).encode())
        file.flush()
        os.fsync(file.fileno())
    return _read_secret(path)


def _read_secret(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise IdentityDamaged(
            f"{path} can be read by other accounts; it opens signing keys. Make it mode 0600 and "
            "consider the identities that it opens as no longer yours alone."
        )
    secret = path.read_bytes().strip()
    if len(secret) < _SECRET:
        raise IdentityDamaged(f"{path} holds no secret; the keys that it opened cannot be used.")
    return secret


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: dict[str, Any]) -> None:
    """``write_private`` of a JSON object."""
    write_private(path, json.dumps(value, indent=1, sort_keys=True).encode() + b"\n")
