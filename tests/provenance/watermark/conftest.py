"""Pictures, and a scheme of somebody else's, for the tests of watermarks."""

from __future__ import annotations

import textwrap
import wave
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from provenance.watermark import registry

Picture = Callable[..., npt.NDArray[np.uint8]]


@pytest.fixture(scope="session")
def scene() -> Picture:
    """Make a colourful picture with edges, slopes and grain."""

    def make(*, width: int = 640, height: int = 512, seed: int = 1) -> npt.NDArray[np.uint8]:
        random = np.random.default_rng(seed)
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        picture = np.stack([60 + 120 * columns / width, 90 + 80 * rows / height, 130 + 0 * rows], 2)
        for _ in range(30):
            x, y = random.uniform(0, width), random.uniform(0, height)
            size, flat = random.uniform(0.05, 0.2) * max(width, height), random.uniform(0.4, 1)
            inside = ((columns - x) / size) ** 2 + ((rows - y) / size / flat) ** 2 < 1
            picture[inside] = random.uniform(40, 215, 3)
        picture += random.normal(0, 3, (height, width, 1))
        return np.clip(picture, 0, 255).astype(np.uint8)

    return make


CARD = """
id: corner
title: The corner
version: 1.0.0
interface: ">=1.0,<2.0"
media: [image]
public: {public}
embeds: true
payload_bytes: 2
algorithm: org.example.corner.1
{resources}
libraries: [numpy]
seconds: 20
licence: MIT
citations: [none]
limits: [none]
"""
MODULE = """
import numpy as np
from provenance.watermark.api import Detection, Marked, Status

class Corner:
    def detect(self, sample, *, key):
        {before}
        value = bytes(np.array(sample.pixels()[0, :2, 0] ^ (key[0] if key else 0), dtype=np.uint8))
        if value[0] == 0xAB:
            return Detection(scheme="corner", status=Status.FOUND, sentence="There.", payload=value,
                             agreement=1.0, bits=16, false_alarm=1e-4)
        return Detection(scheme="corner", status=Status.ABSENT, sentence="Not there.")

    def embed(self, sample, *, payload, key):
        pixels = sample.pixels().copy()
        pixels[0, :2, 0] = np.frombuffer(payload, np.uint8) ^ (key[0] if key else 0)
        {spoil}
        return Marked(pixels=pixels, details={{"changed": 2}})
"""


@pytest.fixture
def corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., registry.Entry]:
    """Make a scheme in a package of its own, which hides two bytes in the first two pixels."""

    def make(
        *,
        public: bool = True,
        before: str = "pass",
        spoil: str = "pass",
        resources: str = "",
        card: str | None = None,
    ) -> registry.Entry:
        package = tmp_path / "plugin" / "their_marks"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "corner.py").write_text(
            textwrap.dedent(MODULE.format(before=before, spoil=spoil))
        )
        text = card or CARD.format(public=str(public).lower(), resources=resources)
        (package / "corner.yaml").write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path / "plugin"))
        return registry.describe(
            "corner", target="their_marks.corner:Corner", distribution="their-marks 1.0"
        )

    return make


def _write_wav(path: Path, samples: npt.NDArray[np.float64], *, rate: int) -> Path:
    """Samples (in -1..1, one row a channel) as a 16-bit WAV file."""
    grid = np.atleast_2d(samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(grid.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(grid.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A short recording."""
    time = np.arange(16_000) / 16_000
    return _write_wav(tmp_path / "tone.wav", 0.3 * np.sin(2 * np.pi * 440 * time), rate=16_000)


@pytest.fixture(scope="session")
def voice() -> Callable[..., npt.NDArray[np.float64]]:
    """Make something like speech: syllables of a gliding voice, hisses, pauses."""

    @lru_cache(maxsize=16)
    def make(
        *, seconds: float = 12.0, rate: int = 24_000, seed: int = 1
    ) -> npt.NDArray[np.float64]:
        random = np.random.default_rng(seed)
        time = np.arange(int(seconds * rate)) / rate
        pitch = 120 + 30 * np.sin(2 * np.pi * 0.4 * time) + 12 * np.sin(2 * np.pi * 2.3 * time)
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        sound = np.zeros(time.size)
        for harmonic in range(1, 36):
            tilt = 1 / harmonic * (0.6 + 0.4 * np.sin(2 * np.pi * (0.7 + 0.13 * harmonic) * time))
            sound += tilt * np.sin(harmonic * phase + random.uniform(0, 6))
        sound += 0.25 * np.diff(random.normal(0, 1, time.size + 1))
        beats = np.repeat(random.uniform(0, 1, int(seconds * 6) + 2), rate // 6 + 1)[: time.size]
        smooth = np.convolve(beats, np.hanning(rate // 40) / np.hanning(rate // 40).sum(), "same")
        spoken = np.maximum(sound * np.clip(smooth * 1.3 - 0.15, 0.004, 1), -50)
        return spoken / np.abs(spoken).max() * 0.7

    return make


@pytest.fixture(scope="session")
def write_wav() -> Callable[..., Path]:
    """Write samples as a WAV file: path, samples, rate."""
    return _write_wav
