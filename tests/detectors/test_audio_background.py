"""A join between two backgrounds is located in time; the untouched twin is quiet."""

from __future__ import annotations

import wave
from pathlib import Path

import av
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


def heard(samples: Samples, path: Path, *, by: str = "audio.background") -> Finding:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    [finding] = analyse(path, probe=inspect(path), only=[by]).findings
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
    [track] = heard(samples, tmp_path / "silent.wav", by="audio.silence").tracks
    assert track.label == "digital silence"
    assert track.start == pytest.approx(6, abs=0.05)
    assert track.end == pytest.approx(7, abs=0.05)


@pytest.mark.parametrize(("seconds", "level"), [(2, 0.01), (12, 0.0)])
def test_too_little_to_hear_is_no_finding(tmp_path: Path, seconds: int, level: float) -> None:
    samples = np.random.default_rng(1).normal(0, 1, seconds * RATE) * level
    finding = heard(samples, tmp_path / "little.wav")
    assert finding.status is Status.ABSTAINED


def band_limited(samples: Samples, *, below: float) -> Samples:
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(samples.size, 1 / RATE) > below] = 0
    return np.fft.irfft(spectrum, samples.size)


def test_a_change_of_bandwidth_is_located(tmp_path: Path) -> None:
    full = speech(9, floor=0.002, seed=5)
    narrow = band_limited(speech(9, floor=0.002, seed=6), below=3400)
    [track] = heard(
        np.concatenate([full, narrow]), tmp_path / "narrow.wav", by="audio.cutoff"
    ).tracks
    assert track.label.startswith("nothing above")
    assert track.start - 0.2 <= 9 <= track.end + 0.2
    [track] = heard(np.concatenate([narrow, full]), tmp_path / "wide.wav", by="audio.cutoff").tracks
    assert track.label.startswith("sound above")
    assert track.start - 0.2 <= 9 <= track.end + 0.2


def test_a_gate_that_opens_and_closes_marks_no_moment(tmp_path: Path) -> None:
    samples = speech(20, floor=0.004, seed=7)
    time = np.arange(samples.size) / RATE
    samples[np.sin(2 * np.pi * 0.5 * time) > 0.6] = 0
    finding = heard(samples, tmp_path / "gated.wav", by="audio.silence")
    assert finding.tracks == ()
    assert "noise gate" in finding.sentence


def test_the_sound_track_of_a_video_is_heard_in_the_time_of_the_file(tmp_path: Path) -> None:
    joined = np.concatenate([speech(8, floor=0.001, seed=8), speech(8, floor=0.02, seed=9)])
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("libx264", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        sound = out.add_stream("aac", rate=RATE)
        for number in range(180):
            level = np.full((64, 64, 3), number, dtype=np.uint8)
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(level, format="rgb24")))
        late = round(1.5 * RATE)
        for start in range(0, joined.size, 1024):
            block = joined[start : start + 1024].astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, start + late
            out.mux(sound.encode(frame))
        out.mux(sound.encode())
        out.mux(pictures.encode())
    probe = inspect(path)
    [finding] = analyse(path, probe=probe, only=["audio.background"]).findings
    rises = [track for track in finding.tracks if "rises" in track.label]
    assert [abs(track.start - 9.5) < 1 for track in rises] == [True]
