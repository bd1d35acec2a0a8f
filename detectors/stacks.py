"""Stacks: the tensors that a network will be given, in the one form they may travel in.

A stack is a NumPy ``.npy`` file with items along its first axis: plain numbers, no
objects, C order. Whoever runs networks opens nothing else, and believes nothing of it before it
was checked: digest, header, type, shape, size and, for floats, that every number is finite.
"""

from __future__ import annotations

import ast
import hashlib
import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.api import DetectorError

Tensor = NDArray[Any]

TYPES = ("uint8", "float32")
MOST_BYTES = 128 * 1024**2
MOST_ITEMS = 4096
MOST_AXES = 5
LONGEST_HEADER = 512
MAGIC = b"\x93NUMPY\x01\x00"


class StackBroken(DetectorError):
    """A stack is not what its row says; nothing of it is used."""

    code = "stack-broken"


def pack(tensor: Tensor) -> bytes:
    """The bytes of a stack. Raises :class:`StackBroken` for what could not be read again."""
    tensor = np.ascontiguousarray(tensor)
    _fit(str(tensor.dtype), tensor.shape)
    out = io.BytesIO()
    np.lib.format.write_array(out, tensor, version=(1, 0), allow_pickle=False)
    return out.getvalue()


def digest(data: bytes | memoryview) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def shape_words(shape: Sequence[int]) -> str:
    """One item's shape as text, such as ``256x256x3``; what batches are gathered by."""
    return "x".join(str(size) for size in shape)


def unpack(
    data: bytes, *, sha256: str | None = None, shape: Sequence[int] | None = None,
    items: int | None = None,
) -> Tensor:  # fmt: skip
    """The tensor, as a view of ``data``, if it is what it should be.

    ``shape`` is that of one item, ``items`` their number. Raises :class:`StackBroken`.
    """
    if len(data) > MOST_BYTES + LONGEST_HEADER:
        raise StackBroken("The tensors of this job are larger than a job may carry.")
    if sha256 is not None and digest(data) != sha256:
        raise StackBroken("The tensors of this job are not those that were kept (SHA-256 differs).")
    kind, full, start = _header(data)
    _fit(kind, full)
    if shape is not None and full[1:] != tuple(shape):
        raise StackBroken(
            f"The tensors of this job are {shape_words(full[1:])}; the network takes "
            f"{shape_words(shape)}."
        )
    if items is not None and full[0] != items:
        raise StackBroken(f"This job says {items} items; its tensors are {full[0]}.")
    count = int(np.prod(full))
    if len(data) - start != count * np.dtype(kind).itemsize:
        raise StackBroken("The tensors of this job are cut short or too long.")
    tensor = np.frombuffer(data, dtype=kind, count=count, offset=start).reshape(full)
    if kind != "uint8" and not np.isfinite(tensor).all():
        raise StackBroken("The tensors of this job hold numbers that are not finite.")
    return tensor


def _header(data: bytes) -> tuple[str, tuple[int, ...], int]:
    """Type, shape and where the numbers begin; read by hand, so that nothing else can happen."""
    if data[: len(MAGIC)] != MAGIC:
        raise StackBroken("What this job carries is no stack of tensors.")
    (length,) = struct.unpack_from("<H", data, len(MAGIC))
    start = len(MAGIC) + 2 + length
    if length > LONGEST_HEADER or start > len(data):
        raise StackBroken("The tensors of this job have a broken header.")
    try:
        told = ast.literal_eval(data[len(MAGIC) + 2 : start].decode("ascii").strip())
        kind, shape = str(np.dtype(told["descr"])), tuple(told["shape"])
        fine = not told["fortran_order"] and all(type(size) is int for size in shape)
    except (ValueError, SyntaxError, TypeError, KeyError, UnicodeDecodeError, RecursionError):
        raise StackBroken("The tensors of this job have a broken header.") from None
    if not fine:
        raise StackBroken("The tensors of this job have a broken header.")
    return kind, shape, start


def _fit(kind: str, shape: tuple[int, ...]) -> None:
    if kind not in TYPES:
        raise StackBroken(f"Tensors of type {kind} are not taken; only {' and '.join(TYPES)} are.")
    if not 1 <= len(shape) <= MOST_AXES or not all(size > 0 for size in shape):
        raise StackBroken("The tensors of this job have an impossible shape.")
    size = int(np.prod([int(side) for side in shape], dtype=object)) * np.dtype(kind).itemsize
    if shape[0] > MOST_ITEMS or size > MOST_BYTES:
        raise StackBroken("The tensors of this job are larger than a job may carry.")


ARRAY = "npy"


def to_plain(value: Any) -> Any:
    """The same with every array as bytes: what msgpack can carry between processes."""
    if isinstance(value, np.ndarray):
        out = io.BytesIO()
        np.lib.format.write_array(out, np.ascontiguousarray(value), allow_pickle=False)
        return {ARRAY: out.getvalue()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    return value


def from_plain(value: Any) -> Any:
    """The inverse of :func:`to_plain`; tuples come back as lists. For what we kept ourselves."""
    if isinstance(value, Mapping):
        if set(value) == {ARRAY} and isinstance(value[ARRAY], bytes | bytearray):
            read = np.lib.format.read_array(io.BytesIO(value[ARRAY]), allow_pickle=False)
            return np.asarray(read)
        return {key: from_plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [from_plain(one) for one in value]
    return value
