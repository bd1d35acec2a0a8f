"""Small made-up training sets, and recipes of a few seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from detectors.ground_truth.sounds import write_wav
from detectors.ground_truth.voice import speech
from detectors.training.examples import Examples, Row
from detectors.training.recipe import Recipe, shipped

RECIPE = """
name: {name}
detector: {detector}
modality: {modality}
network: {network}
seed: 3
folds: 2
sources: []
others: {{most: 50, per_file: 3}}
equal: {equal}
made: {made}
training: {{steps: 6, batch: 8, rate: 0.002, decay: 0.01}}
false_alarm: 0.1
"""
PICTURES = {
    "name": "image", "detector": "image.generated", "modality": "image", "network": "residual",
    "equal": "{shrink: 4, quality_low: 60, quality_high: 95}",
    "made": "[{kind: up-sampled, most: 4, fold: 0}]",
}  # fmt: skip
SPEECH = {
    "name": "speech", "detector": "audio.synthetic_speech", "modality": "audio",
    "network": "spectro",
    "equal": "{low_pass_low: 3400, low_pass_high: 7500, noise_share: 0.7, room_share: 0.5}",
    "made": "[{kind: random phase, most: 4, fold: 0}, {kind: autoencoder, most: 2, fold: 1}]",
}  # fmt: skip


@pytest.fixture(scope="session")
def recipe_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny recipe by its name."""
    folder = tmp_path_factory.mktemp("recipes")

    def write(name: str) -> Path:
        path = folder / f"{name}.yaml"
        path.write_text(RECIPE.format(**(PICTURES if name == "image" else SPEECH)))
        return path

    return write


def textured(seed: int, *, size: int = 300, grain: float = 6.0) -> Image.Image:
    """A soft scene with noise in it, as a camera has; without grain it looks smoothly rendered."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(30, 225, (24, 24, 3), dtype=np.uint8))
    soft = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC), dtype=np.float64)
    noisy = soft + random.normal(0, grain, soft.shape)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three origins of noisy pictures in JPEG, three generators of smooth ones in PNG."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(3):
        real, fake = folder / f"real/camera-{number}", folder / f"fake/generator-{number}"
        real.mkdir(parents=True)
        fake.mkdir(parents=True)
        for one in range(5):
            textured(100 * number + one).save(real / f"{one}.jpg", quality=92)
            textured(900 + 100 * number + one, grain=0.3).save(fake / f"{one}.png")
    (folder / "real/camera-0/notes.txt").write_text("Not a picture.")
    return folder


@pytest.fixture(scope="session")
def speech_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two origins, two generators; the generated ones are clipped hard."""
    folder = tmp_path_factory.mktemp("speech")
    for number in range(2):
        for label in ("real", "fake"):
            place = folder / label / f"voices-{number}"
            place.mkdir(parents=True)
            for one in range(2):
                seed = 10 * number + one + (100 if label == "fake" else 0)
                sound = speech(2.5, rate=16_000, seed=seed)
                if label == "fake":
                    sound = np.clip(sound, -0.2 * np.abs(sound).max(), 0.2 * np.abs(sound).max())
                write_wav(place / f"{one}.wav", sound, rate=16_000)
    return folder


@pytest.fixture
def command(recipe_file: Callable[[str], Path]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run ``probity train`` with a tiny recipe; its exit status and its JSON."""
    from detectors.training.cli import train

    def run(what: str, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        words = [what, "--recipe", str(recipe_file(what)), "--json", *map(str, arguments)]
        done = CliRunner().invoke(train, words)
        if not done.stdout.strip():
            raise AssertionError(done.output)
        return done.exit_code, json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def small_recipe() -> Recipe:
    """The shipped picture recipe, a few steps long."""
    whole = shipped("image")
    return replace(whole, training=replace(whole.training, steps=8, batch=8))


@pytest.fixture(scope="session")
def toy_examples() -> Examples:
    """Genuine noise of two origins, generated smoothness of two generators, over two bins, of
    which the classes have very different shares."""
    random = np.random.default_rng(4)
    data, rows = [], []
    for number in range(80):
        fake = number % 2 == 1
        noise = random.normal(128, 2.0 if fake else 20.0, (128, 128, 3))
        data.append(np.clip(noise, 0, 255).astype(np.uint8))
        rare = number % 16 == (15 if fake else 0)
        group = (number // 2) % 2
        rows.append(
            Row(
                sha256=f"{number:064x}",
                fake=fake,
                source=f"{'fake' if fake else 'real'}/{group}",
                generator=f"{'g' if fake else 'c'}{group}",
                bin=int(fake) if not rare else 1 - int(fake),
            )
        )
    return Examples(data=np.stack(data), rows=tuple(rows))
