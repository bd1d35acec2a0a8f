"""Sounds whose tampering is known because it was done here: each with its untouched twin.

Every maker returns a :class:`Truth`: the altered sound, the same sound before, and when the
alteration lies. Deterministic for a given seed.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from detectors.ground_truth.voice import Sound, background, speech

RATE = 16_000
WIDE_RATE = 44_100
CODEC_BLOCK = 1152


@dataclass(frozen=True, kw_only=True)
class Truth:
    """``altered`` and its ``twin``, mono in [-1, 1] at ``rate``; the alteration lies between
    ``start`` and ``end`` (seconds); ``hertz`` is a frequency where that is what was altered."""

    altered: Sound
    twin: Sound
    rate: int
    start: float
    end: float
    hertz: float | None = None

    def write(self, folder: Path, *, name: str) -> tuple[Path, Path]:
        """Write ``name-altered.wav`` and ``name-twin.wav``; returns both paths."""
        paths = folder / f"{name}-altered.wav", folder / f"{name}-twin.wav"
        for path, sound in zip(paths, (self.altered, self.twin), strict=True):
            write_wav(path, sound, rate=self.rate)
        return paths


def write_wav(path: Path, sound: Sound, *, rate: int) -> Path:
    """16-bit mono."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.clip(np.round(sound * 32_767), -32_768, 32_767).astype("<i2").tobytes())
    return path


def spliced(*, seed: int = 1, seconds: float = 16.0) -> Truth:
    """Two recordings with different backgrounds, joined in the middle; the twin has one."""
    half = seconds / 2
    twin = speech(seconds, rate=RATE, seed=seed, noise_db=-58)
    other = speech(half, rate=RATE, seed=seed + 50, noise_db=-40)
    altered = np.concatenate([twin[: round(half * RATE)], other])
    return Truth(altered=altered, twin=twin, rate=RATE, start=half, end=half)


def silenced(*, seed: int = 2, at: float = 5.0, seconds: float = 0.4) -> Truth:
    """A stretch replaced by perfect digital silence."""
    twin = speech(12.0, rate=RATE, seed=seed)
    altered = twin.copy()
    altered[round(at * RATE) : round((at + seconds) * RATE)] = 0
    return Truth(altered=altered, twin=twin, rate=RATE, start=at, end=at + seconds)


def noiseless(*, seed: int = 3, seconds: float = 12.0) -> Truth:
    """Speech without any room or background, against the same voice in a room."""
    altered = speech(seconds, rate=RATE, seed=seed, noise_db=-86, room=False)
    twin = speech(seconds, rate=RATE, seed=seed, noise_db=-58)
    return Truth(altered=altered, twin=twin, rate=RATE, start=0.0, end=seconds)


def band_limited(*, seed: int = 4, hertz: float = 8_000.0, seconds: float = 10.0) -> Truth:
    """Sound that reaches ``hertz`` only, in a file that declares 44.1 kHz."""
    twin = speech(seconds, rate=WIDE_RATE, seed=seed)
    altered = low_passed(twin, rate=WIDE_RATE, hertz=hertz)
    return Truth(altered=altered, twin=twin, rate=WIDE_RATE, start=0.0, end=seconds, hertz=hertz)


def narrowed(*, seed: int = 5, hertz: float = 3_400.0, seconds: float = 16.0) -> Truth:
    """The second half reaches ``hertz`` only."""
    twin = speech(seconds, rate=WIDE_RATE, seed=seed, noise_db=-50)
    half = twin.size // 2
    altered = np.concatenate([twin[:half], low_passed(twin[half:], rate=WIDE_RATE, hertz=hertz)])
    at = half / WIDE_RATE
    return Truth(altered=altered, twin=twin, rate=WIDE_RATE, start=at, end=at, hertz=hertz)


def hum_broken(*, seed: int = 6, at: float = 9.0, cut: float = 1.237, hertz: float = 50.0) -> Truth:
    """Mains hum under speech; ``cut`` seconds are taken out at ``at``, and with them the phase."""
    whole = hummed(speech(20.0 + cut, rate=RATE, seed=seed), rate=RATE, hertz=hertz, seed=seed)
    altered = np.concatenate([whole[: round(at * RATE)], whole[round((at + cut) * RATE) :]])
    twin = whole[: altered.size]
    return Truth(altered=altered, twin=twin, rate=RATE, start=at, end=at, hertz=hertz)


def hummed(sound: Sound, *, rate: int, hertz: float, seed: int, level_db: float = -45.0) -> Sound:
    """The sound over mains hum whose frequency wanders by some millihertz, as it does."""
    generator = np.random.default_rng(seed + 9)
    steps = np.cumsum(generator.normal(0, 1, sound.size // rate + 2))
    wander = 0.01 * steps / max(1.0, float(np.abs(steps).max()))
    course = hertz + np.interp(np.arange(sound.size) / rate, np.arange(wander.size), wander)
    phase = 2 * np.pi * np.cumsum(course) / rate
    hum = sum(np.sin(order * phase) / order**1.5 for order in (1, 2, 3))
    return np.asarray(sound + hum * 10 ** (level_db / 20))


def clipped(*, seed: int = 7, start: float = 4.0, end: float = 7.0, gain: float = 6.0) -> Truth:
    """A part recorded too loud: cut off at 0.7 of full scale."""
    twin = speech(12.0, rate=RATE, seed=seed)
    altered = twin.copy()
    part = slice(round(start * RATE), round(end * RATE))
    altered[part] = np.clip(twin[part] * gain, -0.7, 0.7)
    return Truth(altered=altered, twin=twin, rate=RATE, start=start, end=end)


def evenly_paused(*, seed: int = 8, pause: float = 0.4, phrases: int = 14) -> Truth:
    """Phrases put together with pauses of one length; the twin pauses as people do."""
    generator = np.random.default_rng(seed)
    pieces = [
        speech(1.4, rate=RATE, seed=seed + 10 * number, noise_db=-120, room=False)[
            round(0.3 * RATE) : round(0.9 * RATE)
        ]
        for number in range(phrases)
    ]
    lengths = np.sort(generator.uniform(0.15, 1.1, phrases))[generator.permutation(phrases)]

    def joined(gaps: list[float]) -> Sound:
        parts: list[Sound] = []
        for piece, gap in zip(pieces, gaps, strict=True):
            parts += [piece * _fade(piece.size), np.zeros(round(gap * RATE))]
        sound = np.concatenate(parts)
        return np.asarray(sound + background(sound.size, level_db=-60, seed=seed))

    altered, twin = joined([pause] * phrases), joined([float(gap) for gap in lengths])
    return Truth(altered=altered, twin=twin, rate=RATE, start=0.0, end=altered.size / RATE)


def re_encoded(
    *, codec: str = "aac", kilobits: int = 64, seed: int = 9, seconds: float = 12.0
) -> Truth:
    """Sound that went through a lossy ``codec`` ("aac" or "mp3") and was saved as PCM again."""
    twin = speech(seconds, rate=WIDE_RATE, seed=seed, noise_db=-50)
    altered = through_codec(twin, rate=WIDE_RATE, codec=codec, kilobits=kilobits)
    return Truth(altered=altered, twin=twin, rate=WIDE_RATE, start=0.0, end=seconds)


def regridded(*, seed: int = 10, at: float = 4.2, cut: int = 22_351) -> Truth:
    """Sound that went through AAC, from which ``cut`` samples were then taken out at ``at``."""
    twin = re_encoded(codec="aac", kilobits=96, seed=seed, seconds=8.8).altered
    place = round(at * WIDE_RATE)
    altered = np.concatenate([twin[:place], twin[place + cut :]])
    return Truth(altered=altered, twin=twin, rate=WIDE_RATE, start=at, end=at)


def through_codec(sound: Sound, *, rate: int, codec: str, kilobits: int) -> Sound:
    """The sound encoded and decoded again, with the codec's delay at its start."""
    encoder, container = {"aac": ("aac", "adts"), "mp3": ("libmp3lame", "mp3")}[codec]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(encoder, rate=rate)
        stream.bit_rate = kilobits * 1000
        stream.layout = "mono"
        stream.format = "fltp"
        for start in range(0, sound.size, CODEC_BLOCK):
            block = sound[start : start + CODEC_BLOCK].astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer, "r") as media:
        decoded = media.decode(media.streams.audio[0])
        parts = [frame.to_ndarray()[0].astype(np.float64) for frame in decoded]
    return np.concatenate(parts)


def low_passed(sound: Sound, *, rate: int, hertz: float) -> Sound:
    """Nothing above ``hertz``, as after a conversion to a lower sample rate and back."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(sound.size, 1 / rate) > hertz] = 0
    return np.asarray(np.fft.irfft(spectrum, sound.size))


def _fade(count: int) -> Sound:
    edge = min(count // 4, round(0.02 * RATE))
    ramp = np.ones(count)
    ramp[:edge] = np.linspace(0, 1, edge)
    ramp[-edge:] = np.linspace(1, 0, edge)
    return ramp


MADE_FOR: Mapping[str, Callable[[], Truth]] = {
    "audio.background": spliced,
    "audio.clipping": clipped,
    "audio.cutoff": band_limited,
    "audio.hum": hum_broken,
    "audio.noise_floor": noiseless,
    "audio.pauses": evenly_paused,
    "audio.reencoding": regridded,
    "audio.silence": silenced,
}
"""The kind that each built-in measure of sound is made to find."""


def music(*, seed: int = 11, seconds: float = 8.0) -> Sound:
    """Chords that change twice a second, over the faintest noise."""
    generator = np.random.default_rng(seed)
    sound = background(round(seconds * RATE), level_db=-70, seed=seed)
    length = RATE // 2
    time = np.arange(length) / RATE
    for start in range(0, sound.size - length, length):
        for note in generator.choice([220.0, 262.0, 330.0, 392.0, 440.0, 523.0], 3, replace=False):
            tones = sum(np.sin(2 * np.pi * note * order * time) / order for order in range(1, 8))
            sound[start : start + length] += 0.08 * tones * np.exp(-1.5 * time)
    return sound


def files_for(detector_id: str, folder: Path) -> tuple[list[Path], list[Path]]:
    """Files that a built-in measure of sound can use, and files on which it must abstain."""
    maker = MADE_FOR.get(detector_id)
    if maker is None:
        speaking = speech(4.3, rate=RATE, seed=12)
        good = [write_wav(folder / "speech.wav", speaking, rate=RATE)]
        bad = [write_wav(folder / "music.wav", music(), rate=RATE)]
    else:
        good, bad = list(maker().write(folder, name=detector_id.replace(".", "-"))), []
    short = speech(1.0, rate=RATE, seed=13)
    silent = np.zeros(8 * RATE)
    bad += [
        write_wav(folder / "short.wav", short, rate=RATE),
        write_wav(folder / "silent.wav", silent, rate=RATE),
    ]
    return good, bad
