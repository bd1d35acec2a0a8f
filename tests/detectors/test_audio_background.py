"""A join between two backgrounds is located in time; the untouched twin is quiet."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.runner import analyse
from foundation.media import inspect

RATE = 16_000
Samples = np.ndarray[tuple[int], np.dtype[np.float64]]


def speech(seconds: float, *, floor: float, seed: int) -> Samples:
    """Bursts of voice-like sound over a steady noise."""
    generator = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    gate = (np.sin(2 * np.pi * 0.7 * time + seed) > 0.1).astype(float)
    voice = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 12))
    return 0.15 * gate * voice + generator.normal(0, floor, time.size)


def heard(samples: Samples, path: Path) -> Finding:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    [finding] = analyse(path, probe=inspect(path), only=["audio.background"]).findings
    return finding


def test_a_join_is_located(tmp_path: Path) -> None:
    joined = np.concatenate([speech(9, floor=0.001, seed=1), speech(9, floor=0.012, seed=2)])
    finding = heard(joined, tmp_path / "joined.wav")
    assert finding.status is Status.OK
    [track] = finding.tracks
    assert track.start - 1 <= 9 <= track.end + 1
    assert "rises" in track.label


@pytest.mark.parametrize("floor", [0.001, 0.012])
def test_the_untouched_twin_is_quiet(tmp_path: Path, floor: float) -> None:
    finding = heard(speech(18, floor=floor, seed=3), tmp_path / "whole.wav")
    assert finding.status is Status.OK
    assert (finding.tracks, finding.score) == ((), 0.0)


def test_digital_silence_is_located(tmp_path: Path) -> None:
    samples = speech(14, floor=0.004, seed=4)
    samples[6 * RATE : 7 * RATE] = 0
    [track] = heard(samples, tmp_path / "silent.wav").tracks
    assert track.label == "digital silence"
    assert track.start == pytest.approx(6, abs=0.05)
    assert track.end == pytest.approx(7, abs=0.05)


@pytest.mark.parametrize(("seconds", "level"), [(2, 0.01), (12, 0.0)])
def test_too_little_to_hear_is_no_finding(tmp_path: Path, seconds: int, level: float) -> None:
    samples = np.random.default_rng(1).normal(0, 1, seconds * RATE) * level
    finding = heard(samples, tmp_path / "little.wav")
    assert finding.status is Status.ABSTAINED
