"""EXIF and XMP that lie in boxes: HEIF and AVIF items, and the boxes of JPEG XL.

Sources: ISO/IEC 23008-12 (HEIF) with ISO/IEC 14496-12 8.11 (meta, iinf, iloc); ISO/IEC 18181-2
(JPEG XL file format). Nothing here decodes a picture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from provenance.metadata.gathered import Gathered

LARGEST = 8 * 2**20
_MOST = 2000
_XMP_TYPE = b"application/rdf+xml"
_PACKED = b"brob"


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    stop: int


def heif(path: Path, into: Gathered) -> bytes | None:
    """Collect the XMP items of a HEIF or AVIF file; returns its EXIF block."""
    with path.open("rb") as stream:
        whole = _Box(b"", 0, path.stat().st_size)
        meta = next((box for box in _boxes(stream, whole) if box.name == b"meta"), None)
        if meta is None:
            return None
        inner = _Box(b"meta", meta.start + 4, meta.stop)
        parts = {box.name: box for box in _boxes(stream, inner)}
        if b"iinf" not in parts or b"iloc" not in parts:
            return None
        try:
            kinds = _kinds(stream, parts[b"iinf"])
            places = _places(_bytes(stream, parts[b"iloc"]), parts.get(b"idat"))
        except (struct.error, IndexError):
            into.missed("The list of items in the picture file is damaged; EXIF was not read.")
            return None
        exif: bytes | None = None
        for number, kind in kinds.items():
            data = _item(stream, places.get(number, []))
            if kind == b"Exif" and exif is None:
                exif = _without_offset(data)
            elif kind == b"mime" and data:
                into.xmp.append(data)
        return exif


def jpeg_xl(path: Path, into: Gathered) -> bytes | None:
    """Collect the XMP boxes of a JPEG XL file; returns its EXIF block. A bare codestream has no
    boxes and so no metadata."""
    exif: bytes | None = None
    with path.open("rb") as stream:
        for box in _boxes(stream, _Box(b"", 0, path.stat().st_size)):
            if box.name == b"Exif" and exif is None:
                exif = _without_offset(_bytes(stream, box))
            elif box.name == b"xml ":
                into.xmp.append(_bytes(stream, box))
            elif box.name == _PACKED and _bytes(stream, box)[:4] in {b"Exif", b"xml "}:
                into.missed("Metadata in the picture are packed with Brotli and were not read.")
    return exif


def _without_offset(data: bytes) -> bytes | None:
    """The TIFF block after the four bytes that say how far away it is."""
    if len(data) < 12:
        return None
    block = data[4 + int.from_bytes(data[:4], "big") :]
    return block if block[:2] in {b"II", b"MM"} else None


def _boxes(stream: BinaryIO, around: _Box) -> Iterator[_Box]:
    at = around.start
    for _ in range(_MOST):
        stream.seek(at)
        head = stream.read(16)
        if at + 8 > around.stop or len(head) < 8:
            return
        length, name, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if length == 1 and len(head) == 16:
            length, start = int.from_bytes(head[8:16], "big"), at + 16
        stop = around.stop if length == 0 else at + length
        if stop < start or stop > around.stop:
            return
        yield _Box(name, start, stop)
        at = stop


def _bytes(stream: BinaryIO, box: _Box) -> bytes:
    stream.seek(box.start)
    return stream.read(min(LARGEST, box.stop - box.start))


def _kinds(stream: BinaryIO, iinf: _Box) -> dict[int, bytes]:
    """Item numbers with ``Exif``, or ``mime`` where the content is XMP."""
    head = _bytes(stream, iinf)[:8]
    start = iinf.start + (6 if head[0] == 0 else 8)
    found: dict[int, bytes] = {}
    for box in _boxes(stream, _Box(b"iinf", start, iinf.stop)):
        entry = _bytes(stream, box)
        if box.name != b"infe" or entry[0] not in (2, 3):
            continue
        wide = entry[0] == 3
        number = int.from_bytes(entry[4 : 8 if wide else 6], "big")
        rest = entry[10 if wide else 8 :]
        if rest[:4] == b"Exif" or (rest[:4] == b"mime" and _XMP_TYPE in rest):
            found[number] = rest[:4]
    return found


def _places(iloc: bytes, idat: _Box | None) -> dict[int, list[tuple[int, int]]]:
    """Where each item lies in the file: pairs of offset and length."""
    version = iloc[0]
    sizes = (iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if version else 0)
    reader = _Reader(iloc, 6)
    wide = 4 if version == 2 else 2
    found: dict[int, list[tuple[int, int]]] = {}
    for _ in range(min(reader.number(wide), _MOST)):
        number = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(sizes[2])
        if method == 1 and idat is not None:
            base += idat.start
        extents = []
        for _ in range(min(reader.number(2), _MOST)):
            reader.number(sizes[3])
            offset, length = reader.number(sizes[0]), reader.number(sizes[1])
            extents.append((base + offset, length))
        if method in (0, 1):
            found[number] = extents
    return found


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def number(self, size: int) -> int:
        """The next number of ``size`` bytes; IndexError at the end."""
        if self._at + size > len(self._data):
            raise IndexError(self._at)
        piece = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(piece, "big")


def _item(stream: BinaryIO, extents: list[tuple[int, int]]) -> bytes:
    data = bytearray()
    for offset, length in extents:
        stream.seek(offset)
        data += stream.read(min(length, LARGEST - len(data)))
        if len(data) >= LARGEST:
            break
    return bytes(data)
