"""Receipts: a private link for each reporter, derived from a key so that only a digest is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def receipt_token(report_id: UUID) -> str:
    """The secret part of the status link: 128 bits that only this installation can derive."""
    mac = hmac.new(settings.SECRET_KEY.encode(), b"receipt:" + report_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:24]).decode()


def receipt_digest(token: str) -> str:
    """What is kept of a receipt."""
    return hashlib.sha256(b"receipt:" + token.encode()).hexdigest()
