"""Bits that survive noise: a convolutional code, read with soft decisions.

Rate 1/3, constraint length 7, generators 133, 171, 165 (octal): the longest-distance code of its
size (Larsen, "Short convolutional codes with maximal free distance for rates 1/2, 1/3, and 1/4",
IEEE Trans. Inf. Theory 19(3), 1973). Reading is the algorithm of Viterbi (IEEE Trans. Inf. Theory
13(2), 1967) over all 64 states at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_GENERATORS = (0o133, 0o171, 0o165)
_MEMORY = 6
_STATES = 1 << _MEMORY
RATE = len(_GENERATORS)

Bits = npt.NDArray[np.uint8]
Soft = npt.NDArray[np.float32]


def length(bits: int) -> int:
    """How many coded bits stand for so many bits."""
    return RATE * (bits + _MEMORY)


def encode(bits: Bits) -> Bits:
    """The coded bits (0 or 1) of ``bits``; the code ends where it began."""
    register, coded = 0, []
    for bit in [*bits.tolist(), *[0] * _MEMORY]:
        register = (register >> 1) | (int(bit) << _MEMORY)
        coded += [(register & generator).bit_count() & 1 for generator in _GENERATORS]
    return np.array(coded, dtype=np.uint8)


def _branches() -> npt.NDArray[np.float32]:
    """+1/-1 outputs for (state before, bit): 0 is sent as +1."""
    signs = np.empty((_STATES, 2, RATE), dtype=np.float32)
    for state in range(_STATES):
        for bit in (0, 1):
            register = state | bit << _MEMORY
            for place, generator in enumerate(_GENERATORS):
                signs[state, bit, place] = 1 - 2 * ((register & generator).bit_count() & 1)
    return signs


_SIGNS = _branches()
# state after a step is (register >> 1): its two forerunners differ in the lowest bit
_AFTER = np.arange(_STATES)
_BIT = _AFTER >> (_MEMORY - 1)
_BEFORE = np.stack([(_AFTER << 1) & (_STATES - 1), (_AFTER << 1) & (_STATES - 1) | 1])


def decode(soft: Soft) -> Bits:
    """The likeliest bits behind ``soft`` (positive means 0, size means trust)."""
    steps = soft.reshape(-1, RATE)
    gains = np.einsum("tr,sbr->tsb", steps, _SIGNS)
    best = np.full(_STATES, -np.inf)
    best[0] = 0.0
    choices = np.empty((len(steps), _STATES), dtype=np.uint8)
    for step, gain in enumerate(gains):
        candidates = best[_BEFORE] + gain[_BEFORE, _BIT]
        choices[step] = np.argmax(candidates, axis=0)
        best = np.maximum(candidates[0], candidates[1])
    state, bits = 0, np.empty(len(steps), dtype=np.uint8)
    for step in range(len(steps) - 1, -1, -1):
        bits[step] = _BIT[state]
        state = int(_BEFORE[choices[step, state], state])
    return bits[:-_MEMORY]
