"""What kind of file the bytes are, in words that a report can use."""

from __future__ import annotations

from foundation.media.errors import MediaRefusal
from foundation.media.sniff import recognise

C2PA = "application/c2pa"
_STORE = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")


def media_type(head: bytes) -> str | None:
    """The media type by the first bytes (64 KiB are enough); None when it is not known."""
    if head[4:8] == b"jumb" and head[12:32] == _STORE:
        return C2PA
    try:
        return recognise(head).media_type
    except MediaRefusal:
        return None
