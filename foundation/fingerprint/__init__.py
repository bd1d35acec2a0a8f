"""Fingerprints: what a picture, a film or a recording is like, in bits that survive copying.

Not for proof: two pictures with close fingerprints look alike to a machine, no more.
"""

from __future__ import annotations

from foundation.fingerprint.bits import BITS, RADIUS, Pdq, distance, from_hex, nearest
from foundation.fingerprint.door import (
    Frame,
    Pair,
    Sound,
    aligned,
    kept,
    of_film,
    of_image,
    of_sound,
)

__all__ = [
    "BITS", "RADIUS", "Frame", "Pair", "Pdq", "Sound", "aligned", "distance", "from_hex", "kept",
    "nearest", "of_film", "of_image", "of_sound",
]  # fmt: skip
