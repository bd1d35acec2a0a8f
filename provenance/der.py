"""Walking over DER (ITU-T X.690): tags, lengths and contents, and nothing of what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, SET, INTEGER = 0x30, 0x31, 0x02
OBJECT_IDENTIFIER = 0x06
_LONGEST_LENGTH = 4


class DerError(ValueError):
    """The bytes are cut short, or not in the form that was expected."""


@dataclass(frozen=True)
class Element:
    """One element: its tag, its content, and the whole of it with tag and length."""

    tag: int
    content: memoryview
    whole: memoryview

    def children(self) -> Iterator[Element]:
        """The elements inside; raises DerError."""
        return elements(self.content)


def elements(data: bytes | memoryview) -> Iterator[Element]:
    """The elements that follow one another in ``data``; raises DerError."""
    view = memoryview(data)
    at = 0
    while at < len(view):
        begin, end = _bounds(view, at)
        yield Element(view[at], view[begin:end], view[at:end])
        at = end


def first(data: bytes | memoryview, tag: int) -> Element:
    """The first element of ``data``, which must have this tag; raises DerError."""
    found = next(elements(data), None)
    if found is None or found.tag != tag:
        raise DerError("another element was expected")
    return found


def _bounds(view: memoryview, at: int) -> tuple[int, int]:
    if at + 2 > len(view):
        raise DerError("cut short")
    length, begin = view[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= _LONGEST_LENGTH or begin + count > len(view):
            raise DerError("a length that cannot be")
        length = int.from_bytes(view[begin : begin + count], "big")
        begin += count
    if begin + length > len(view):
        raise DerError("cut short")
    return begin, begin + length
