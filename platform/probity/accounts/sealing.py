"""Secrets of second factors at rest: AES-256-GCM under a key that is not in the database.

The key comes from PROBITY_SECRET_KEY (or a file of mode 0600) through HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from probity.core.errors import Conflict

PURPOSE = b"probity.accounts.factor.v1"
NONCE_BYTES = 12


def seal(text: str) -> str:
    """The text, as only this installation's key opens it."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str) -> str:
    """The text; raises Conflict when PROBITY_SECRET_KEY is another one than at the time."""
    try:
        box = base64.b64decode(sealed)
        return AESGCM(_key()).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        raise Conflict(
            "The second factor does not open: PROBITY_SECRET_KEY is not the key it was kept "
            "with. Restore that key, or reset the factor with manage.py second_factor_reset."
        ) from None


def _key() -> bytes:
    secret: str = settings.SECRET_KEY
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
