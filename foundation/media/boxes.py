"""Frame sizes that an MP4 or QuickTime file declares (ISO/IEC 14496-12 4.2, 8.4.3, 12.1.3).

The demuxer decodes a little while it opens a file, so these are looked up before it does.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MOST_BOXES = 2000


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    stop: int


def declared_sizes(path: Path) -> list[tuple[int, int]]:
    """Width and height of every picture track; empty where the boxes make no sense."""
    with path.open("rb") as file:
        whole = _Box(b"", 0, path.stat().st_size)
        return [
            size
            for movie in _inside(file, whole, b"moov")
            for track in _inside(file, movie, b"trak")
            for medium in _inside(file, track, b"mdia")
            if _shows_pictures(file, medium)
            for size in _entries(file, medium)
        ]


def _inside(file: BinaryIO, box: _Box, name: bytes) -> list[_Box]:
    return [found for found in _children(file, box) if found.name == name]


def _children(file: BinaryIO, box: _Box) -> Iterator[_Box]:
    at = box.start
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if at + 8 > box.stop or len(head) < 8:
            return
        length, name = struct.unpack_from(">I4s", head)
        start = at + 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack_from(">Q", head, 8)
            start = at + 16
        stop = box.stop if length == 0 else min(box.stop, at + length)
        if stop < start:
            return
        yield _Box(name, start, stop)
        at = stop


def _shows_pictures(file: BinaryIO, medium: _Box) -> bool:
    for handler in _inside(file, medium, b"hdlr"):
        file.seek(handler.start + 8)
        return file.read(4) == b"vide"
    return False


def _entries(file: BinaryIO, medium: _Box) -> Iterator[tuple[int, int]]:
    for information in _inside(file, medium, b"minf"):
        for table in _inside(file, information, b"stbl"):
            for description in _inside(file, table, b"stsd"):
                # version, flags and a count come before the entries
                entries = _Box(b"stsd", description.start + 8, description.stop)
                for entry in itertools.islice(_children(file, entries), 16):
                    file.seek(entry.start + 24)
                    size = file.read(4)
                    if len(size) == 4:
                        width, height = struct.unpack(">HH", size)
                        yield width, height
