"""Which places of sound carry which bit: a keyed pattern over time and frequency that repeats.

Sound at 16 kHz is looked at in slots of 8 ms, each with 22 bands of 250 Hz between 375 Hz and
5.9 kHz. The pattern covers 512 slots (4.1 s). A place carries one coded bit, or belongs to the
known part by which it is found again after a cut. Slots are short because the voice hardly
changes from one to the next, so that neighbours in time cancel it best.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from provenance.watermark.keys import derived
from provenance.watermark.sound.identifier import CODED

Floats = npt.NDArray[np.float32]

RATE = 16_000
SLOT = 128
SLOTS = 512
LOW, BANDS, BAND = 3, 22, 2
"""The first frequency of a slot's transform (steps of 125 Hz), bands, and frequencies in each."""

HIGH = LOW + BANDS * BAND
PERIOD_SECONDS = SLOTS * SLOT / RATE
_KNOWN_SHARE = 0.12


@dataclass(frozen=True)
class Pattern:
    """``signs``: +1 or -1 for each place (slots x bands); ``known``: the places whose sign is
    all that they carry; ``bit``: the coded bit of every other place, -1 for known ones."""

    signs: Floats
    known: npt.NDArray[np.bool_]
    bit: npt.NDArray[np.int32]

    def chips(self, coded: npt.NDArray[np.int8]) -> Floats:
        """What to put into each place: +1 or -1."""
        carried = np.where(self.known, 1, coded[np.maximum(self.bit, 0)])
        return (self.signs * carried).astype(np.float32)

    def gathered(self, places: Floats) -> Floats:
        """The sum of all places of each coded bit, sign taken off."""
        told = (places * self.signs)[~self.known]
        sums = np.bincount(self.bit[~self.known], weights=told, minlength=CODED)
        return sums.astype(np.float32)


@lru_cache(maxsize=8)
def pattern(key: bytes) -> Pattern:
    """The pattern of a key."""
    count = SLOTS * BANDS
    flips = np.frombuffer(derived(key, "sound signs", length=-(-count // 8)), dtype=np.uint8)
    signs = (1 - 2 * np.unpackbits(flips)[:count].astype(np.float32)).reshape(SLOTS, BANDS)
    drawn = np.frombuffer(derived(key, "sound places", length=8 * count), dtype="<u8")
    order = np.argsort(drawn, kind="stable")
    known_count = int(count * _KNOWN_SHARE)
    line = np.full(count, -1, dtype=np.int32)
    line[order[known_count:]] = np.arange(count - known_count, dtype=np.int32) % CODED
    bit = line.reshape(SLOTS, BANDS)
    return Pattern(signs=signs, known=bit < 0, bit=bit)
