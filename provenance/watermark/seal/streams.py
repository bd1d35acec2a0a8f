"""Keyed signs, offsets and orders: patterns that only the key's holder can make."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from provenance.watermark.keys import derived

Floats = npt.NDArray[np.float32]


def signs(key: bytes, name: str, count: int) -> Floats:
    """``count`` times +1 or -1."""
    raw = np.frombuffer(derived(key, f"seal {name}", length=-(-count // 8)), dtype=np.uint8)
    return 1 - 2 * np.unpackbits(raw)[:count].astype(np.float32)


def offsets(key: bytes, name: str, count: int) -> Floats:
    """``count`` numbers in 0 <= x < 1, in steps of 1/256."""
    raw = np.frombuffer(derived(key, f"seal {name}", length=count), dtype=np.uint8)
    return raw.astype(np.float32) / np.float32(256)


def order(key: bytes, name: str, count: int) -> npt.NDArray[np.intp]:
    """A permutation of 0 .. count-1."""
    raw = np.frombuffer(derived(key, f"seal {name}", length=8 * count), dtype="<u8")
    return np.argsort(raw, kind="stable")
