"""A labelled set drawn and sounded on the spot, and three plugins that measure something simple."""

from __future__ import annotations

import csv
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from detectors import registry

CODE = """
import numpy as np
from detectors.api import Abstain, Outcome

class Redness:
    def detect(self, sample, parameters, /):
        red, _, blue = np.moveaxis(sample.pixels().astype(float), -1, 0)
        return Outcome(sentence="It measured.", score=float((red - blue).mean()))

class Highness:
    def detect(self, sample, parameters, /):
        sound = sample.audio().samples
        if sound.size < 16000:
            raise Abstain("Too short.")
        power = np.abs(np.fft.rfft(sound)) ** 2
        at = np.arange(power.size) * 8000 / power.size
        return Outcome(sentence="It measured.", score=float((power * at).sum() / power.sum()))

class Noise:
    def detect(self, sample, parameters, /):
        return Outcome(sentence="It measured.", score=float(sample.pixels()[0, 0, 1] % 7))
"""
CARD: dict[str, Any] = {
    "name": "Odd | one", "version": "1.0.0", "interface": ">=1.0,<2.0", "modality": "image",
    "speaks_about": "picture", "evidence": "digital", "summary": "For tests.",
    "needs": {"pixels": True}, "licence": "Apache-2.0", "citations": ["None."],
    "runtime": {"libraries": ["numpy"], "devices": ["cpu"], "seconds": 30},
    "limits": ["All of them."], "error_rates": "not calibrated", "parameters": {"window": 8},
    "score": {"low": -9000, "high": 9000, "direction": "higher_is_more_suspicious",
              "meaning": "None."},
}  # fmt: skip
CARDS: dict[str, dict[str, Any]] = {
    "Redness": {**CARD, "id": "test.redness"},
    "Noise": {**CARD, "id": "test.noise"},
    "Highness": {
        **CARD, "id": "test.highness", "modality": "audio", "speaks_about": "voice",
        "evidence": "physical", "needs": {"audio": {"rate": 16000, "max_seconds": 60}},
        "score": {**CARD["score"], "direction": "lower_is_more_suspicious"},
    },
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """The manifest, and the folder with the plugins' cards."""

    manifest: Path
    plugins: Path


@pytest.fixture(scope="session")
def place_of_plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder for every test: a confined process serves as long as the path is the same."""
    return tmp_path_factory.mktemp("plugins")


@pytest.fixture
def plugins(
    place_of_plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Only these three detectors, with cards as written here, and a state folder of this test's
    own."""
    folder = place_of_plugins
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.syspath_prepend(str(folder))
    entries = []
    for name, card in CARDS.items():
        module = f"odd_{name.lower()}"
        (folder / f"{module}.py").write_text(CODE)
        (folder / f"{module}.yaml").write_text(yaml.safe_dump(card, sort_keys=False))
        entries.append(
            registry.describe(card["id"], target=f"{module}:{name}", distribution="tests")
        )
    monkeypatch.setattr(registry._registry, "_entries", tuple(entries))
    yield folder
    registry.reset()


@pytest.fixture
def labelled(tmp_path: Path, plugins: Path) -> Labelled:
    """Ten pictures and ten sounds of each label, in five groups; fake pictures are a little
    redder and larger, fake sounds a little lower and of a higher rate."""
    random = np.random.default_rng(11)
    folder = tmp_path / "set"
    folder.mkdir()
    rows = []
    for place in range(40):
        fake, sound = place % 2 == 1, place >= 20
        kind = "audio" if sound else "image"
        name = f"{kind}-{place}.{'wav' if sound else 'jpg'}"
        draw = random_sound if sound else random_picture
        draw(folder / name, random=random, fake=fake)
        rows.append([name, kind, "fake" if fake else "real", f"g{place % 10 // 2}",
                     f"tool {place % 10 // 2}" if fake else "camera"])  # fmt: skip
    rows.append(["nobody-looks.jpg", "image", "unknown", "", ""])
    manifest = folder / "manifest.csv"
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "modality", "label", "group", "generator"])
        writer.writerows(rows)
    return Labelled(manifest=manifest, plugins=plugins)


def random_picture(path: Path, *, random: np.random.Generator, fake: bool) -> None:
    side = 300 if fake else 280
    noise = random.integers(70, 180, (64, 64, 3)).astype(float)
    noise[..., 0] += random.normal() * 8 + 26 * fake
    image = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    image.resize((side, side), Image.Resampling.BICUBIC).save(path, quality=92)


def random_sound(path: Path, *, random: np.random.Generator, fake: bool) -> None:
    rate = 24_000 if fake else 16_000
    times = np.arange(int(2.5 * rate)) / rate
    pitch = 160 + random.normal() * 8 - 24 * fake
    voice = sum(np.sin(2 * np.pi * pitch * n * times + n) / n for n in range(1, 28))
    voice *= np.clip(np.sin(2 * np.pi * 2.1 * times) + 0.4, 0, 1)
    samples = 0.2 * voice * (0.5 + random.random()) + random.normal(size=times.size) * 2e-4
    quiet = np.zeros(int(rate * random.random() * 0.4))
    data = np.round(np.concatenate((quiet, samples)) * 20_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.tobytes())
