"""The log's own key: made once, kept 0600 outside the database."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from django.conf import settings

from foundation.log import SigningKey, VerifyKey, note_sign

DOMAIN = b"probity.log.key.v1\n"


@cache
def _key(secret: str, name: str) -> SigningKey:
    seed = sha256(DOMAIN + secret.encode()).digest()
    if name:
        return SigningKey(name, seed)
    unnamed = SigningKey("probity", seed).verify_key
    return SigningKey(f"probity-{unnamed.public.hex()[:12]}", seed)


def log_key() -> SigningKey:
    """The key that signs checkpoints; its name is the log's origin."""
    return _key(settings.CHECKPOINT_SECRET, settings.LOG_NAME)


def log_verify_key() -> VerifyKey:
    """Its public half, which a stranger needs to check a bundle."""
    return log_key().verify_key


def index_sign(sha256_hex: str) -> str:
    """The signed note that vouches for a bundle's index."""
    return note_sign(f"probity bundle index\n{sha256_hex}\n", log_key())
