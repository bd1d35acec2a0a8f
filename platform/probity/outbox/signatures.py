"""Signing webhooks as Standard Webhooks asks for (standardwebhooks.com, version 1).

The signature covers id, time and body: a copy that is replayed later carries an old time, and one
that is replayed at once carries an id that the receiver has seen.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_make() -> bytes:
    """A new secret."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as a receiver's library takes it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``; seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    mac = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode('ascii')}"


def headers(
    secrets_: Iterable[bytes], *, message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers; one signature per secret, the newest first."""
    signed = (
        signature(secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in secrets_
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
