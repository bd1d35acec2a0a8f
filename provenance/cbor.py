"""Reading CBOR (RFC 8949), as much of it as a C2PA signature box needs, with hard limits.

Numbers, strings, arrays, maps, tags (their content is returned) and simple values are read;
indefinite lengths too. Used on hostile bytes inside the child only.
"""

from __future__ import annotations

import struct
from typing import Any

DEEPEST = 16
MOST_ITEMS = 20_000


class CborError(ValueError):
    """The bytes are not CBOR, or more of it than is sensible."""


class _Break:
    """The end of an item of indefinite length."""


_BREAK = _Break()


def loads(data: bytes) -> Any:
    """The first item in ``data``; raises CborError."""
    return _Reader(data).item(0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._items = 0

    def item(self, depth: int) -> Any:
        value = self._any(depth)
        if value is _BREAK:
            raise CborError("a break where an item was due")
        return value

    def _any(self, depth: int) -> Any:
        self._items += 1
        if depth > DEEPEST or self._items > MOST_ITEMS:
            raise CborError("too deep or too many items")
        first = self._take(1)[0]
        major, low = first >> 5, first & 31
        if major == 7:
            return self._simple(low)
        size = self._size(low)
        match major:
            case 0:
                return self._known(size)
            case 1:
                return -1 - self._known(size)
            case 2 | 3:
                return self._string(size, depth, text=major == 3)
            case 4:
                return self._array(size, depth)
            case 5:
                return self._map(size, depth)
            case _:
                self._known(size)
                return self.item(depth + 1)

    def _take(self, count: int) -> bytes:
        if count < 0 or self._at + count > len(self._data):
            raise CborError("cut short")
        piece = self._data[self._at : self._at + count]
        self._at += count
        return piece

    def _size(self, low: int) -> int | None:
        if low < 24:
            return low
        if low < 28:
            return int.from_bytes(self._take(1 << (low - 24)), "big")
        if low == 31:
            return None
        raise CborError("a reserved length")

    @staticmethod
    def _known(size: int | None) -> int:
        if size is None:
            raise CborError("a length is missing")
        return size

    def _string(self, size: int | None, depth: int, *, text: bool) -> bytes | str:
        if size is None:
            pieces = []
            while (piece := self._any(depth + 1)) is not _BREAK:
                pieces.append(piece.encode() if isinstance(piece, str) else piece)
            if not all(isinstance(piece, bytes) for piece in pieces):
                raise CborError("a string of other things")
            raw = b"".join(pieces)
        else:
            raw = self._take(size)
        return raw.decode("utf-8", "replace") if text else raw

    def _array(self, size: int | None, depth: int) -> list[Any]:
        if size is not None:
            return [self.item(depth + 1) for _ in range(self._sane(size))]
        found = []
        while (value := self._any(depth + 1)) is not _BREAK:
            found.append(value)
        return found

    def _map(self, size: int | None, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        left = self._sane(size) if size is not None else MOST_ITEMS
        while left > 0:
            key = self._any(depth + 1)
            if key is _BREAK and size is None:
                break
            if not isinstance(key, int | str | bytes):
                raise CborError("a map's key is no number or string")
            found[key] = self.item(depth + 1)
            left -= 1
        return found

    @staticmethod
    def _sane(size: int) -> int:
        if size > MOST_ITEMS:
            raise CborError("too many items")
        return size

    def _simple(self, low: int) -> Any:
        match low:
            case 20 | 21:
                return low == 21
            case 22 | 23:
                return None
            case 24:
                return self._take(1)[0]
            case 25 | 26 | 27:
                form = {25: ">e", 26: ">f", 27: ">d"}[low]
                return struct.unpack(form, self._take(1 << (low - 24)))[0]
            case 31:
                return _BREAK
            case _:
                return low
