"""Changing bytes of a manifest store where it lies in a signed file, length by length.

Most formats hold the store in one piece. JPEG cuts it into APP11 segments (ISO 19566-5, annex D),
GIF into sub-blocks of 255 bytes, SVG writes it in base64, and a PNG chunk has a check sum. The
region of the store is outside of what the claim's hash covers. Runs in the child.
"""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Iterator

from provenance.signing.errors import SigningRefused
from provenance.signing.stamping import Changed

_MOST_SEGMENTS = 65_536
Piece = tuple[int, int, int]
"""Where in the file, where in the store, how many bytes."""


def replace(signed: io.BytesIO, media_type: str, *, old: bytes, new: bytes, where: Changed) -> None:
    """Put ``new`` in the place of ``old`` (same length, differing only at ``where``).

    Raises SigningRefused when the store is not found as the format lays it out.
    """
    view = signed.getbuffer()
    try:
        match media_type:
            case "image/jpeg":
                _in_pieces(view, list(_jpeg(view)), old=old, new=new)
            case "image/gif":
                _in_pieces(view, _gif(view, old), old=old, new=new)
            case "image/svg+xml":
                first = _found(view, base64.b64encode(old))
                coded = base64.b64encode(new)
                view[first : first + len(coded)] = coded
            case _:
                first = _found(view, old)
                view[first + where.begin : first + where.end] = new[where.begin : where.end]
                if media_type == "image/png":
                    _check_sum(view, first, len(new))
    finally:
        view.release()


def _found(view: memoryview, wanted: bytes) -> int:
    found = re.search(re.escape(wanted), view)
    if found is None:
        raise _lost()
    return found.start()


def _lost() -> SigningRefused:
    return SigningRefused(
        "A time-stamp cannot be put into this form of file. Sign it without one, or with a sidecar."
    )


def _in_pieces(view: memoryview, pieces: list[Piece], *, old: bytes, new: bytes) -> None:
    laid = b"".join(bytes(view[at : at + size]) for at, _, size in pieces)
    if laid != old:
        raise _lost()
    for at, begin, size in pieces:
        view[at : at + size] = new[begin : begin + size]


def _jpeg(view: memoryview) -> Iterator[Piece]:
    """The store's bytes in APP11 segments: marker, length, "JP", box instance, sequence number,
    and from the second segment on the box's head once more."""
    at, begin, instance = 2, 0, None
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > len(view) or view[at] != 0xFF or view[at + 1] == 0xDA:
            return
        length = int.from_bytes(view[at + 2 : at + 4], "big")
        body = at + 4
        if view[at + 1] == 0xEB and bytes(view[body : body + 2]) == b"JP":
            number = bytes(view[body + 2 : body + 4])
            sequence = int.from_bytes(view[body + 4 : body + 8], "big")
            if instance in {None, number}:
                instance = number
                start = body + 8 + (8 if sequence > 1 else 0)
                size = at + 2 + length - start
                yield start, begin, size
                begin += size
        at += 2 + length


def _gif(view: memoryview, store: bytes) -> list[Piece]:
    """The store's bytes in the sub-blocks of the application extension C2PA_GIF."""
    name = _found(view, b"\x21\xff\x0bC2PA_GIF\x01\x00\x00")
    at, begin, pieces = name + 14, 0, []
    while at < len(view) and view[at] and begin < len(store):
        pieces.append((at + 1, begin, view[at]))
        begin += view[at]
        at += 1 + view[at]
    return pieces


def _check_sum(view: memoryview, first: int, size: int) -> None:
    """The CRC of the PNG chunk that holds the store (PNG specification, section 5.3)."""
    if int.from_bytes(view[first - 8 : first - 4], "big") != size:
        raise _lost()
    checked = zlib.crc32(view[first - 4 : first + size])
    view[first + size : first + size + 4] = checked.to_bytes(4, "big")
