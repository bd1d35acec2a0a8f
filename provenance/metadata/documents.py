"""What a PDF says of the programs that made it (ISO 32000-2, 14.3.3: document information)."""

from __future__ import annotations

import re
from pathlib import Path

from provenance.metadata.gathered import Gathered

_SCAN = 4 * 2**20
_ENTRY = re.compile(
    rb"/(Producer|Creator)\s*(?:\(((?:[^()\\]|\\.){0,300})\)|<([0-9A-Fa-f\s]{0,1200})>)"
)
_AUTHOR = re.compile(rb"/Author\s*[(<]\s*[^)>\s]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_MOST = 20


def pdf(path: Path, into: Gathered) -> None:
    """Collect Producer and Creator where they stand unpacked at the file's beginning or end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        data = stream.read(_SCAN)
        if size > _SCAN:
            stream.seek(max(_SCAN, size - _SCAN))
            data += stream.read(_SCAN)
    for found in list(_ENTRY.finditer(data))[:_MOST]:
        raw = found.group(2)
        text = _text(_unescaped(raw) if raw is not None else _unhexed(found.group(3)))
        into.add("pdf", "software" if found.group(1) == b"Creator" else "encoder", text)
    if _AUTHOR.search(data):
        into.exif.setdefault("personal", set()).add("author")


def _unescaped(raw: bytes) -> bytes:
    def character(found: re.Match[bytes]) -> bytes:
        told = found.group(1)
        return bytes([int(told, 8) & 0xFF]) if told.isdigit() else told

    return _ESCAPE.sub(character, raw)


def _unhexed(raw: bytes) -> bytes:
    digits = b"".join(raw.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _text(raw: bytes) -> str:
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return (
        raw.decode("utf-8", "replace") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("latin-1")
    )
