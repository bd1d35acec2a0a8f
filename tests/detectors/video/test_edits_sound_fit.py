"""The speed of sound is learnt from recordings that were slowed; one is judged without itself."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.video_edits_sound import Copy
from benchmarks.video_edits_sound_fit import Measured, fitted, told
from detectors.ground_truth.slowing import Way
from detectors.registry import find
from detectors.video.shallowfake_stretch import Splices
from detectors.video.shallowfake_voice import Voice

SPEEDS = ((Way.NONE, 1.0), (Way.STRETCHED, 0.85), (Way.STRETCHED, 0.75),
          (Way.RESAMPLED, 0.85), (Way.RESAMPLED, 0.75))  # fmt: skip


@pytest.fixture(scope="module")
def card() -> dict[str, float]:
    found = find("video.shallowfake").card
    assert found is not None
    return {name: float(value) for name, value in found.parameters.items()}


def copies(number: int) -> list[Copy]:
    """A man whose voice lies near the line of people, at every speed."""
    chance = np.random.default_rng(number)
    pitch = float(chance.uniform(100, 150))
    spacing = 330 * pitch**0.23 * float(np.exp(chance.normal(0, 0.01)))
    found = []
    for way, factor in SPEEDS:
        low = factor if way is Way.RESAMPLED else 1.0
        share = 1 - factor if way is Way.STRETCHED else 0.0
        splices = Splices(
            beat=43.1, swing=0.01 + 0.4 * share, stands_out=60.0 + 900 * share,
            lag_share=0.3 + share + float(chance.normal(0, 0.01)),
            like_share=0.2 + share + float(chance.normal(0, 0.01)), always=0.1,
        )  # fmt: skip
        voice = Voice(pitch=pitch * low, spacing=spacing * low)
        found.append(Copy(group=str(number), way=way, factor=factor,
                          measured=Measured(splices=splices, voice=voice)))  # fmt: skip
    return found


def test_what_was_learnt_tells_the_speed_of_a_recording_that_was_left_out(
    card: dict[str, float],
) -> None:
    everyone = [copies(number) for number in range(8)]
    for number, left_out in enumerate(everyone):
        others = [one for each in everyone[:number] + everyone[number + 1 :] for one in each]
        p = {**card, **fitted(others, p=card)}
        for one in left_out:
            stretched = one.factor if one.way is Way.STRETCHED else 1.0
            assert told(one.measured, "splices", p=p) == pytest.approx(stretched, abs=0.05)
            if one.way is not Way.STRETCHED:
                assert told(one.measured, "voice", p=p) == pytest.approx(one.factor, abs=0.08)


def test_a_natural_voice_far_from_the_others_moves_the_threshold(card: dict[str, float]) -> None:
    everyone = [one for number in range(8) for one in copies(number)]
    before = fitted(everyone, p=card)["voice_off"]
    deep = Measured(splices=everyone[0].measured.splices, voice=Voice(pitch=120.0, spacing=850.0))
    odd = Copy(group="odd", way=Way.NONE, factor=1.0, measured=deep)
    assert fitted([*everyone, odd], p=card)["voice_off"] < before < 0.0
    p = {**card, **fitted([*everyone, odd], p=card)}
    assert told(deep, "voice", p=p) == 1.0
    high = Measured(splices=deep.splices, voice=Voice(pitch=240.0, spacing=1200.0))
    assert told(high, "voice", p=p) is None
