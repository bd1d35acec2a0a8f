"""IPTC-IIM (Information Interchange Model 4.2): the older captions of press pictures.

Only what says how the picture was made is taken; names of people are noticed and never kept.
"""

from __future__ import annotations

from typing import Any

from provenance.metadata.gathered import Gathered

_RESOURCE = 0x0404
_TIFF_TAG = 33723
_WORDS = {
    65: "program", 110: "credit", 115: "source", 120: "caption", 40: "instructions",
}  # fmt: skip
_PERSONAL = {80: "by-line", 85: "by-line title", 116: "copyright", 118: "contact", 122: "writer"}
_APPLICATION_RECORD = 2
_MOST = 500


def gather(info: dict[Any, Any], into: Gathered) -> None:
    """``info``: what Pillow found beside a picture: Photoshop's resources, or a TIFF's tags."""
    resources = info.get("photoshop")
    block = resources.get(_RESOURCE) if isinstance(resources, dict) else info.get(_TIFF_TAG)
    if isinstance(block, bytes):
        take(block, into)


def take(block: bytes, into: Gathered) -> None:
    """Copy the known data sets of a block; what is cut short is left."""
    at = 0
    for _ in range(_MOST):
        if at + 5 > len(block) or block[at] != 0x1C:
            return
        record, number = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000:  # an extended length, which only pictures need
            return
        value = block[at + 5 : at + 5 + length]
        at += 5 + length
        if record != _APPLICATION_RECORD or not value.strip():
            continue
        if number in _WORDS:
            into.add("iptc", _WORDS[number], _text(value))
        elif number in _PERSONAL:
            into.exif.setdefault("personal", set()).add(_PERSONAL[number])


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
