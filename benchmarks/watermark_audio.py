"""The institution's mark in sound: what it costs, what it survives, and how often it errs.

Every recording among the reference media is marked under a key made from its name, sent through
each kind of handling, and read again; so are pieces of half a minute made of several recordings.
Unmarked recordings are read with many keys. There is no other open mark for sound whose detector
comes without weights, so the baseline is the number of marked recordings.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from benchmarks.figures import Figure, keep
from foundation.media.decode import audio_mono
from provenance.watermark.keys import derived
from provenance.watermark.sound import embedding, identifier
from provenance.watermark.sound.finding import find
from provenance.watermark.sound.pattern import RATE, pattern

Floats = npt.NDArray[np.float32]
KEYS_TRIED = 20
LONG_SECONDS = 30
_KINDS = {".wav", ".mp3", ".flac"}
_FULL = 44_100
_WORK = bytes.fromhex("5ea1ed0123456789")


@dataclass
class _Row:
    """One kind of handling: how many were read, and with which share of coded bits right."""

    read: int = 0
    agreement: list[float] = field(default_factory=list)


def main() -> list[Figure]:
    """Mark, handle, read, and look where nothing is."""
    clips = [sound for _, sound in _recordings()]
    if not clips:
        print("watermark_audio: the reference media are not here; set PROBITY_SHARED.")
        return []
    figures = [
        *_survival(clips, what=f"speech of {_median_seconds(clips):.0f} s"),
        *_survival(_long(clips), what=f"speech of {LONG_SECONDS} s"),
        *_false_alarms(clips),
    ]
    keep("watermark_audio", figures)
    return figures


def _recordings() -> Iterator[tuple[str, Floats]]:
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    for path in sorted((Path(shared) / "media/detection/audio").rglob("*")):
        if path.suffix in _KINDS:
            sound = audio_mono(path, _FULL)
            if sound.size > 5 * _FULL:
                yield path.name, sound


def _median_seconds(clips: list[Floats]) -> float:
    return statistics.median(clip.size for clip in clips) / _FULL


def _long(clips: list[Floats]) -> list[Floats]:
    whole = np.concatenate(clips)
    size = LONG_SECONDS * _FULL
    return [whole[at : at + size] for at in range(0, whole.size - size + 1, size)]


def _key(place: int) -> bytes:
    return hashlib.sha256(f"benchmark {place}".encode()).digest()


def _survival(clips: list[Floats], *, what: str) -> list[Figure]:
    rows = {name: _Row() for name in _HANDLINGS}
    ratios: list[float] = []
    spent = {"mark": 0.0, "read": 0.0}
    for place, clip in enumerate(clips):
        key, cost = _key(place), embedding.Loudness()
        sent = identifier.coded(_WORK, key=key)
        begun = time.perf_counter()
        pieces = embedding.marked(
            iter([(_FULL, clip[None, :])]), pattern(key).chips(sent), cost=cost
        )
        marked = np.concatenate([samples for _, samples in pieces], axis=1)[0]
        spent["mark"] += time.perf_counter() - begun
        ratios.append(cost.to_dict()["segmental_snr"])
        for name, handle in _HANDLINGS.items():
            copy = handle(marked)
            begun = time.perf_counter()
            found = find(copy, key=key)
            spent["read"] += time.perf_counter() - begun
            assert found is not None
            rows[name].read += found.read.fits and found.read.work == _WORK
            if found.read.fits:
                rows[name].agreement.append(found.read.agreement)
    seconds = sum(clip.size for clip in clips) / _FULL
    median = statistics.median(ratios)
    print(
        f"{what} (n={len(clips)}): segmental SNR {median:.1f} dB (median), {min(ratios):.1f} least"
    )
    figures = []
    for name, row in rows.items():
        right = statistics.mean(row.agreement) if row.agreement else 0.0
        print(f"  {name}: {row.read} of {len(clips)} read, {right:.3f} of their bits right")
        figures.append(
            Figure(
                f"{what}, {name}: read exactly", row.read, len(clips),
                "recordings", "all that were marked", "higher",
            )
        )  # fmt: skip
    for name, times in (("mark", 1), ("read", len(rows))):
        speed = times * seconds / spent[name]
        label = f"{what}: to {name}"
        figures.append(
            Figure(label, speed, 1.0, "s of sound a second", "the sound itself", "higher")
        )
    return figures


def _false_alarms(clips: list[Floats]) -> list[Figure]:
    """Read unmarked sound with many keys: none may fit."""
    fits = tries = 0
    for place, clip in enumerate(clips):
        narrow = _narrow(clip)
        for number in range(KEYS_TRIED):
            found = find(narrow, key=derived(_key(place), f"other {number}"))
            assert found is not None
            fits, tries = fits + found.read.fits, tries + found.tries
    promised = identifier.FALSE_ALARM
    print(f"unmarked: {fits} fits in {tries} tries; promised are {promised:.1e} a try")
    read = len(clips) * KEYS_TRIED
    return [
        Figure(
            "false alarms on unmarked recordings", fits, read, "readings", "all readings", "lower"
        )
    ]


def _narrow(sound: Floats) -> Floats:
    return np.asarray(resample_poly(sound, 160, 441), dtype=np.float32)


def _noisy(sound: Floats, *, decibels: float) -> Floats:
    power = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    noise = np.random.default_rng(1).normal(0, power * 10 ** (-decibels / 20), sound.size)
    return _narrow((sound + noise).astype(np.float32))


def _coded(sound: Floats, *, codec: str, ending: str, bits: int, rate: int = _FULL) -> Floats:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"copy.{ending}"
        with av.open(str(path), "w") as out:
            stream: Any = out.add_stream(codec, rate=rate, layout="mono")
            stream.bit_rate = bits
            samples = np.ascontiguousarray(sound[None, :])
            frame: Any = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, 0
            form = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
            for block in [*form.resample(frame), *form.resample(None)]:
                out.mux(stream.encode(block))
            out.mux(stream.encode(None))
        return audio_mono(path, RATE)


_HANDLINGS: dict[str, Callable[[Floats], Floats]] = {
    "16 kHz": _narrow,
    "MP3 128 kbit/s": lambda sound: _coded(sound, codec="libmp3lame", ending="mp3", bits=128_000),
    "MP3 64 kbit/s": lambda sound: _coded(sound, codec="libmp3lame", ending="mp3", bits=64_000),
    "AAC 64 kbit/s": lambda sound: _coded(sound, codec="aac", ending="m4a", bits=64_000),
    "Opus 24 kbit/s at 16 kHz": lambda sound: _coded(
        _narrow(sound), codec="libopus", ending="ogg", bits=24_000, rate=RATE
    ),
    "1.3 s cut off in front": lambda sound: _narrow(sound[int(1.3 * _FULL) :]),
    "noise at 30 dB": lambda sound: _noisy(sound, decibels=30),
    "noise at 20 dB": lambda sound: _noisy(sound, decibels=20),
}
