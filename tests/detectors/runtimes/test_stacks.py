"""Stacks: what was packed comes back; nothing else is believed."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.stacks import (
    MAGIC,
    StackBroken,
    digest,
    from_plain,
    pack,
    shape_words,
    to_plain,
    unpack,
)

GOOD = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def npy(array: Any, *, pickled: bool = False) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=pickled)
    return out.getvalue()


def headed(header: str, body: bytes = b"") -> bytes:
    text = header.encode()
    return MAGIC + struct.pack("<H", len(text)) + text + body


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_there_and_back(kind: str) -> None:
    tensor = np.random.default_rng(1).integers(0, 200, (5, 4, 3)).astype(kind)
    data = pack(tensor)
    back = unpack(data, sha256=digest(data), shape=(4, 3), items=5)
    assert back.dtype == tensor.dtype
    assert (back == tensor).all()
    assert shape_words(back.shape[1:]) == "4x3"


@pytest.mark.parametrize(
    ("data", "given_"),
    [
        (b"", {}),
        (b"PK\x03\x04 not a stack", {}),
        (pack(GOOD), {"sha256": "0" * 64}),
        (pack(GOOD), {"shape": (4, 3)}),
        (pack(GOOD), {"items": 3}),
        (pack(GOOD)[:-1], {}),
        (pack(GOOD) + b"\0", {}),
        (npy(np.array([{"a": 1}], dtype=object), pickled=True), {}),
        (npy(GOOD.astype(np.float64)), {}),
        (npy(np.asfortranarray(GOOD)), {}),
        (npy(np.zeros((0, 3), np.float32)), {}),
        (npy(np.float32(1)), {}),
        (npy(np.full((2, 2), np.nan, np.float32)), {}),
        (npy(np.full((2, 2), np.inf, np.float32)), {}),
        (headed("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 4)}"), {}),
        (headed("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4)}"), {}),
        (headed("{'descr': '<f4', 'fortran_order': False, 'shape': (True, 4)}"), {}),
        (headed("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"), {}),
        (headed("__import__('os').system('false')"), {}),
        (headed("{'descr': '<f4'}"), {}),
        (MAGIC + b"\xff\xff" + b"(" * 400, {}),
    ],
)
def test_what_is_refused(data: bytes, given_: dict[str, Any]) -> None:
    with pytest.raises(StackBroken):
        unpack(data, **given_)


@given(st.integers(0, len(pack(GOOD)) - 1), st.integers(0, 255))
def test_a_changed_byte_is_a_stack_or_a_refusal(place: int, value: int) -> None:
    data = bytearray(pack(GOOD))
    data[place] = value
    try:
        back = unpack(bytes(data))
    except StackBroken:
        return
    assert back.size * back.itemsize == GOOD.nbytes


def test_too_much_is_not_packed() -> None:
    with pytest.raises(StackBroken, match="larger"):
        pack(np.zeros((5000, 1), np.uint8))


def test_what_a_detector_keeps_survives_the_way() -> None:
    import msgpack

    kept = {"a": [1, 2.5, "x", None], "b": {"c": GOOD}, "d": (np.float64(2), np.int64(3))}
    back = from_plain(msgpack.unpackb(msgpack.packb(to_plain(kept)), raw=False))
    assert back["a"] == [1, 2.5, "x", None]
    assert (back["b"]["c"] == GOOD).all()
    assert back["d"] == [2.0, 3]
