"""Secrets at rest: AES-256-GCM under a key that is kept outside the database.

What a secret belongs to is bound to it, so that a sealed one cannot be moved to another row. The
key comes from PROBITY_OUTBOX_KEY (or a file of mode 0600) through HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

import base64
import os
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from probity.core.errors import Refusal

PURPOSE = b"probity.outbox.secret.v1"
NONCE_BYTES = 12


class SecretClosed(Refusal):
    """A sealed secret does not open any more."""

    code: ClassVar[str] = "secret-closed"
    status: ClassVar[int] = 409


def seal(secret: bytes, *, about: str) -> dict[str, str]:
    """The secret as JSON-plain data that only this installation's key opens."""
    nonce = os.urandom(NONCE_BYTES)
    box = AESGCM(_key()).encrypt(nonce, secret, about.encode())
    return {"cipher": "AES-256-GCM", "nonce": _text(nonce), "sealed": _text(box)}


def unseal(box: dict[str, str], *, about: str) -> bytes:
    """The secret; raises SecretClosed when the key or the row is not the one it was sealed for."""
    try:
        nonce, data = (base64.b64decode(box[name]) for name in ("nonce", "sealed"))
        return AESGCM(_key()).decrypt(nonce, data, about.encode())
    except (InvalidTag, KeyError, ValueError):
        raise SecretClosed(
            "The secret of this endpoint does not open: PROBITY_OUTBOX_KEY is not the key it was "
            "sealed with. Restore that key, or give the endpoint a new secret."
        ) from None


def _key() -> bytes:
    secret: str = settings.OUTBOX_SECRET
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
