"""The parts of the seal by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from provenance.watermark.seal import code, events, label, sequence, streams
from provenance.watermark.seal.events import Shown
from provenance.watermark.seal.label import Label


def test_the_code_corrects_noise() -> None:
    chance = np.random.default_rng(1)
    bits = chance.integers(0, 2, 120).astype(np.uint8)
    signs = 1 - 2 * code.encode(bits).astype(np.float32)
    assert signs.size == code.length(120)
    noisy = (signs + chance.normal(0, 0.8, signs.size)).astype(np.float32)
    assert np.mean(noisy * signs < 0) > 0.05
    assert np.array_equal(code.decode(noisy), bits)


def test_a_label_comes_back_and_noise_is_no_label(
    key: bytes, other_key: bytes, work: bytes
) -> None:
    said = Label(work=work, rows=255, columns=1, interval=4000, frames=70_000)
    assert label.decode(said.coded(key), key) == said
    assert label.decode(said.coded(key), other_key) is None
    chance = np.random.default_rng(2)
    for _ in range(200):
        assert label.decode(chance.normal(size=label.CODED).astype(np.float32), key) is None


def test_streams_never_change(key: bytes) -> None:
    assert streams.signs(key, "a", 8).tolist() == streams.signs(key, "a", 16)[:8].tolist()
    assert sorted(streams.order(key, "a", 50).tolist()) == list(range(50))
    assert not np.array_equal(streams.offsets(key, "a", 50), streams.offsets(key, "b", 50))


def scores(order: list[int], *, strength: float = 9.0) -> np.ndarray:
    """What frames of these numbers show, over a still scene and noise."""
    chance = np.random.default_rng(3)
    scene = chance.normal(size=(3, 64))
    out = scene + chance.normal(0, 0.5, (len(order), 3, 64))
    for place, number in enumerate(order):
        for digit in range(3):
            out[place, digit, number // 64**digit % 64] += strength
    return out.astype(np.float32)


@pytest.mark.parametrize(
    "order",
    [
        [*range(100)],
        [*range(40), *range(60, 100)],
        [*range(50), 51, 50, *range(52, 100)],
        [*range(50), 49, *range(50, 100)],
        [*range(50), *[49] * 12, *range(62, 100)],
        [*range(50, 100), *range(50)],
        [*range(80), *range(60, 100)],
    ],
    ids=["whole", "cut", "swap", "repeat", "held", "halves", "again"],
)
def test_the_order_is_found(order: list[int]) -> None:
    found = sequence.find(scores(order), frames=100)
    assert found.to_the_frame
    assert found.numbers.tolist() == order


def test_noise_has_no_order() -> None:
    noise = np.random.default_rng(4).normal(size=(80, 3, 64)).astype(np.float32)
    assert not sequence.find(noise, frames=80).judged


def shown(numbers: list[int | None], *, pace: float = 0.04) -> list[Shown]:
    return [Shown(at=place * pace, number=number) for place, number in enumerate(numbers)]


def test_events_in_words() -> None:
    assert events.told(shown([*range(20)]), frames=20, interval=0.04) == []
    assert events.told(shown([None] * 9), frames=20, interval=0.04) == []
    cut, again = events.told(
        shown([*range(5), *range(10, 20), *range(12, 15)]), frames=20, interval=None
    )
    assert cut.sentence == "5 frames were cut after 0:00.16."
    assert again.sentence == "At 0:00.60 3 frames (13 to 15) were repeated."
    [faster] = events.told(shown([*range(20)], pace=0.02), frames=20, interval=0.04)
    assert "2.00 times faster" in faster.sentence
    many = shown([number for number in range(400) if number % 3])
    assert len(events.told(many, frames=400, interval=None)) == events.MOST_TOLD
