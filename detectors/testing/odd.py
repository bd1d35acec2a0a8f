"""Files at the edge of what there can be, made on the spot: whole, legal, and no use to anyone."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.card import Modality

RATE = 16_000
SECONDS = 3


def files(modality: Modality, *, folder: Path) -> Iterator[Path]:
    """The odd files of a kind; their names say what they are."""
    make = {Modality.IMAGE: _pictures, Modality.AUDIO: _sounds, Modality.VIDEO: _videos}
    return make[modality](folder)


def _pictures(folder: Path) -> Iterator[Path]:
    noise = np.random.default_rng(1).integers(0, 256, (40, 2400, 3), dtype=np.uint8)
    for name, pixels in (
        ("one pixel.png", np.zeros((1, 1, 3), dtype=np.uint8)),
        ("one pixel.jpg", np.zeros((1, 1, 3), dtype=np.uint8)),
        ("all black.jpg", np.zeros((480, 640, 3), dtype=np.uint8)),
        ("all white.png", np.full((480, 640, 3), 255, dtype=np.uint8)),
        ("a strip two pixels high.png", noise[:2]),
        ("a strip of forty lines.jpg", noise),
        ("nothing but noise.jpg", np.resize(noise, (300, 300, 3))),
    ):
        Image.fromarray(pixels).save(folder / name, quality=90)
        yield folder / name


def _sounds(folder: Path) -> Iterator[Path]:
    time = np.arange(SECONDS * RATE) / RATE
    for name, samples in (
        ("one sample long", np.array([0.5])),
        ("a hundredth of a second long", 0.3 * np.sin(time[: RATE // 100] * 900)),
        ("all zeros", np.zeros(SECONDS * RATE)),
        ("a constant", np.full(SECONDS * RATE, 0.7)),
        ("clipped all over", np.sign(np.sin(2 * np.pi * 200 * time)) * 0.99997),
        ("one click in silence", np.where(np.arange(SECONDS * RATE) == 2 * RATE, 0.9, 0.0)),
        ("nothing but noise", np.random.default_rng(1).uniform(-0.9, 0.9, SECONDS * RATE)),
    ):
        yield _wav(folder / f"{name}.wav", samples)


def _wav(path: Path, samples: NDArray[np.float64]) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


def _videos(folder: Path) -> Iterator[Path]:
    noise = np.random.default_rng(1).integers(0, 256, (60, 64, 64, 3), dtype=np.uint8)
    for name, pictures in (
        ("one frame long", noise[:1]),
        ("all black", np.zeros((60, 64, 64, 3), dtype=np.uint8)),
        ("nothing but noise", noise),
        ("sixteen pixels wide", noise[:, :16, :16]),
    ):
        path = folder / f"{name}.mp4"
        with av.open(str(path), "w") as out:
            stream: Any = out.add_stream("mpeg4", rate=25)
            stream.height, stream.width = pictures.shape[1:3]
            stream.pix_fmt = "yuv420p"
            for number, picture in enumerate(pictures):
                frame: Any = av.VideoFrame.from_ndarray(
                    np.ascontiguousarray(picture), format="rgb24"
                )
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        yield path
