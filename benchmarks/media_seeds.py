"""Small media of every kind that is decoded here, drawn on the spot, to be damaged."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageCms

MOST_SHARED = 40
LARGEST = 120_000


def drawn() -> dict[str, bytes]:
    """Name to bytes."""
    return {**dict(_pictures()), **dict(_videos()), **dict(_sounds())}


def shared() -> dict[str, bytes]:
    """Small files of the reference media, where they are: evenly taken from all there are."""
    folder = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    media = Path(folder) / "media"
    small = [
        path
        for path in sorted(media.rglob("*"))
        if path.is_file() and path.suffix not in {".csv", ".md"} and path.stat().st_size <= LARGEST
    ]
    step = max(1, len(small) // MOST_SHARED)
    return {path.name: path.read_bytes() for path in small[::step][:MOST_SHARED]}


def _scene() -> Image.Image:
    rows, columns = np.mgrid[0:72, 0:96]
    base = 128 + 90 * np.sin(rows / 9) * np.cos(columns / 13)
    noisy = base[..., None] + np.random.default_rng(5).normal(0, 8, (72, 96, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _pictures() -> Iterator[tuple[str, bytes]]:
    scene = _scene()
    exif = Image.Exif()
    exif[274], exif[271], exif[306] = 6, "Probity", "2026:01:02 03:04:05"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    deep = Image.fromarray(np.arange(72 * 96, dtype=np.uint16).reshape(72, 96) * 9)
    more = [scene.rotate(turn) for turn in (90, 180, 270)]
    cases: list[tuple[str, Image.Image, dict[str, Any]]] = [
        ("plain.jpg", scene, {"quality": 85}),
        ("progressive.jpg", scene, {"progressive": True, "exif": exif, "icc_profile": profile}),
        ("cmyk.jpg", scene.convert("CMYK"), {"quality": 80}),
        ("grey.jpg", scene.convert("L"), {"quality": 70}),
        ("plain.png", scene, {"icc_profile": profile, "exif": exif}),
        ("palette.png", scene.quantize(16), {}),
        ("deep.png", deep, {}),
        ("moving.png", scene, {"save_all": True, "append_images": more}),
        ("moving.gif", scene, {"save_all": True, "append_images": more, "duration": 80}),
        ("plain.webp", scene, {"quality": 70, "exif": exif}),
        ("moving.webp", scene, {"save_all": True, "append_images": more, "lossless": True}),
        ("lzw.tiff", scene, {"compression": "tiff_lzw"}),
        ("deep.tiff", deep, {}),
        ("plain.bmp", scene, {}),
        ("plain.jp2", scene, {}),
        ("plain.avif", scene, {"quality": 60}),
    ]
    for name, image, options in cases:
        out = io.BytesIO()
        kind = {"jpg": "JPEG", "jp2": "JPEG2000"}.get(name.split(".")[1])
        image.save(out, kind or name.split(".")[1].upper(), **options)
        yield name, out.getvalue()


def _videos() -> Iterator[tuple[str, bytes]]:
    pictures = [np.asarray(_scene().rotate(3 * turn)) for turn in range(24)]
    for name, kind, codec, sound in (
        ("a.mp4", "mp4", "libx264", "aac"),
        ("a.mov", "mov", "mpeg4", "aac"),
        ("a.mkv", "matroska", "libx264", "libmp3lame"),
        ("a.webm", "webm", "libvpx", "libopus"),
        ("a.avi", "avi", "mjpeg", "pcm_s16le"),
        ("a.ts", "mpegts", "libx264", "aac"),
    ):
        out = io.BytesIO()
        with av.open(out, "w", format=kind) as media:
            stream: Any = media.add_stream(codec, rate=12)
            stream.width, stream.height = 96, 72
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            voice: Any = media.add_stream(sound, rate=48_000, layout="mono")
            for number, picture in enumerate(pictures):
                frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 12)
                media.mux(stream.encode(frame))
            media.mux(stream.encode(None))
            _encode(media, voice, seconds=2.0, rate=48_000, channels=1)
        yield name, out.getvalue()


def _sounds() -> Iterator[tuple[str, bytes]]:
    for name, kind, codec, rate, channels in (
        ("pcm.wav", "wav", "pcm_s16le", 16_000, 1),
        ("float.wav", "wav", "pcm_f32le", 22_050, 2),
        ("a.mp3", "mp3", "libmp3lame", 44_100, 2),
        ("a.flac", "flac", "flac", 32_000, 1),
        ("opus.ogg", "ogg", "libopus", 48_000, 1),
        ("a.m4a", "ipod", "aac", 44_100, 2),
        ("a.aiff", "aiff", "pcm_s16be", 11_025, 1),
    ):
        out = io.BytesIO()
        with av.open(out, "w", format=kind) as media:
            layout = "stereo" if channels == 2 else "mono"
            stream: Any = media.add_stream(codec, rate=rate, layout=layout)
            _encode(media, stream, seconds=1.5, rate=rate, channels=channels)
        yield name, out.getvalue()


def _encode(media: Any, stream: Any, *, seconds: float, rate: int, channels: int) -> None:
    time = np.arange(int(seconds * rate)) / rate
    wave = 0.4 * np.sin(2 * np.pi * 220 * time) * (np.sin(2 * np.pi * 3 * time) > 0)
    wave += np.random.default_rng(3).normal(0, 0.01, time.size)
    samples = np.repeat(wave[:, None], channels, axis=1).astype(np.float32).reshape(1, -1)
    layout = "stereo" if channels == 2 else "mono"
    frame: Any = av.AudioFrame.from_ndarray(samples, format="flt", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    media.mux(stream.encode(frame))
    media.mux(stream.encode(None))
