"""The institution's own watermark key: made once, kept 0600, never shown."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings

from provenance.watermark import keys
from provenance.watermark.errors import KeyInvalid


def mark_key() -> bytes:
    """The key that this installation seals with; made when it is first needed."""
    path = Path(settings.WATERMARK_KEY)
    if not path.exists():
        with suppress(KeyInvalid):  # another process may just have made it
            keys.make(path)
    return keys.load(path)


def mark_keys() -> tuple[bytes, ...]:
    """The keys to look with: none before anything was ever sealed here."""
    return (mark_key(),) if Path(settings.WATERMARK_KEY).exists() else ()
