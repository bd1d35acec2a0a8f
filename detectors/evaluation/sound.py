"""What is done to sound: measuring loudness and bandwidth, and bringing it to one form.

Samples are mono float, (N,), in [-1, 1].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

FRAME = 2048
FLOOR_DB = 60.0
ACTIVE_DB = 40.0
SILENT_DB = -90.0
LOUDNESS_DB = -26.0
KEEP_SECONDS = 0.05


def bandwidth(samples: Samples, *, rate: int) -> float:
    """How high the sound reaches, in Hz: the highest frequency whose mean power over the louder
    half of the frames lies within 60 dB of the strongest."""
    if samples.size < FRAME:
        samples = np.pad(samples, (0, FRAME - samples.size))
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[:: FRAME // 2]
    power = np.zeros(FRAME // 2 + 1)
    level = np.mean(frames**2, axis=1)
    window = np.hanning(FRAME)
    loud = np.flatnonzero(level >= np.median(level))
    for start in range(0, loud.size, 512):
        spectrum = np.fft.rfft(frames[loud[start : start + 512]] * window, axis=1)
        power += np.sum(np.abs(spectrum) ** 2, axis=0)
    smooth = np.convolve(power, np.ones(5) / 5, mode="same")
    within = np.flatnonzero(smooth > smooth.max() * 10 ** (-FLOOR_DB / 10))
    return float(within[-1] * rate / FRAME) if within.size else 0.0


def loudness(samples: Samples, *, rate: int) -> float:
    """Level of the stretches with sound in them, dB of full scale; -120 for silence."""
    level = _levels(samples, rate=rate)
    active = level[level > level.max() - ACTIVE_DB] if level.size else level
    return float(10 * np.log10(np.mean(10 ** (active / 10)))) if active.size else -120.0


def trimmed(samples: Samples, *, rate: int) -> Samples:
    """Without the silence at both ends: what lies 40 dB below the loudest 20 ms, or below -90 dB
    of full scale. Nothing is left of a sound that is silent throughout."""
    level = _levels(samples, rate=rate)
    active = np.flatnonzero(level > max(level.max(initial=-120.0) - ACTIVE_DB, SILENT_DB))
    if not active.size:
        nothing: Samples = samples[:0]
        return nothing
    step, keep = _step(rate), int(KEEP_SECONDS * rate)
    first, last = int(active[0]) * step - keep, (int(active[-1]) + 1) * step + keep
    kept: Samples = samples[max(0, first) : last]
    return kept


def band_limited(samples: Samples, *, rate: int, low: float, high: float) -> Samples:
    """Nothing below ``low`` or above ``high`` Hz; the edges are 100 Hz wide."""
    padded = 1 << max(1, int(samples.size + rate // 4 - 1).bit_length())
    frequencies = np.fft.rfftfreq(padded, 1 / rate)
    gain = np.clip((high - frequencies) / 100 + 0.5, 0, 1)
    if low > 0:
        gain *= np.clip((frequencies - low) / 100 + 0.5, 0, 1)
    limited = np.fft.irfft(np.fft.rfft(samples, padded) * gain, padded)
    return limited[: samples.size]


def levelled(samples: Samples, *, rate: int, to_db: float = LOUDNESS_DB) -> Samples:
    """At one loudness; the few peaks beyond full scale are cut."""
    gain = 10 ** ((to_db - loudness(samples, rate=rate)) / 20)
    return np.asarray(np.clip(samples * gain, -1.0, 1.0), dtype=np.float64)


def sixteen_bit(samples: Samples) -> NDArray[np.int16]:
    """Rounded to 16 bits."""
    return np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)


def mu_law(samples: Samples) -> Samples:
    """There and back through the 8-bit companding of telephone lines (ITU-T G.711, its
    continuous form with mu = 255)."""
    mu = 255.0
    squeezed = np.sign(samples) * np.log1p(mu * np.abs(samples)) / np.log1p(mu)
    stepped = np.round(squeezed * 127) / 127
    heard: Samples = np.sign(stepped) * np.expm1(np.abs(stepped) * np.log1p(mu)) / mu
    return heard


def _step(rate: int) -> int:
    return max(1, rate // 50)


def _levels(samples: Samples, *, rate: int) -> Samples:
    """Level of each 20 ms, dB of full scale, not below -120."""
    step = _step(rate)
    whole = samples[: samples.size // step * step].reshape(-1, step)
    if not whole.size:
        whole = samples.reshape(1, -1)
    power = np.mean(whole**2, axis=1) if whole.size else np.zeros(0)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)))
