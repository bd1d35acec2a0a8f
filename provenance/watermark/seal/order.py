"""Which frame of its video a frame is: three digits to the base 64, each a pattern of its own.

The lowest digit changes with every frame and shows cuts, swaps and repeats; the higher ones stand
for 64 frames and more, and outlive stronger coding because a coder keeps what stays.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from provenance.watermark.seal import identifier, streams
from provenance.watermark.seal.identifier import Floats, View

BASE = 64
DIGITS = 3
MOST = BASE**DIGITS
_AIMS = np.array([20.0, 14.0, 10.0], dtype=np.float32)
# grey levels, root mean square
_COST = 1.5
_SCALES = (0.7, 1.8)
_ROUNDS = 2


@lru_cache(maxsize=4)
def _patterns(key: bytes) -> Floats:
    """digits x base x band, each of length one."""
    count = identifier.band().size
    drawn = streams.signs(key, "order", DIGITS * BASE * count)
    return drawn.reshape(DIGITS, BASE, count) / np.float32(np.sqrt(count))


def digits(index: int) -> tuple[int, ...]:
    """The digits of a frame's number, lowest first."""
    return tuple(index // BASE**place % BASE for place in range(DIGITS))


def scores(seen: View, *, key: bytes) -> Floats:
    """digits x base: how strongly each value of each digit shows; about normal(0, 1) without."""
    # one matrix: a stack of them would not be multiplied by the fast library
    patterns = _patterns(key).reshape(DIGITS * BASE, -1)
    return np.asarray(patterns @ seen.values, dtype=np.float32).reshape(DIGITS, BASE)


def change(small: Floats, *, index: int, key: bytes) -> Floats:
    """The change of a plane of ``SIDE`` x ``SIDE`` that puts the frame's number in."""
    cost = float(np.sqrt(np.mean(_change(small, index=index, key=key, scale=1.0) ** 2)))
    scale = float(np.clip(_COST / max(cost, 1e-3), *_SCALES))
    return _change(small, index=index, key=key, scale=scale)


def _change(small: Floats, *, index: int, key: bytes, scale: float) -> Floats:
    patterns = _patterns(key)[np.arange(DIGITS), digits(index)]
    marked = small
    for _ in range(_ROUNDS):
        seen = identifier.view(marked)
        lack = np.maximum(0, _AIMS * np.float32(scale) - patterns @ seen.values)
        marked = marked + identifier.change(seen, values=lack @ patterns)
    return marked - small
