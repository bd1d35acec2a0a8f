"""Fingerprints: what a picture looks like, in bits that survive copying.

Not for proof: two pictures with close fingerprints look alike to a machine, no more.
"""

from __future__ import annotations

from foundation.fingerprint.bits import BITS, RADIUS, Pdq, distance, from_hex, nearest
from foundation.fingerprint.door import of_image

__all__ = ["BITS", "RADIUS", "Pdq", "distance", "from_hex", "nearest", "of_image"]
