"""What is done to marked pictures: honest handling, and edits of a known place."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

Pixels = npt.NDArray[np.uint8]
SIDE = 768


def drawn(seed: int, *, width: int = 768, height: int = 512) -> Pixels:
    """A drawn picture: clouds of all sizes and a few plain shapes."""
    chance = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(chance.normal(size=(height, width, 3)), axes=(0, 1))
    across = np.fft.rfftfreq(width)[None, :, None] * width
    down = np.fft.fftfreq(height)[:, None, None] * height
    cloud = np.fft.irfft2(spectrum / (1 + np.hypot(across, down)) ** 1.2, (height, width), (0, 1))
    picture: Pixels = np.clip(125 + 45 * cloud / cloud.std(), 0, 255).astype(np.uint8)
    for _ in range(5):
        centre = (int(chance.integers(0, width)), int(chance.integers(0, height)))
        colour = tuple(int(part) for part in chance.integers(20, 235, 3))
        cv2.circle(picture, centre, int(chance.integers(15, 80)), colour, -1)
    return picture


def opened(path: Path) -> Pixels | None:
    """A picture at most ``SIDE`` pixels wide and high; None when it is none or too small."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGBA").convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return None
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.array(upright) if min(upright.size) >= 200 else None


def saved(picture: Pixels, form: str, quality: int) -> Pixels:
    """Written and read again."""
    target = io.BytesIO()
    Image.fromarray(picture).save(target, form, quality=quality)
    return np.array(Image.open(target).convert("RGB"))


def scaled(picture: Pixels, factor: float) -> Pixels:
    """At another size."""
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def _back(picture: Pixels, factor: float) -> Pixels:
    height, width = picture.shape[:2]
    small = Image.fromarray(scaled(picture, factor))
    return np.array(small.resize((width, height), Image.Resampling.BICUBIC))


def _cropped(picture: Pixels, share: float) -> Pixels:
    height, width = picture.shape[:2]
    down, across = round(height * share / 2), round(width * share / 2)
    return np.ascontiguousarray(picture[down : height - down, across : width - across])


def _toned(picture: Pixels, *, contrast: float = 1.0, gamma: float = 1.0) -> Pixels:
    levels = (np.arange(256) / 255.0) ** gamma * 255
    table = np.clip((levels - 128) * contrast + 128, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), dtype=np.uint8)


def _noisy(picture: Pixels) -> Pixels:
    noise = np.random.default_rng(5).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


HANDLING: dict[str, Callable[[Pixels], Pixels]] = {
    "as marked": lambda picture: picture,
    "JPEG 90": lambda picture: saved(picture, "JPEG", 90),
    "JPEG 75": lambda picture: saved(picture, "JPEG", 75),
    "JPEG 50": lambda picture: saved(picture, "JPEG", 50),
    "WebP 90": lambda picture: saved(picture, "WEBP", 90),
    "WebP 75": lambda picture: saved(picture, "WEBP", 75),
    "half size": lambda picture: scaled(picture, 0.5),
    "half size, scaled back": lambda picture: _back(picture, 0.5),
    "double size": lambda picture: scaled(picture, 2),
    "3/4 size, JPEG 75": lambda picture: saved(scaled(picture, 0.75), "JPEG", 75),
    "contrast 1.1": lambda picture: _toned(picture, contrast=1.1),
    "gamma 1.1": lambda picture: _toned(picture, gamma=1.1),
    "noise, 3 grey levels": _noisy,
    "1 % cropped away": lambda picture: _cropped(picture, 0.01),
    "10 % cropped away": lambda picture: _cropped(picture, 0.1),
}


def place(picture: Pixels) -> tuple[slice, slice]:
    """The place that is edited: a quarter of the height, a fifth of the width."""
    height, width = picture.shape[:2]
    top, left = height // 3 + 3, width // 3 + 5
    return slice(top, top + height // 4), slice(left, left + width // 5)


def edited(picture: Pixels, other: Pixels) -> dict[str, Pixels]:
    """The same place, edited in the usual ways."""
    inside = place(picture)
    high, wide = picture[inside].shape[:2]
    made = {name: picture.copy() for name in ("pasted", "erased", "blurred", "moved", "inpainted")}
    made["pasted"][inside] = cv2.resize(other, (wide, high), interpolation=cv2.INTER_AREA)
    made["erased"][inside] = picture[inside].mean(axis=(0, 1)).astype(np.uint8)
    made["blurred"][inside] = cv2.GaussianBlur(picture[inside], (0, 0), 6)
    made["moved"][inside] = picture[7 : 7 + high, 11 : 11 + wide]
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    mask[inside] = 255
    made["inpainted"] = np.asarray(cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA), np.uint8)
    return made


def overlap(boxes: list[tuple[int, int, int, int]], truth: npt.NDArray[np.bool_]) -> float:
    """Intersection over union, in pixels, of boxes (left, top, width, height) and the truth."""
    told = np.zeros_like(truth)
    for left, top, wide, high in boxes:
        told[top : top + high, left : left + wide] = True
    return float(np.sum(told & truth) / np.sum(told | truth))
