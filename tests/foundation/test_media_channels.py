"""Sound with its own channels and rate, in pieces."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundation.media.decode import audio_channels


def write(path: Path, samples: np.ndarray, *, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize(("channels", "rate"), [(1, 8_000), (2, 44_100), (6, 48_000)])
def test_every_sample_of_every_channel_comes_once(tmp_path: Path, channels: int, rate: int) -> None:
    random = np.random.default_rng(channels)
    samples = random.uniform(-0.9, 0.9, (channels, 2 * rate + 77))
    path = write(tmp_path / "sound.wav", samples, rate=rate)
    pieces = list(audio_channels(path, seconds=0.5))
    assert len(pieces) >= 3
    assert {found for found, _ in pieces} == {rate}
    whole = np.concatenate([piece for _, piece in pieces], axis=1)
    assert whole.dtype == np.float32
    assert whole.shape == samples.shape
    assert np.abs(whole - samples).max() < 2 / 32767


def test_a_picture_has_no_sound(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    assert list(audio_channels(tmp_path / "picture.png")) == []
