"""What a seal says: which work, on which grid of blocks, and for video at which pace."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from provenance.watermark.api import WORK_ID_BYTES
from provenance.watermark.keys import derived
from provenance.watermark.seal import code
from provenance.watermark.seal.identifier import Carrier, Floats

TAG_BITS = 32
MOST_BLOCKS = 255
MOST_FRAMES = (1 << 24) - 1
MOST_INTERVAL = (1 << 16) - 1
_WIDTHS = (8 * WORK_ID_BYTES, 8, 8, 16, 24)
BITS = sum(_WIDTHS) + TAG_BITS
CODED = code.length(BITS)


@dataclass(frozen=True, kw_only=True)
class Label:
    """``work``: eight bytes. ``rows``, ``columns``: of the grid of blocks. ``interval``: between
    two frames of a video in units of 10 microseconds, 0 for a picture or an uneven video.
    ``frames``: how many the video had, 0 for a picture."""

    work: bytes
    rows: int
    columns: int
    interval: int = 0
    frames: int = 0

    def coded(self, key: bytes) -> Floats:
        """The signs to hide: +1 for a coded 0, -1 for a coded 1."""
        numbers = (int.from_bytes(self.work, "big"), *self._numbers())
        text = "".join(
            f"{number:0{width}b}" for number, width in zip(numbers, _WIDTHS, strict=True)
        )
        bits = np.array([int(bit) for bit in text + _tag(key, text)], dtype=np.uint8)
        return 1 - 2 * code.encode(bits).astype(np.float32)

    def _numbers(self) -> tuple[int, ...]:
        return self.rows, self.columns, self.interval, self.frames


def decode(soft: Floats, key: bytes) -> Label | None:
    """The label behind soft bits, or None when its check does not fit.

    Bits that are no seal pass with a chance of 2**-``TAG_BITS``, whatever the picture: the check is
    a keyed hash of the rest.
    """
    text = "".join(map(str, code.decode(soft).tolist()))
    body, tag = text[:-TAG_BITS], text[-TAG_BITS:]
    if tag != _tag(key, body):
        return None
    numbers, at = [], 0
    for width in _WIDTHS:
        numbers.append(int(body[at : at + width], 2))
        at += width
    work, rows, columns, interval, frames = numbers
    if not rows or not columns:
        return None
    return Label(
        work=work.to_bytes(WORK_ID_BYTES, "big"),
        rows=rows,
        columns=columns,
        interval=interval,
        frames=frames,
    )


def _tag(key: bytes, body: str) -> str:
    found = derived(key, f"seal label {body}", length=TAG_BITS // 8)
    return f"{int.from_bytes(found, 'big'):0{TAG_BITS}b}"


@lru_cache(maxsize=16)
def carrier(key: bytes) -> Carrier:
    """Where the label lies under a key."""
    return Carrier(key, bits=CODED, name="label")
