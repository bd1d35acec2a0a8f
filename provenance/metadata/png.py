"""Text chunks of a PNG, found without decoding the picture (PNG Specification, third edition)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from provenance.metadata.gathered import LONGEST_TEXT, Gathered

_SIGNATURE = 8
_WANTED = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}
_MOST_CHUNKS = 100_000


def gather(path: Path, into: Gathered) -> bytes | None:
    """Collect the texts; returns the EXIF block of an ``eXIf`` chunk."""
    exif: bytes | None = None
    for kind, data in _chunks(path):
        if kind == b"eXIf":
            exif = data
            continue
        try:
            key, text = _text(kind, data)
        except (ValueError, zlib.error):
            into.missed("A text block of the PNG is damaged and was not read.")
            continue
        if key == "XML:com.adobe.xmp":
            into.xmp.append(text.encode("utf-8", "replace"))
        elif key.startswith("Raw profile type"):
            into.missed("An old kind of profile in the PNG was not read.")
        else:
            into.add("png", key, text)
    return exif


def _chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    with path.open("rb") as stream:
        stream.seek(_SIGNATURE)
        for _ in range(_MOST_CHUNKS):
            head = stream.read(8)
            if len(head) < 8:
                return
            size, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind in _WANTED and size <= LONGEST_TEXT:
                yield kind, stream.read(size)
                stream.seek(4, 1)
            else:
                stream.seek(size + 4, 1)
            if kind == b"IEND":
                return


def _text(kind: bytes, data: bytes) -> tuple[str, str]:
    raw_key, separator, rest = data.partition(b"\0")
    if not separator:
        raise ValueError("no keyword")
    key = raw_key.decode("latin-1")
    if kind == b"tEXt":
        return key, _decoded(rest)
    if kind == b"zTXt":
        return key, _decoded(_inflated(rest[1:]))
    compressed = rest[0] == 1 if rest else False
    _language, _, rest = rest[2:].partition(b"\0")
    _translated, _, body = rest.partition(b"\0")
    return key, (_inflated(body) if compressed else body).decode("utf-8", "replace")


def _decoded(data: bytes) -> str:
    """Latin-1 by the specification; many generators write UTF-8 all the same."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _inflated(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, LONGEST_TEXT)
