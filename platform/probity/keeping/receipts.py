"""Private addresses for those who asked for erasure: derived from a key, only a digest is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def erasure_token(request_id: UUID) -> str:
    """The secret part of the address, which only this installation can derive."""
    message = b"erasure:" + request_id.bytes
    mac = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:24]).decode()


def erasure_digest(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(b"erasure:" + token.encode()).hexdigest()
