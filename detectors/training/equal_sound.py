"""The same treatment for recorded and synthetic speech, so that only the making differs.

Sets differ in bandwidth, codec, length, loudness and room. Both classes get windows of one to four
seconds whose length is kept as their ``bin`` (training draws both alike from each), the same rooms
and noises, one random low-pass, one random codec pass and one loudness. Samples are at 16 kHz.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from detectors.evaluation import sound
from detectors.models.known import WAVE_SAMPLES

RATE = 16_000
BINS = (1.0, 1.5, 2.0, 3.0)
"""Lower ends of the bins of length, in seconds; the last one ends at four."""
LONGEST = 4.0
CODECS: dict[str, tuple[str, str, int, tuple[int, ...]]] = {
    "mp3": ("mp3", "libmp3lame", RATE, (32_000, 64_000)),
    "aac": ("adts", "aac", RATE, (32_000, 64_000)),
    "opus": ("ogg", "libopus", RATE, (16_000, 32_000)),
}
"""Container, encoder, rate in Hz, bits a second."""

PASSES = ("none", "none", *CODECS, "telephone")
FRAME = 1152

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``low_pass`` lowest and highest edge in Hz; shares of windows with noise, and with a room."""

    low_pass: tuple[float, float]
    noise_share: float
    room_share: float


@dataclass(frozen=True, kw_only=True)
class Equal:
    """One network input, WAVE_SAMPLES int16, and in which bin of length it lies."""

    samples: Samples
    bin: int


def equal(native: Samples, *, rules: Rules, random: np.random.Generator) -> Equal | None:
    """One equalised window; None for less than a second. Shorter windows are repeated, as the
    detector does."""
    longest = min(LONGEST, native.size / RATE)
    if longest < BINS[0]:
        return None
    seconds = float(random.uniform(BINS[0], longest))
    size = int(seconds * RATE)
    first = int(random.integers(native.size - size + 1))
    wave = native[first : first + size].astype(np.float64) / 32768
    if random.random() < rules.room_share:
        wave = in_a_room(wave, random=random)
    if random.random() < rules.noise_share:
        wave = wave + noise(wave, random=random)
    edge = float(random.uniform(*rules.low_pass))
    wave = sound.band_limited(wave, rate=RATE, low=0.0, high=edge)
    wave = passed(wave, through=str(random.choice(PASSES)), random=random)
    wave = sound.levelled(wave - wave.mean(), rate=RATE, to_db=float(random.uniform(-30, -20)))
    whole = np.resize(sound.sixteen_bit(wave), WAVE_SAMPLES)
    return Equal(samples=whole, bin=max(0, int(np.searchsorted(BINS, seconds, side="right")) - 1))


def in_a_room(wave: Floats, *, random: np.random.Generator) -> Floats:
    """In a made-up room: noise that dies away in 0.1 to 0.5 s, 5 to 20 dB below the voice."""
    decay = float(random.uniform(0.1, 0.5))
    time = np.arange(int(decay * RATE)) / RATE
    tail = random.standard_normal(time.size) * 10 ** (-3 * time / decay)
    tail *= 10 ** (-float(random.uniform(5, 20)) / 20) / np.sqrt(np.sum(tail**2))
    tail[: RATE // 500] = 0
    return wave + np.asarray(fftconvolve(wave, tail)[: wave.size])


def noise(wave: Floats, *, random: np.random.Generator) -> Floats:
    """White to brown noise, 8 to 45 dB below the voice."""
    spectrum = np.fft.rfft(random.standard_normal(wave.size))
    frequency = np.maximum(np.fft.rfftfreq(wave.size, 1 / RATE), 30.0)
    coloured = np.fft.irfft(spectrum * frequency ** -float(random.uniform(0, 1)), wave.size)
    loud = float(np.sqrt(np.mean(wave**2))) * 10 ** (-float(random.uniform(8, 45)) / 20)
    return np.asarray(coloured * (loud / max(float(coloured.std()), 1e-12)))


def passed(wave: Floats, *, through: str, random: np.random.Generator) -> Floats:
    """There and back through a codec, at the same length."""
    if through == "none":
        return wave
    if through == "telephone":
        return sound.mu_law(np.clip(wave, -1, 1))
    container, encoder, rate, bits = CODECS[through]
    data = _encoded(wave, container=container, encoder=encoder, rate=rate,
                    bits=int(random.choice(bits)))  # fmt: skip
    back = _decoded(data)
    return np.pad(back[: wave.size], (0, max(0, wave.size - back.size)))


def _encoded(wave: Floats, *, container: str, encoder: str, rate: int, bits: int) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as media:
        stream: Any = media.add_stream(encoder, rate=rate)
        stream.layout, stream.bit_rate = "mono", bits
        form = stream.codec_context.format or av.AudioFormat("fltp")
        shaper = av.AudioResampler(format=form, layout="mono", rate=rate, frame_size=None)
        data = np.clip(wave, -1, 1).astype(np.float32)[None, :]
        for start in range(0, data.shape[1], FRAME):
            piece = np.ascontiguousarray(data[:, start : start + FRAME])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            for ready in shaper.resample(frame):
                media.mux(stream.encode(ready))
        media.mux(stream.encode(None))
    return out.getvalue()


def _decoded(data: bytes) -> Floats:
    """What this module has just encoded itself; never foreign data."""
    shaper = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    pieces = []
    with av.open(io.BytesIO(data), "r") as media:
        for frame in media.decode(audio=0):
            pieces += [one.to_ndarray()[0] for one in shaper.resample(frame)]
        pieces += [one.to_ndarray()[0] for one in shaper.resample(None)]
    return np.concatenate(pieces).astype(np.float64) if pieces else np.zeros(0)
