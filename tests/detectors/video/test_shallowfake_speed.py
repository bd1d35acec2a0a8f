"""The speed of the sound: slowed with its pitch, stretched without, and untouched."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from detectors.audio.stream import Sound
from detectors.ground_truth.edits import clip
from detectors.ground_truth.slowing import Way, read, slowed, write
from detectors.ground_truth.sounds import RATE, hummed, music
from detectors.ground_truth.voice import background, speech
from detectors.registry import find
from detectors.testing import finding
from detectors.video import shallowfake_stretch
from detectors.video.shallowfake_measure import Measure
from detectors.video.shallowfake_speed import measures

TOLERANCE = 0.1
SECONDS = 8.0
TALKING = "media/faces/LatentSync__assets_demo1_video.mp4"


@pytest.fixture(scope="module")
def card() -> dict[str, float]:
    found = find("video.shallowfake").card
    assert found is not None
    return {name: float(value) for name, value in found.parameters.items()}


@pytest.fixture(scope="module")
def spoken() -> Sound:
    return speech(12.0, rate=RATE, seed=21, noise_db=-50).astype(np.float32)


def judged(sound: Sound, card: dict[str, float]) -> dict[str, Measure]:
    return {one.name: one for one in measures(sound[: 20 * RATE], p=card)}


@pytest.mark.parametrize("factor", [0.85, 0.75, 0.65])
def test_stretched_sound_tells_about_how_far(
    spoken: Sound, card: dict[str, float], factor: float
) -> None:
    found = judged(slowed(spoken, rate=RATE, factor=factor, way=Way.STRETCHED), card)["splices"]
    assert found.remark is not None
    assert found.factor == pytest.approx(factor, abs=TOLERANCE)
    assert found.value is not None
    assert found.value > found.ranges[0][1]


def test_untouched_and_resampled_sound_has_no_splices(
    spoken: Sound, card: dict[str, float]
) -> None:
    for way in (Way.NONE, Way.RESAMPLED):
        found = judged(slowed(spoken, rate=RATE, factor=0.75, way=way), card)["splices"]
        assert found.remark is None
        assert found.value is not None or way is Way.RESAMPLED


def test_faint_frequencies_are_not_lost_beside_loud_ones() -> None:
    """The mean of each neighbourhood is right also seven orders of magnitude below the loudest."""
    wide, loud = 31, 60
    chance = np.random.default_rng(0).exponential(size=(3, 513))
    power = (chance * np.where(np.arange(513) < loud, 300.0, 1e-5)).astype(np.float32)
    padded = np.pad(power.astype(np.float64), ((0, 0), (wide // 2, wide // 2)), mode="edge")
    exact = np.lib.stride_tricks.sliding_window_view(padded, wide, axis=1).mean(axis=2)
    found = shallowfake_stretch._around(power, wide=wide)
    assert np.allclose(found[:, loud + wide :], exact[:, loud + wide :], rtol=1e-4, atol=0)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_tells_the_factor_exactly(spoken: Sound, card: dict[str, float], mains: float) -> None:
    over = hummed(spoken.astype(np.float64), rate=RATE, hertz=mains, seed=4, level_db=-42)
    sound = over.astype(np.float32)
    at_speed = judged(sound, card)["hum"]
    assert at_speed.value == pytest.approx(mains, abs=0.2)
    assert (at_speed.remark, at_speed.not_judged) == (None, None)
    found = judged(slowed(sound, rate=RATE, factor=0.75, way=Way.RESAMPLED), card)["hum"]
    assert found.value == pytest.approx(0.75 * mains, abs=0.2)
    assert f"{mains:.0f} Hz at 0.75 of its speed" in (found.remark or "")


def test_nothing_is_judged_where_nothing_can_be_heard(card: dict[str, float]) -> None:
    silent = measures(np.zeros(10 * RATE, dtype=np.float32), p=card)
    assert {one.not_judged for one in silent} == {"The sound is silent."}
    assert {one.not_judged for one in measures(None, p=card)} == {"There is no sound."}
    short = judged(speech(2.0, rate=RATE, seed=3).astype(np.float32), card)
    assert {one.not_judged for one in short.values()} == {"The sound is too short."}
    noise = judged(background(10 * RATE, level_db=-40, seed=5).astype(np.float32), card)
    assert noise["voice"].not_judged == "There is too little speech in the sound."
    assert noise["hum"].not_judged == "There is no steady hum in the sound."
    assert [one.remark for one in noise.values()] == [None] * 3
    chords = judged(music(seconds=10.0).astype(np.float32), card)
    assert [one.remark for one in chords.values()] == [None] * 3


def test_every_measure_says_its_unit_range_and_source(
    spoken: Sound, card: dict[str, float]
) -> None:
    for one in measures(spoken, p=card):
        told = one.to_details()
        assert told["unit"]
        assert told["source"]
        assert all(low < high for low, high in told["ranges"])
        assert (told["value"] is None) <= (told["not_judged"] is not None)


@pytest.mark.parametrize("way", list(Way))
def test_a_slowed_clip_of_a_person_is_told_and_its_twin_is_not(
    shared: Path, tmp_path: Path, way: Way
) -> None:
    source = shared / TALKING
    factor = 1.0 if way is Way.NONE else 0.75
    sound, rate = read(source, seconds=SECONDS)
    path = write(
        tmp_path / "clip.mp4", sound=slowed(sound, rate=rate, factor=factor, way=way), rate=rate,
        pictures=clip(source, height=108, seconds=SECONDS), fps=Fraction(25) * Fraction(factor),
    )  # fmt: skip
    found = finding(find("video.shallowfake"), path)
    told = {name: one["factor"] for name, one in found.details["sound_speed"].items()}
    if way is Way.NONE:
        assert (set(told.values()), found.score) == ({None}, 0.0)
        return
    name = "voice" if way is Way.RESAMPLED else "splices"
    assert [key for key, value in told.items() if value is not None] == [name]
    assert told[name] == pytest.approx(0.75, abs=TOLERANCE)
    assert f"{told[name]:.2f} of its speed" in found.sentence
    assert found.details["unusual_rate"] == pytest.approx(18.75, abs=0.1)
