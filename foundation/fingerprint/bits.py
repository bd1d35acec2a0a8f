"""Hashes of 256 bits and how far apart they are. Pure; imports no decoder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

BITS = 256
RADIUS = 31
"""Two pictures at most so many bits apart are a possible match (the usual radius for PDQ)."""


@dataclass(frozen=True, kw_only=True)
class Pdq:
    """A PDQ hash (32 bytes) and its quality, 0..100: below 50 it says little."""

    hash: bytes
    quality: int

    def __str__(self) -> str:
        return self.hash.hex()

    def to_dict(self) -> dict[str, Any]:
        """``hash`` in hexadecimal and ``quality``."""
        return {"hash": self.hash.hex(), "quality": self.quality}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The inverse. Raises ValueError for what is no hash of 256 bits."""
        return cls(hash=from_hex(data["hash"]), quality=int(data["quality"]))


def from_hex(text: str) -> bytes:
    """32 bytes from 64 hexadecimal digits. Raises ValueError."""
    found = bytes.fromhex(text)
    if len(found) != BITS // 8:
        raise ValueError(f"a PDQ hash has {BITS // 4} hexadecimal digits, not {len(text)}")
    return found


def distance(left: bytes, right: bytes) -> int:
    """In how many bits two hashes differ (Hamming), 0..256."""
    return (int.from_bytes(left) ^ int.from_bytes(right)).bit_count()


def nearest(variants: Iterable[bytes], other: bytes) -> int:
    """The least distance of any of several hashes (a picture's turns and mirrors) to another."""
    return min(distance(variant, other) for variant in variants)


def turns_of(code: bytes) -> tuple[bytes, ...]:
    """About what the hash would be turned and mirrored, from the hash alone, in the order of
    ``pdq.pdq_variants``, the hash itself first.

    A mirror changes the sign of every odd frequency, so those bits flip, as far as the median they
    are compared with is nought; of pictures it is not quite, and a few bits come out wrong.
    """
    grid = _grid(code)
    turns = [grid, _across(_swapped(grid)), _down(_across(grid)), _down(_swapped(grid))]
    return tuple(_packed(each) for each in (*turns, *(_across(turn) for turn in turns)))


Grid = list[list[int]]
_SIDE = 16


def _grid(code: bytes) -> Grid:
    """Rows of 16 bits; the last coefficient's bit stands first in a hash."""
    bits = [byte >> shift & 1 for byte in code for shift in range(7, -1, -1)][::-1]
    return [bits[row * _SIDE : (row + 1) * _SIDE] for row in range(_SIDE)]


def _packed(grid: Grid) -> bytes:
    bits = [bit for row in grid for bit in row][::-1]
    return int("".join(map(str, bits)), 2).to_bytes(BITS // 8)


def _swapped(grid: Grid) -> Grid:
    return [list(column) for column in zip(*grid, strict=True)]


def _across(grid: Grid) -> Grid:
    return [[bit ^ (1 - column % 2) for column, bit in enumerate(row)] for row in grid]


def _down(grid: Grid) -> Grid:
    return [[bit ^ (1 - place % 2) for bit in row] for place, row in enumerate(grid)]
