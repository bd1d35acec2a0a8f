"""Who is near a hash: multi-index hashing over 256-bit hashes, exact by the pigeonhole principle.

Source: Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing",
IEEE TPAMI 36(6), 2014. A hash is cut into 16 bands of 16 bits. Two hashes at most r bits apart
differ by at most r // 16 bits in some band, so looking there, and at the values r // 16 bits
around, misses none.

About 93 bytes a hash: 32 of code, 16 times 3 of place, 8 of name, and 4 MB of bucket starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from foundation.fingerprint.bits import BITS, RADIUS

Codes = npt.NDArray[np.uint8]
Names = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]
Distances = npt.NDArray[np.int64]

BANDS: Final = 16
BAND_BITS: Final = 16
MOST_FLIPS: Final = 2
"""Beyond a radius of 47 bits the bands hold too many candidates; every hash is looked at."""
SMALL: Final = 4096
"""So few hashes are looked at one by one."""

_BYTES = BITS // 8
_WORDS = BITS // 64
_PART = 1 << 18


class Index:
    """A fixed set of hashes with their names. Build anew to change it."""

    def __init__(self, codes: Codes, names: Names) -> None:
        """``codes``: n x 32 bytes; ``names``: n numbers. Raises ValueError for other shapes."""
        if codes.shape != (names.size, _BYTES):
            raise ValueError(f"{names.size} names do not fit codes of the shape {codes.shape}")
        self._words = np.ascontiguousarray(codes).view(np.uint64).reshape(-1, _WORDS)
        self._names = names.astype(np.int64, copy=False)
        self._starts: list[npt.NDArray[np.int32]] = []
        self._orders: list[_Packed] = []
        if names.size > SMALL:
            for keys in _bands(codes):
                self._sort(np.ascontiguousarray(keys))

    def _sort(self, keys: npt.NDArray[np.uint16]) -> None:
        self._orders.append(_Packed(np.argsort(keys, kind="stable")))
        counts = np.bincount(keys, minlength=1 << BAND_BITS)
        starts = np.zeros((1 << BAND_BITS) + 1, dtype=np.int32)
        np.cumsum(counts, out=starts[1:])
        self._starts.append(starts)

    def __len__(self) -> int:
        return int(self._names.size)

    @property
    def codes(self) -> Codes:
        """The hashes, n x 32 bytes."""
        return self._words.view(np.uint8)

    @property
    def names(self) -> Names:
        """Their names, in the same order."""
        return self._names

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        held = self._words.nbytes + self._names.nbytes + sum(part.nbytes for part in self._starts)
        return int(held + sum(order.nbytes for order in self._orders))

    def near(self, code: bytes, *, radius: int = RADIUS) -> tuple[Names, Distances]:
        """The names of all hashes at most ``radius`` bits (0..256) away, nearest first, and how
        far away they are. Raises ValueError for a code that has no 256 bits."""
        asked = _asked(code)
        flips = radius // BANDS
        if not self._orders or flips > MOST_FLIPS:
            return self._sorted(*scan(self._words, asked, radius=radius))
        candidates = self._candidates(asked, flips)
        if candidates is None:
            return self._sorted(*scan(self._words, asked, radius=radius))
        places = candidates
        apart = _apart(self._words[places], asked)
        held = apart <= radius
        places, first = np.unique(places[held], return_index=True)
        return self._sorted(places, apart[held][first])

    def _candidates(self, asked: npt.NDArray[np.uint64], flips: int) -> Places | None:
        """Places in the buckets around each band; None when most of the set would be looked at."""
        keys = asked.view(np.uint16)
        masks = _masks(flips)
        spans = []
        total = 0
        for band in range(BANDS):
            around = (keys[band] ^ masks).astype(np.int64)
            starts = self._starts[band]
            first, last = starts[around], starts[around + 1]
            held = last > first
            spans.append((first[held], (last - first)[held]))
            total += int(spans[-1][1].sum())
        if total > self._names.size // 2:
            return None
        return np.concatenate(
            [
                self._orders[band].take(_ranges(first, counts))
                for band, (first, counts) in enumerate(spans)
            ]
        )

    def _sorted(self, places: Places, apart: Distances) -> tuple[Names, Distances]:
        names = self._names[places]
        order = np.lexsort((names, apart))
        return names[order], apart[order]


def scan(
    words: npt.NDArray[np.uint64], asked: npt.NDArray[np.uint64], *, radius: int
) -> tuple[Places, Distances]:
    """Every one of n x 4 words compared: places and distances within ``radius``."""
    places, distances = [], []
    for top in range(0, len(words), _PART):
        apart = _apart(words[top : top + _PART], asked)
        held = np.flatnonzero(apart <= radius)
        places.append(held + top)
        distances.append(apart[held])
    if not places:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    return np.concatenate(places), np.concatenate(distances)


def scan_codes(codes: Codes, code: bytes, *, radius: int = RADIUS) -> tuple[Places, Distances]:
    """The same for n x 32 bytes and one hash."""
    words = np.ascontiguousarray(codes).view(np.uint64).reshape(-1, _WORDS)
    return scan(words, _asked(code), radius=radius)


def codes_of(values: Sequence[bytes]) -> Codes:
    """n x 32 bytes of n hashes. Raises ValueError for one of another length."""
    flat = np.frombuffer(b"".join(values), dtype=np.uint8)
    if flat.size != len(values) * _BYTES or any(len(value) != _BYTES for value in values):
        raise ValueError(f"a PDQ hash has {_BYTES} bytes")
    return flat.reshape(-1, _BYTES)


def _apart(words: npt.NDArray[np.uint64], asked: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    counts = np.bitwise_count(words ^ asked)
    return np.asarray(counts.sum(axis=1, dtype=np.int64))


def _asked(code: bytes) -> npt.NDArray[np.uint64]:
    if len(code) != _BYTES:
        raise ValueError(f"a PDQ hash has {_BYTES} bytes, not {len(code)}")
    return np.frombuffer(code, dtype=np.uint64)


def _bands(codes: Codes) -> npt.NDArray[np.uint16]:
    return np.ascontiguousarray(codes).view(np.uint16).reshape(-1, BANDS).T


@lru_cache(maxsize=MOST_FLIPS + 1)
def _masks(flips: int) -> npt.NDArray[np.uint16]:
    """All 16-bit numbers with at most so many bits set: 1, 17 or 137 of them."""
    masks = [
        sum(1 << bit for bit in bits)
        for count in range(flips + 1)
        for bits in combinations(range(BAND_BITS), count)
    ]
    return np.array(masks, dtype=np.uint16)


def _ranges(first: npt.NDArray[np.int32], counts: npt.NDArray[np.int32]) -> Places:
    """``first[i] .. first[i] + counts[i]`` for all i, one after another."""
    total = int(counts.sum())
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(counts, dtype=np.int64)
    places: Places = np.arange(total, dtype=np.int64)
    places += np.repeat(first - (ends - counts), counts)
    return places


class _Packed:
    """Places below 2**24 in three bytes each; above, in four."""

    def __init__(self, places: npt.NDArray[np.int64]) -> None:
        wide = places.size > 1 << 24
        self._low = places.astype(np.uint32 if wide else np.uint16)
        self._high = None if wide else (places >> 16).astype(np.uint8)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._low.nbytes + (0 if self._high is None else self._high.nbytes)

    def take(self, at: Places) -> Places:
        """The places that stand at these positions."""
        low = self._low[at].astype(np.int64)
        if self._high is not None:
            low |= self._high[at].astype(np.int64) << 16
        return np.asarray(low)
