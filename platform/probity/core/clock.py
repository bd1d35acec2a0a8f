"""The one clock: UTC, and replaceable in tests through Django's timezone."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current moment, in UTC."""
    return timezone.now()
