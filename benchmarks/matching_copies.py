"""Are copies found? Of reference media, copies are made on the spot and looked up at the default
radius among the originals: recall and false matches for each kind of change, as a table.

Pictures: 200, at most 640 pixels wide or high. Films: at most 8, recordings: at most 30. A match
with another original counts as false unless the two originals match one another already.
"""

from __future__ import annotations

import io
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageOps
from scipy import signal

from benchmarks.figures import Figure, keep
from foundation import fingerprint
from foundation.errors import Refusal
from foundation.fingerprint import sound_codes as sc
from foundation.fingerprint.bits import RADIUS
from foundation.fingerprint.index import Index, codes_of
from foundation.fingerprint.inside import looks_of
from foundation.fingerprint.pdq import pdq
from foundation.fingerprint.segments import Hit, common
from foundation.media.sound import audio_chunks

PICTURES, FILMS, RECORDINGS = 200, 8, 30
SIDE = 640
"""Originals are brought to this size first: the full ones take an hour."""
LEAST_QUALITY = 50
_CLOCK = Fraction(1, 1000)
RATE = 16_000
_PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
_FILMS = {".mp4", ".mov", ".webm", ".mkv", ".avi"}
_SOUNDS = {".wav", ".flac", ".mp3", ".ogg", ".m4a"}

Change = Callable[[Image.Image], Image.Image]


@dataclass
class Tally:
    """Of one kind of change: how many were asked, found, and falsely matched."""

    kind: str
    asked: int = 0
    found: int = 0
    false: int = 0

    def row(self) -> str:
        """A line of the table in Markdown."""
        share = 100 * self.found / self.asked if self.asked else 0.0
        return f"| {self.kind} | {self.asked} | {share:.1f} % | {self.false} |"


def main() -> list[Figure]:
    """Make the copies, look them up, print the table."""
    shared = Path(
        os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    )
    if not (shared / "media").is_dir():
        print("matching_copies: the reference media are not here; set PROBITY_SHARED.")
        return []
    tallies = [*_pictures(shared), *_films(shared), *_sounds(shared)]
    print("| change | copies | found | false matches |\n|---|---|---|---|")
    for tally in tallies:
        print(tally.row())
    figures = [
        Figure(f"copies found: {tally.kind}", tally.found, tally.asked, "copies", "all", "higher")
        for tally in tallies
    ]
    keep("matching_copies", figures)
    return figures


def _brought(picture: Image.Image) -> Image.Image:
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    plain = picture.convert("RGB")
    plain.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return plain


def _chosen(shared: Path, endings: set[str], most: int) -> list[Path]:
    found = [p for p in (shared / "media").rglob("*") if p.suffix.lower() in endings]
    found.sort()
    random.Random(1).shuffle(found)
    return found[:most]


# --- pictures ---------------------------------------------------------------------------------


def _jpeg(quality: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return Image.open(io.BytesIO(out.getvalue())).convert("RGB")

    return change


def _resized(scale: float) -> Change:
    return lambda picture: picture.resize(
        (max(16, round(picture.width * scale)), max(16, round(picture.height * scale))),
        Image.Resampling.LANCZOS,
    )


def _cropped(share: float) -> Change:
    """So much of each side cut off at the left and the top."""
    return lambda picture: picture.crop(
        (round(picture.width * share), round(picture.height * share), *picture.size)
    )


def _bordered(share: float) -> Change:
    return lambda picture: ImageOps.expand(picture, round(min(picture.size) * share), (0, 0, 0))


def _captioned(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    high = max(12, picture.height // 10)
    draw = ImageDraw.Draw(copy)
    draw.rectangle((0, picture.height - high, picture.width, picture.height), fill=(0, 0, 0))
    corner = (high // 3, picture.height - high + 2)
    draw.text(corner, "BREAKING: look at this", fill="white", font_size=max(8, high * 2 // 3))
    return copy


def _coloured(picture: Image.Image) -> Image.Image:
    warmer = ImageEnhance.Color(picture).enhance(1.5)
    return ImageEnhance.Brightness(ImageEnhance.Contrast(warmer).enhance(1.2)).enhance(0.9)


CHANGES: dict[str, Change] = {
    "picture as it is": lambda picture: picture,
    **{f"JPEG {quality}": _jpeg(quality) for quality in (95, 75, 50, 30)},
    **{f"resize {scale}": _resized(scale) for scale in (0.25, 0.5, 2.0)},
    **{f"crop {share:.0%}": _cropped(share) for share in (0.02, 0.05, 0.10)},
    "border 3 %": _bordered(0.03),
    "border 6 %": _bordered(0.06),
    "caption": _captioned,
    "mirror": ImageOps.mirror,
    "rotate 90°": lambda picture: picture.rotate(90, expand=True),
    "rotate 180°": lambda picture: picture.rotate(180),
    "rotate 3°": lambda picture: picture.rotate(3, Image.Resampling.BICUBIC),
    "colour, contrast, brightness": _coloured,
    "grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
}


def _pictures(shared: Path) -> Iterator[Tally]:
    pictures, codes = [], []
    for path in _chosen(shared, _PICTURES, 4 * PICTURES):
        try:
            picture = _brought(Image.open(path))
            hashed = pdq(np.asarray(picture))
        except (OSError, ValueError):
            continue
        if hashed.quality >= LEAST_QUALITY:
            pictures.append(picture)
            codes.append(hashed.hash)
        if len(pictures) == PICTURES:
            break
    index = Index(codes_of(codes), np.arange(len(codes)))
    alike = [_near(index, picture) for picture in pictures]
    for kind, change in CHANGES.items():
        tally = Tally(kind)
        for number, picture in enumerate(pictures):
            near = _near(index, change(picture))
            tally.asked += 1
            tally.found += number in near
            tally.false += len(near - alike[number])
        yield tally


def _near(index: Index, picture: Image.Image) -> set[int]:
    """The originals that a picture matches in any of its turns."""
    turns = [each for each in looks_of(np.asarray(picture)) if each.quality >= LEAST_QUALITY]
    return {number for turn in turns for number in index.near(turn.hash)[0].tolist()}


# --- films ------------------------------------------------------------------------------------


def _films(shared: Path) -> Iterator[Tally]:
    known: list[tuple[Path, tuple[fingerprint.Frame, ...]]] = []
    for path in _chosen(shared, _FILMS, 3 * FILMS):
        try:
            frames = fingerprint.of_film(path)
        except Refusal:
            continue
        if len(frames) >= 8 and sum(f.pdq.quality >= LEAST_QUALITY for f in frames) >= 6:
            known.append((path, frames))
        if len(known) == FILMS:
            break
    kept = [
        [f for f in fingerprint.kept(frames) if f.pdq.quality >= LEAST_QUALITY]
        for _, frames in known
    ]
    changes: dict[str, dict[str, Any]] = {
        "film encoded again (H.264, half the size)": {"scale": 0.5},
        "film, excerpt of 4 s": {"start": 1.0, "end": 5.0},
        "film, 3 % faster": {"speed": 1.03},
    }
    with tempfile.TemporaryDirectory() as folder:
        alike = [_films_like(frames, kept) for _, frames in known]
        for kind, how in changes.items():
            tally = Tally(kind)
            for number, (path, _) in enumerate(known):
                copy = _filmed(path, Path(folder) / "copy.mp4", **how)
                like = _films_like(fingerprint.of_film(copy), kept)
                tally.asked += 1
                tally.found += number in like
                tally.false += len(like - alike[number])
            yield tally


def _films_like(asked: tuple[fingerprint.Frame, ...], kept: list[Any]) -> set[int]:
    frames = [frame for frame in asked if frame.pdq.quality >= LEAST_QUALITY]
    found = set()
    for number, known in enumerate(kept):
        hits = [
            Hit(at=frame.at, known_at=other.at, distance=bits)
            for frame in frames
            for other in known
            if (bits := fingerprint.distance(frame.pdq.hash, other.pdq.hash)) <= RADIUS
        ]
        if common(hits, frames=len(frames)):
            found.add(number)
    return found


def _filmed(
    path: Path, target: Path, *, scale: float = 1.0, start: float = 0.0, end: float = 12.0,
    speed: float = 1.0,
) -> Path:  # fmt: skip
    from foundation.media.frames import video_frames

    with av.open(str(target), "w") as out:
        stream: Any = None
        for at, pixels in video_frames(path, start=start, end=end):
            height, width = (max(16, int(side * scale) // 2 * 2) for side in pixels.shape[:2])
            if stream is None:
                stream = out.add_stream("libx264", rate=25, options={"crf": "30"})
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.time_base = _CLOCK
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame = frame.reformat(width=width, height=height, format="yuv420p")
            frame.pts, frame.time_base = round((at - start) / speed / _CLOCK), _CLOCK
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target


# --- recordings -------------------------------------------------------------------------------

Samples = npt.NDArray[np.float64]


def _sounds(shared: Path) -> Iterator[Tally]:
    known: list[Samples] = []
    for path in _chosen(shared, _SOUNDS, 4 * RECORDINGS):
        parts = [part for _, part in audio_chunks(path, RATE)]
        whole = np.concatenate(parts) if parts else np.zeros(0)
        if whole.size >= 6 * RATE and np.abs(whole).max() > 0.01:
            known.append(whole.astype(np.float64))
        if len(known) == RECORDINGS:
            break
    index = sc.SoundIndex(
        [(n, sc.codes(_low(samples), every=sc.KEPT_EVERY)) for n, samples in enumerate(known)]
    )
    alike = [{heard.name for heard in index.find(_asked(samples))} for samples in known]
    changes: dict[str, Callable[[Samples], Samples]] = {
        "sound, excerpt of 4 s": lambda samples: samples[RATE : 5 * RATE],
        "sound, MP3 32 kbit/s": lambda samples: _mp3(samples, 32_000),
        "sound, telephone band": _telephone,
        "sound, 3 % faster": lambda samples: _faster(samples, 1.03),
        "sound, 3 % slower": lambda samples: _faster(samples, 0.97),
        "sound, noise at 10 dB": _noisy,
    }
    for kind, change in changes.items():
        tally = Tally(kind)
        for number, samples in enumerate(known):
            heard = {each.name for each in index.find(_asked(change(samples)))}
            tally.asked += 1
            tally.found += number in heard
            tally.false += len(heard - alike[number])
        yield tally


def _low(samples: Samples) -> npt.NDArray[np.float32]:
    return np.asarray(signal.resample_poly(samples, sc.RATE, RATE), dtype=np.float32)


def _asked(samples: Samples) -> dict[float, sc.Codes]:
    return sc.asked_of(_low(samples), most_seconds=600)


def _faster(samples: Samples, speed: float) -> Samples:
    places = np.arange(0, samples.size - 1, speed)
    return np.asarray(np.interp(places, np.arange(samples.size), samples))


def _noisy(samples: Samples) -> Samples:
    power = float(np.sqrt((samples**2).mean() / 10))
    return samples + np.random.default_rng(0).normal(0, power, samples.size)


def _telephone(samples: Samples) -> Samples:
    band = signal.butter(6, [300, 3400], btype="band", fs=RATE, output="sos")
    narrow = signal.resample_poly(signal.sosfilt(band, samples), 1, 2)
    folded = np.sign(narrow) * np.log1p(255 * np.abs(np.clip(narrow, -1, 1))) / np.log(256)
    stepped = np.round(folded * 127) / 127
    wide = np.sign(stepped) * (256.0 ** np.abs(stepped) - 1) / 255
    return np.asarray(signal.resample_poly(wide, 2, 1))


def _mp3(samples: Samples, rate: int) -> Samples:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as file:
        stream: Any = file.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = rate
        whole = (np.clip(samples, -1, 1) * 32767).astype("<i2")[None]
        frame = av.AudioFrame.from_ndarray(whole, format="s16p", layout="mono")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(out.getvalue())
        file.flush()
        parts = [part for _, part in audio_chunks(Path(file.name), RATE)]
    return np.concatenate(parts).astype(np.float64)
