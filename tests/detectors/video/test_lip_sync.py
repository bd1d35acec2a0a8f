"""Sound that is shifted on the spot is found shifted by as much; foreign sound is not judged."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from detectors.api import Abstain, Outcome
from detectors.faces import Faces
from detectors.media import AudioBlock
from detectors.registry import find
from detectors.video.lip_sync import LipSync
from foundation.media import Probe, decode, inspect

CLIPS = ("Syncnet_FCN__data_example.avi", "HyperLips__test_video1_video1.mp4")
RATE = 16_000


@dataclass
class Given:
    """A sample whose faces and sound are known."""

    probe: Probe
    found: Faces
    samples: np.ndarray
    start: float = 0.0

    def faces(self) -> Faces:
        return self.found

    def audio_blocks(self) -> Iterator[AudioBlock]:
        for at in range(0, len(self.samples), 10 * RATE):
            part = self.samples[at : at + 10 * RATE]
            yield AudioBlock(samples=part, rate=RATE, start=self.start + at / RATE)


@pytest.fixture(scope="module")
def sound(shared: Path) -> Callable[[str], np.ndarray]:
    @functools.cache
    def heard(name: str) -> np.ndarray:
        blocks = decode.audio_at_rates(shared / "media/faces" / name, [RATE], seconds=10.0)
        return np.concatenate([samples for _, _, samples in blocks])

    return heard


def judged(given: Given) -> Outcome:
    card = find("video.lip_sync").card
    assert card is not None
    return LipSync().detect(given, dict(card.parameters))  # type: ignore[arg-type]


def shifted(samples: np.ndarray, seconds: float) -> np.ndarray:
    """Later by silence in front, or earlier by a piece cut off."""
    count = round(abs(seconds) * RATE)
    if seconds < 0:
        return samples[count:]
    return np.concatenate((np.zeros(count, np.float32), samples))


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("seconds", [-1.0, -0.5, -0.2, 0.2, 0.5, 1.0])
def test_a_shift_is_recovered(
    name: str, seconds: float, shared: Path, seen: Callable[[str], Faces],
    sound: Callable[[str], np.ndarray],
) -> None:  # fmt: skip
    probe = inspect(shared / "media/faces" / name)
    untouched = judged(Given(probe, seen(name), sound(name))).details["offset_ms"]
    moved = judged(Given(probe, seen(name), shifted(sound(name), seconds)))
    assert moved.details["offset_ms"] - untouched == pytest.approx(1000 * seconds, abs=60)
    assert moved.score == abs(moved.details["offset_ms"])


def test_the_sound_of_another_clip_is_not_judged(
    shared: Path, seen: Callable[[str], Faces], sound: Callable[[str], np.ndarray]
) -> None:
    first, second = CLIPS
    probe = inspect(shared / "media/faces" / first)
    with pytest.raises(Abstain, match="cannot be judged") as reason:
        judged(Given(probe, seen(first), sound(second)))
    assert reason.value.details["judged"] is False
    assert isinstance(reason.value.details["offset_ms"], int)


def test_a_late_start_of_the_sound_counts(
    shared: Path, seen: Callable[[str], Faces], sound: Callable[[str], np.ndarray]
) -> None:
    name = CLIPS[0]
    probe = inspect(shared / "media/faces" / name)
    at_once = judged(Given(probe, seen(name), sound(name))).details["offset_ms"]
    late = judged(Given(probe, seen(name), sound(name), start=0.3)).details["offset_ms"]
    assert late - at_once == pytest.approx(300, abs=20)


@pytest.mark.parametrize(("level", "words"), [(0.0, "silent"), (0.2, "cannot be judged")])
def test_silence_and_noise_are_not_speech(
    level: float, words: str, shared: Path, seen: Callable[[str], Faces]
) -> None:
    name = CLIPS[0]
    probe = inspect(shared / "media/faces" / name)
    noise = np.random.default_rng(3).normal(0, level, 13 * RATE).astype(np.float32)
    with pytest.raises(Abstain, match=words):
        judged(Given(probe, seen(name), noise))
