"""The secret address of an uploader's private page, derived so that only a digest is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def page_token(page: UUID) -> str:
    """The secret part of the address: 192 bits that only this installation can derive."""
    mac = hmac.new(settings.SECRET_KEY.encode(), b"uploader:" + page.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:24]).decode()


def page_digest(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(b"uploader:" + token.encode()).hexdigest()
