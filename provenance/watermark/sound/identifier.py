"""Which work, and whether the key's holder said so: 64 bits and a check of 32.

The check is a truncated HMAC-SHA256, so without the key nobody makes one that fits, and noise fits
with a chance of 2^-32 a try. Both are protected by the convolutional code of the seal.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from provenance.watermark.api import WORK_ID_BYTES
from provenance.watermark.keys import derived
from provenance.watermark.seal import code

CHECK_BYTES = 4
BITS = 8 * (WORK_ID_BYTES + CHECK_BYTES)
CODED = code.length(BITS)
FALSE_ALARM = 2.0 ** (-8 * CHECK_BYTES)
"""Of one try."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What the likeliest message says; ``agreement`` is the share of coded bits that say so."""

    work: bytes
    fits: bool
    agreement: float


def coded(work: bytes, *, key: bytes) -> npt.NDArray[np.int8]:
    """+1 and -1 for the coded bits of an identifier of 8 bytes."""
    message = np.frombuffer(work + _check(work, key=key), dtype=np.uint8)
    bits = code.encode(np.unpackbits(message))
    return (1 - 2 * bits.astype(np.int8)).astype(np.int8)


def read(soft: npt.NDArray[np.float32], *, key: bytes) -> Read:
    """The likeliest identifier behind ``CODED`` numbers (sign as in ``coded``)."""
    bits = code.decode(soft)
    message = np.packbits(bits).tobytes()
    work, check = message[:WORK_ID_BYTES], message[WORK_ID_BYTES:]
    sent = 1 - 2 * code.encode(bits).astype(np.int8)
    return Read(
        work=work,
        fits=hmac.compare_digest(check, _check(work, key=key)),
        agreement=float(np.mean(np.sign(soft) == sent)),
    )


def _check(work: bytes, *, key: bytes) -> bytes:
    secret = derived(key, "sound check")
    return hmac.new(secret, work, hashlib.sha256).digest()[:CHECK_BYTES]
