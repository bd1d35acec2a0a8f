"""The child's half of an evaluation: what a file gives away of itself, and copies of it in another
form. Everything here decodes hostile files and runs in the child only.

Copies leave as bytes: pictures as JPEG or PNG, sound as 16-bit WAV or MP3.
"""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path
from typing import Any, ClassVar

import av
import numpy as np
from PIL import Image

from detectors.api import DetectorError
from detectors.evaluation import sound
from foundation.media import decode

MOST_SECONDS = 60.0
"""Sound beyond this is not looked at; every copy ends there."""
LEAST_SECONDS = 0.5
EQUAL_RATE = 16_000
EQUAL_SECONDS = 4.0
SAMPLES_OF_MP3 = 1152


class NoCopy(DetectorError):
    """The file cannot be brought to the form asked for; it is left out there, and counted."""

    code: ClassVar[str] = "evaluation-no-copy"


def traits(payload: dict[str, Any]) -> dict[str, float]:
    """Sound only: ``bandwidth`` in Hz at the file's own rate and ``loudness`` in dB."""
    path = _path(payload)
    samples, rate = _sound(path, rate=None)
    return {
        "bandwidth": sound.bandwidth(samples, rate=rate),
        "loudness": sound.loudness(samples, rate=rate),
    }


def equal_picture(payload: dict[str, Any]) -> bytes:
    """The middle of the picture at ``size`` x ``size`` pixels, as JPEG of ``quality``.

    Larger pictures are first scaled down until the short side fits ``size``; smaller are refused.
    """
    size, quality = int(payload["size"]), int(payload["quality"])
    image = Image.fromarray(decode.image_rgb(_path(payload)))
    short = min(image.size)
    if short < size:
        raise NoCopy(f"The picture is smaller than the common size of {size} pixels.")
    if short > size:
        fit = tuple(max(size, round(side * size / short)) for side in image.size)
        image = image.resize((fit[0], fit[1]), Image.Resampling.BICUBIC, reducing_gap=3.0)
    left, top = ((side - size) // 2 for side in image.size)
    return _jpeg(image.crop((left, top, left + size, top + size)), quality=quality)


def equal_sound(payload: dict[str, Any]) -> bytes:
    """Mono, 16 kHz, low-passed at ``bandwidth`` Hz, silence trimmed, one loudness, at most four
    seconds, 16 bits."""
    samples, rate = _sound(_path(payload), rate=EQUAL_RATE)
    limited = sound.band_limited(samples, rate=rate, low=0.0, high=float(payload["bandwidth"]))
    kept = sound.trimmed(limited, rate=rate)[: int(EQUAL_SECONDS * rate)]
    if kept.size < LEAST_SECONDS * rate:
        raise NoCopy("Without its silence the sound is shorter than half a second.")
    return _wav(sound.levelled(kept, rate=rate), rate=rate)


def jpeg(payload: dict[str, Any]) -> bytes:
    """Saved again as JPEG of ``quality``."""
    return _jpeg(Image.fromarray(decode.image_rgb(_path(payload))), quality=payload["quality"])


def resized(payload: dict[str, Any]) -> bytes:
    """Scaled by ``factor`` (0 to 4), kept without loss."""
    image = Image.fromarray(decode.image_rgb(_path(payload)))
    sides = [max(1, round(side * float(payload["factor"]))) for side in image.size]
    return _png(image.resize((sides[0], sides[1]), Image.Resampling.LANCZOS))


def cropped(payload: dict[str, Any]) -> bytes:
    """The middle, 70 % of each side, begun off the 8-pixel grid; kept without loss."""
    image = Image.fromarray(decode.image_rgb(_path(payload)))
    width, height = (max(1, round(side * 0.7)) for side in image.size)
    left = min((image.width - width) // 16 * 8 + 3, image.width - width)
    top = min((image.height - height) // 16 * 8 + 5, image.height - height)
    return _png(image.crop((left, top, left + width, top + height)))


def mp3(payload: dict[str, Any]) -> bytes:
    """Through MP3 at ``kilobits`` per second, mono, at a rate that MP3 knows."""
    rates = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
    samples, own = _own(_path(payload))
    rate = next((rate for rate in rates if rate >= own), rates[-1])
    if rate != own:
        samples, _ = _sound(_path(payload), rate=rate)
    return _mp3(samples, rate=rate, kilobits=int(payload["kilobits"]))


def phone(payload: dict[str, Any]) -> bytes:
    """As over a telephone line: 300 to 3,400 Hz, 8 kHz, 8-bit companded (ITU-T G.711)."""
    samples, rate = _sound(_path(payload), rate=8_000)
    line = sound.band_limited(samples, rate=rate, low=300.0, high=3_400.0)
    return _wav(sound.mu_law(np.clip(line, -1, 1)), rate=rate)


def _path(payload: dict[str, Any]) -> Path:
    return Path(os.fsdecode(payload["path"]))


def _sound(path: Path, *, rate: int | None) -> tuple[sound.Samples, int]:
    if rate is None:
        return _own(path)
    samples = decode.audio_mono(path, rate, end=MOST_SECONDS).astype(np.float64)
    if not samples.size:
        raise NoCopy("The file holds no sound that can be decoded.")
    return samples, rate


def _own(path: Path) -> tuple[sound.Samples, int]:
    """At the file's own rate, channels averaged."""
    pieces, rate, held = [], 0, 0
    for rate, block in decode.audio_channels(path):
        pieces.append(block.mean(axis=0, dtype=np.float64))
        held += pieces[-1].size
        if held >= MOST_SECONDS * rate:
            break
    if not pieces:
        raise NoCopy("The file holds no sound that can be decoded.")
    return np.concatenate(pieces)[: int(MOST_SECONDS * rate)], rate


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _wav(samples: sound.Samples, *, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.sixteen_bit(samples).astype("<i2").tobytes())
    return out.getvalue()


def _mp3(samples: sound.Samples, *, rate: int, kilobits: int) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as media:
        stream = media.add_stream("libmp3lame", rate=rate)
        stream.layout, stream.bit_rate = "mono", kilobits * 1000
        data = np.clip(samples, -1, 1).astype(np.float32)[None, :]
        for start in range(0, data.shape[1], SAMPLES_OF_MP3):
            piece = np.ascontiguousarray(data[:, start : start + SAMPLES_OF_MP3])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return out.getvalue()
