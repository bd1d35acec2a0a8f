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
