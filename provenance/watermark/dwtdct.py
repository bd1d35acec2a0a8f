"""Reading the mark that several public image generators put into their pictures ("dwtDct").

The method of the open library ``invisible-watermark`` (version 0.2.0), on which the generators'
published code relies: the U plane of YUV, one step of the Haar transform, blocks of 4 x 4 of its
coarse part; in each block the value of largest size, its first place left out, is moved to a
quarter (bit 0) or three quarters (bit 1) of a step of 36. Blocks carry the bits in turn, row by
row. In spite of its name no cosine transform is taken.

Two habits of the generators decide where the steps lie. Some hand over whole numbers, whose U is
centred at 128; others floating point, whose U is centred at 0.5. And some forget that the library
expects blue first. Child only.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from foundation.media.pictures import Pixels

Bits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

STEP = 36.0
BLOCK = 4
SIDE = 2 * BLOCK
"""Pixels that one block covers on each side."""

PLANES = 4


def planes(pixels: Pixels) -> Iterator[tuple[str, Bits]]:
    """One bit a block under each of the four habits, with the habit's name."""
    for order, code in (("", cv2.COLOR_RGB2YUV), (", colours swapped", cv2.COLOR_BGR2YUV)):
        whole = cv2.cvtColor(pixels, code)[..., 1].astype(np.float32)
        yield f"whole numbers{order}", blocks(whole)
        exact = cv2.cvtColor(pixels.astype(np.float32), code)[..., 1]
        yield f"floating point{order}", blocks(exact.astype(np.float32, copy=False))


def blocks(plane: Floats) -> Bits:
    """One bit a block of a U plane, row by row; empty for one without a whole block."""
    rows, columns = (length // SIDE for length in plane.shape)
    part = plane[: rows * SIDE, : columns * SIDE]
    coarse = (part[0::2, 0::2] + part[0::2, 1::2] + part[1::2, 0::2] + part[1::2, 1::2]) / 2
    parts = np.abs(coarse).reshape(rows, BLOCK, columns, BLOCK).transpose(0, 2, 1, 3)
    most = parts.reshape(rows * columns, BLOCK * BLOCK)[:, 1:].max(axis=1)
    return np.asarray(most % STEP > STEP / 2)


def votes(found: Bits, *, bits: int) -> npt.NDArray[np.float64]:
    """The share of ones among the blocks of each bit, 0..1."""
    turns = np.arange(found.size) % bits
    counted = np.maximum(np.bincount(turns, minlength=bits), 1)
    return np.asarray(np.bincount(turns, weights=found, minlength=bits) / counted)


def read(found: Bits, *, bits: int) -> Bits:
    """A bit is one when more of its blocks say so than on the average of all bits.

    The library asks whether half of them do. But its own marking leaves many blocks of zeros as
    they were (the moved value is no longer the largest), so that zeros read as ones half of the
    time while ones nearly always do.
    """
    share = votes(found, bits=bits)
    return np.asarray(share > share.mean())
