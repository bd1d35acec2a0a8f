"""The index finds exactly what a look at every hash finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.fingerprint.bits import distance, turns_of
from foundation.fingerprint.index import SMALL, Index, codes_of, scan_codes
from foundation.fingerprint.pdq import pdq_variants

COUNT = 3 * SMALL


def apart(code: bytes, bits: int, generator: np.random.Generator) -> bytes:
    """A hash at exactly so many bits from another."""
    flat = np.unpackbits(np.frombuffer(code, dtype=np.uint8))
    flat[generator.choice(256, bits, replace=False)] ^= 1
    return np.packbits(flat).tobytes()


@pytest.fixture(scope="module")
def planted() -> tuple[Index, np.ndarray, bytes]:
    """Random hashes, and neighbours of one of them at every distance from 0 to 64."""
    generator = np.random.default_rng(7)
    codes = generator.integers(0, 256, (COUNT, 32), dtype=np.uint8)
    asked = codes[17].tobytes()
    for bits in range(65):
        codes[100 + bits] = np.frombuffer(apart(asked, bits, generator), dtype=np.uint8)
    return Index(codes, np.arange(COUNT) * 3 + 1), codes, asked


@pytest.mark.parametrize("radius", [0, 1, 15, 16, 31, 32, 40, 47, 48, 64])
def test_every_planted_neighbour_within_the_radius_is_found(
    planted: tuple[Index, np.ndarray, bytes], radius: int
) -> None:
    index, _, asked = planted
    names, bits = index.near(asked, radius=radius)
    found = dict(zip(names.tolist(), bits.tolist(), strict=True))
    for step in range(65):
        assert found.get((100 + step) * 3 + 1) == (step if step <= radius else None)
    assert bits.tolist() == sorted(bits.tolist())
    assert len(set(names.tolist())) == names.size


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), radius=st.integers(0, 47), place=st.integers(0, COUNT - 1))
def test_index_and_scan_agree(
    planted: tuple[Index, np.ndarray, bytes], seed: int, radius: int, place: int
) -> None:
    index, codes, _ = planted
    generator = np.random.default_rng(seed)
    asked = apart(codes[place].tobytes(), int(generator.integers(0, 48)), generator)
    names, bits = index.near(asked, radius=radius)
    places, expected = scan_codes(codes, asked, radius=radius)
    assert dict(zip(names.tolist(), bits.tolist(), strict=True)) == dict(
        zip((places * 3 + 1).tolist(), expected.tolist(), strict=True)
    )


def test_a_crowd_of_equal_hashes_is_found_whole() -> None:
    codes = np.tile(np.arange(32, dtype=np.uint8), (2 * SMALL, 1))
    names, bits = Index(codes, np.arange(2 * SMALL)).near(bytes(range(32)))
    assert names.size == 2 * SMALL
    assert int(bits.max()) == 0


def test_a_small_or_empty_set_works_and_a_wrong_hash_is_refused() -> None:
    nothing = Index(np.zeros((0, 32), dtype=np.uint8), np.zeros(0, dtype=np.int64))
    assert nothing.near(bytes(32))[0].size == 0
    few = Index(codes_of([bytes(32), b"\xff" * 32]), np.array([5, 6]))
    assert few.near(bytes(32))[0].tolist() == [5]
    with pytest.raises(ValueError, match="32 bytes"):
        few.near(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        codes_of([b"short"])


def test_a_million_hashes_fit_into_a_hundred_megabytes() -> None:
    """By what is held for one hash: code, places, name; the starts of buckets are fixed."""
    starts = 16 * (65536 + 1) * 4
    held = Index(np.zeros((COUNT, 32), dtype=np.uint8), np.arange(COUNT)).nbytes - starts
    assert held / COUNT * 1_000_000 + starts <= 100_000_000


def test_turns_from_the_hash_alone_come_close() -> None:
    """Of a picture with a full hash; the exact ones need the picture."""
    generator = np.random.default_rng(3)
    coarse = generator.uniform(0, 255, (24, 32))
    picture = np.kron(coarse, np.ones((8, 8))).astype(np.uint8)
    exact = pdq_variants(picture)
    told = turns_of(exact[0].hash)
    assert told[0] == exact[0].hash
    assert len(told) == len(exact)
    assert max(distance(a, b.hash) for a, b in zip(told, exact, strict=True)) <= 24
