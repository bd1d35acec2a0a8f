"""What the measures of sound must not do, and where they say that they cannot measure."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from detectors.api import Status
from detectors.audio.chance import log10_at_least
from detectors.audio.pauses import largest_group
from detectors.audio.stream import Framer
from detectors.ground_truth import sounds
from detectors.ground_truth.voice import background, speech
from detectors.media import AudioBlock
from detectors.registry import find
from detectors.testing import finding

RATE = sounds.RATE


def test_frames_run_on_over_the_edges_of_blocks() -> None:
    sound = np.random.default_rng(1).normal(0, 1, 5000).astype(np.float32)
    framer = Framer(length=256, hop=100)
    edges = [0, 90, 400, 401, 3000, 5000]
    parts = [
        framer.add(AudioBlock(samples=sound[a:b], rate=1000, start=a / 1000))
        for a, b in pairwise(edges)
    ]
    together = np.concatenate([part.frames for part in parts])
    expected = np.lib.stride_tricks.sliding_window_view(sound, 256)[::100]
    assert np.array_equal(together, expected)
    times = np.concatenate([part.times for part in parts])
    assert times == pytest.approx(np.arange(len(expected)) * 0.1)


def test_silence_over_the_edge_of_a_block_is_one_silence(hear: Any) -> None:
    sound = speech(24.0, rate=RATE, seed=81)
    sound[round(9.8 * RATE) : round(10.3 * RATE)] = 0
    [track] = hear("audio.silence", sound).tracks
    assert (track.start, track.end) == (pytest.approx(9.8, abs=0.01), pytest.approx(10.3, abs=0.01))


def test_padding_at_the_ends_is_no_silence(hear: Any) -> None:
    sound = speech(8.0, rate=RATE, seed=82)
    sound[: round(0.2 * RATE)] = 0
    sound[-round(0.2 * RATE) :] = 0
    found = hear("audio.silence", sound)
    assert (found.score, found.tracks) == (0.0, ())
    assert found.details["count"] == 2


def test_a_gate_that_opens_and_closes_marks_no_silence(hear: Any) -> None:
    sound = speech(20.0, rate=RATE, seed=83)
    time = np.arange(sound.size) / RATE
    sound[np.sin(2 * np.pi * 0.5 * time) > 0.6] = 0
    found = hear("audio.silence", sound)
    assert (found.score, found.tracks) == (0.0, ())
    assert "noise gate" in found.sentence


def test_a_background_between_words_is_measured(hear: Any) -> None:
    quiet = hear("audio.noise_floor", speech(10.0, rate=RATE, seed=84, noise_db=-62))
    loud = hear("audio.noise_floor", speech(10.0, rate=RATE, seed=84, noise_db=-42))
    assert quiet.score - loud.score == pytest.approx(20, abs=4)


def test_unbroken_sound_has_no_pauses_to_judge(hear: Any) -> None:
    steady = background(8 * RATE, level_db=-20, seed=85)
    for detector_id in ("audio.noise_floor", "audio.pauses"):
        assert hear(detector_id, steady).status is Status.ABSTAINED


def test_without_hum_nothing_is_said_about_it(hear: Any) -> None:
    found = hear("audio.hum", speech(12.0, rate=RATE, seed=86))
    assert found.status is Status.ABSTAINED
    assert "no steady mains hum" in found.sentence


def test_whole_periods_of_hum_can_be_cut_out_unseen(tmp_path: Path) -> None:
    truth = sounds.hum_broken(seed=87, cut=1.0)
    altered, _ = (finding(find("audio.hum"), p) for p in truth.write(tmp_path, name="whole"))
    assert altered.tracks == ()


def test_a_cut_off_top_made_quieter_is_told_from_an_overdriven_one(hear: Any) -> None:
    loud = np.clip(speech(8.0, rate=RATE, seed=88) * 4, -1, 1)
    assert "too loud for its device" in hear("audio.clipping", loud).sentence
    assert "lowered afterwards" in hear("audio.clipping", 0.5 * loud).sentence
    mixed = np.concatenate([0.5 * loud, speech(8.0, rate=RATE, seed=89) * 1.8])
    assert "before they came into this file" in hear("audio.clipping", mixed).sentence


def test_too_few_pauses_are_not_compared(hear: Any) -> None:
    found = hear("audio.pauses", speech(7.0, rate=RATE, seed=90))
    assert found.status is Status.ABSTAINED
    assert "pauses" in found.sentence


def test_a_compressed_file_is_not_searched_for_its_own_traces(tmp_path: Path) -> None:
    path = tmp_path / "own.m4a"
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("aac", rate=RATE)
        stream.layout = "mono"
        sound = speech(6.0, rate=RATE, seed=91).astype(np.float32)
        for start in range(0, sound.size, 1024):
            frame = av.AudioFrame.from_ndarray(
                sound[start : start + 1024][None], format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts = RATE, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    found = finding(find("audio.reencoding"), path)
    assert found.status is Status.ABSTAINED
    assert "aac" in found.sentence


@pytest.mark.parametrize("seed", [95, 96])
def test_many_uneven_pauses_hold_no_coincidence(seed: int) -> None:
    lengths = np.random.default_rng(seed).lognormal(-0.9, 0.5, 4000)
    assert largest_group(lengths, width=0.015).surprise < 3
    spiked = np.concatenate([lengths, np.full(200, 0.4)])
    found = largest_group(spiked, width=0.015)
    assert found.surprise > 6
    assert found.length == pytest.approx(0.4, abs=0.01)


def test_chances_are_those_of_the_binomial() -> None:
    assert 10 ** log10_at_least(2, of=3, share=0.5) == pytest.approx(0.5)
    assert 10 ** log10_at_least(9, of=10, share=0.1) == pytest.approx(9.1e-9, rel=1e-6)
    assert log10_at_least(3000, of=6000, share=0.01) < -1000
    assert log10_at_least(0, of=5, share=0.2) == 0
