"""Drawn pictures to seal, and what happens to pictures in the world."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

Pixels = npt.NDArray[np.uint8]
Scene = Callable[..., Pixels]

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
WORK = bytes.fromhex("0123456789abcdef")


def drawn(seed: int, *, size: tuple[int, int] = (768, 512)) -> Pixels:
    """A picture with plain, smooth and busy parts; ``size`` is (width, height)."""
    chance = np.random.default_rng(seed)
    width, height = size
    spectrum = np.fft.rfft2(chance.normal(size=(height, width, 3)), axes=(0, 1))
    across = np.fft.rfftfreq(width)[None, :, None] * width
    down = np.fft.fftfreq(height)[:, None, None] * height
    cloud = np.fft.irfft2(spectrum / (1 + np.hypot(across, down)) ** 1.1, (height, width), (0, 1))
    picture = np.clip(125 + 45 * cloud / cloud.std(), 0, 255).astype(np.uint8)
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        left, top = int(chance.integers(0, width)), int(chance.integers(0, height))
        corner = (left + int(chance.integers(30, 160)), top + int(chance.integers(30, 160)))
        colour = tuple(int(part) for part in chance.integers(20, 235, 3))
        draw.ellipse(((left, top), corner), fill=colour)
    return np.array(image)


@pytest.fixture
def scene() -> Scene:
    """Draws a picture: scene(seed, size=(width, height))."""
    return drawn


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def other_key() -> bytes:
    return OTHER_KEY


@pytest.fixture
def work() -> bytes:
    return WORK


@pytest.fixture
def saved() -> Callable[..., Pixels]:
    """A picture written and read again: saved(picture, "JPEG", quality=75)."""

    def save(picture: Pixels, form: str, **options: int) -> Pixels:
        target = io.BytesIO()
        Image.fromarray(picture).save(target, form, **options)
        return np.array(Image.open(target).convert("RGB"))

    return save


@pytest.fixture
def scaled() -> Callable[[Pixels, float], Pixels]:
    """A picture at another size."""

    def scale(picture: Pixels, factor: float) -> Pixels:
        size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
        return np.array(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))

    return scale


@pytest.fixture
def overlap() -> Callable[..., float]:
    """Intersection over union, in pixels, of the altered boxes and the place that was edited."""

    def measure(boxes: list[tuple[int, int, int, int]], place: Pixels) -> float:
        told = np.zeros(place.shape[:2], dtype=bool)
        for left, top, wide, high in boxes:
            told[top : top + high, left : left + wide] = True
        edited = place.astype(bool)
        return float((told & edited).sum() / (told | edited).sum())

    return measure


@pytest.fixture(scope="module")
def module_scene() -> Scene:
    """``scene`` for what is made once a module."""
    return drawn
