"""What kind of file the bytes are, in words that a report can use."""

from __future__ import annotations

from typing import BinaryIO

from foundation.media.errors import MediaRefusal
from foundation.media.sniff import DNG, HEAD_BYTES, TIFF, is_dng, recognise

C2PA = "application/c2pa"
SVG = "image/svg+xml"
_STORE = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")


def media_type(stream: BinaryIO) -> str | None:
    """The media type by the bytes of a file that can be sought in; None when it is not known."""
    head = stream.read(HEAD_BYTES)
    if head[4:8] == b"jumb" and head[12:32] == _STORE:
        return C2PA
    try:
        found = recognise(head)
    except MediaRefusal:
        return None
    if found is TIFF and is_dng(stream):
        return DNG.media_type
    return found.media_type
