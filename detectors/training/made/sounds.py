"""Synthetic speech made of recordings: the same words and voice, sent through a vocoder.

Each takes int16 samples at 16 kHz and gives as many. What a vocoder cannot carry, mostly phase and
the noisy part of voices, is what later systems get wrong in their own ways.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz
from scipy.signal import istft, lfilter, stft

RATE = 16_000
LENGTH, HOP = 512, 128
MELS = 80
ORDER = 18
ROUNDS = (4, 24)
"""Griffin-Lim's rounds, drawn evenly."""
PITCH_HZ = (70.0, 400.0)
VOICED = 0.35
ENVELOPE_QUEFRENCY = 28

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]
Random = np.random.Generator


def griffin_lim(native: Samples, random: Random) -> Samples:
    """Through 80 mel bands, phase found anew (D. Griffin and J. Lim, Signal Estimation from
    Modified Short-Time Fourier Transform, IEEE TASSP 1984)."""
    spectrum = _stft(native)
    bank = _mel_bank()
    magnitude = np.maximum(np.linalg.pinv(bank) @ (bank @ np.abs(spectrum)), 1e-6)
    turned = np.exp(2j * np.pi * random.random(magnitude.shape))
    for _ in range(int(random.integers(*ROUNDS))):
        wave = _wave(magnitude * turned, size=native.size)
        turned = np.exp(1j * np.angle(_stft_of(wave)))
    return _whole(_wave(magnitude * turned, size=native.size))


def random_phase(native: Samples, random: Random) -> Samples:
    """The magnitudes kept, the phases each moved by up to a quarter to a whole turn."""
    spectrum = _stft(native)
    reach = float(random.uniform(0.25, 1.0)) * 2 * np.pi
    moved = spectrum * np.exp(1j * random.uniform(-reach / 2, reach / 2, spectrum.shape))
    return _whole(_wave(moved, size=native.size))


def linear_prediction(native: Samples, random: Random) -> Samples:
    """A pulse train or noise through the filter of each frame (B. Atal and S. Hanauer, Speech
    Analysis and Synthesis by Linear Prediction of the Speech Wave, JASA 1971)."""
    wave = native.astype(np.float64) / 32768
    pitch = pitch_of(wave)
    source = _excitation(pitch, size=wave.size, random=random)
    out = np.zeros(wave.size + LENGTH)
    window = np.hanning(LENGTH + 1)[:-1]
    for first in range(0, wave.size - LENGTH, HOP):
        frame = wave[first : first + LENGTH] * window
        lags = np.correlate(frame, frame, "full")[LENGTH - 1 : LENGTH + ORDER]
        lags[0] = lags[0] * 1.0001 + 1e-9
        filter_ = np.concatenate(([1.0], -solve_toeplitz(lags[:ORDER], lags[1 : ORDER + 1])))
        driven = lfilter([1.0], filter_, source[first : first + LENGTH] * window)
        level = np.sqrt(np.sum(frame**2) / max(float(np.sum(driven**2)), 1e-12))
        out[first : first + LENGTH] += driven * level * window
    return _whole(out[: wave.size] / 1.5)


def harmonics_and_noise(native: Samples, random: Random) -> Samples:
    """Harmonics of the pitch under a smoothed envelope, noise where no pitch is (in the manner of
    M. Morise et al., WORLD: A Vocoder-Based High-Quality Speech Synthesis System, IEICE 2016)."""
    wave = native.astype(np.float64) / 32768
    spectrum = _stft_of(wave)
    envelope = _smoothed(np.abs(spectrum))
    pitch = pitch_of(wave)
    source = _excitation(pitch, size=wave.size, random=random)
    driven = _stft_of(source)
    flat = driven / np.maximum(_smoothed(np.abs(driven)), 1e-9)
    return _whole(_wave(flat * envelope, size=wave.size))


KINDS: dict[str, Callable[[Samples, Random], Samples]] = {
    "Griffin-Lim": griffin_lim,
    "random phase": random_phase,
    "linear prediction": linear_prediction,
    "harmonics and noise": harmonics_and_noise,
}


def pitch_of(wave: Floats) -> Floats:
    """Fundamental frequency in Hz of each HOP, 0 where there is none, by autocorrelation."""
    size = 1024
    padded = np.pad(wave, (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[: wave.size : HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), 2 * size, axis=1)) ** 2
    lags = np.fft.irfft(power, axis=1)[:, :size]
    low, high = (int(RATE / hz) for hz in reversed(PITCH_HZ))
    near = lags[:, low:high] / np.maximum(lags[:, :1], 1e-12)
    best = near.argmax(axis=1)
    voiced = near[np.arange(len(best)), best] > VOICED
    return np.where(voiced, RATE / (best + low), 0.0)


def _excitation(pitch: Floats, *, size: int, random: Random) -> Floats:
    """Pulses at the pitch over a little noise, noise alone without pitch; about unit level."""
    at = np.minimum(np.arange(size) // HOP, len(pitch) - 1)
    hz = pitch[at] * float(random.uniform(0.95, 1.05))
    turns = np.cumsum(hz / RATE)
    pulses = np.diff(np.floor(turns), prepend=0.0) * np.sqrt(RATE / np.maximum(hz, 1.0))
    hiss = random.standard_normal(size)
    breath = float(random.uniform(0.0, 0.3))
    return np.where(hz > 0, pulses + breath * hiss, hiss)


def _smoothed(magnitude: Floats) -> Floats:
    """Spectral envelopes by cepstral smoothing."""
    cepstra = np.fft.irfft(np.log(magnitude + 1e-7), axis=0)
    cepstra[ENVELOPE_QUEFRENCY : -ENVELOPE_QUEFRENCY + 1] = 0
    return np.asarray(np.exp(np.fft.rfft(cepstra, axis=0).real))


def _mel_bank() -> Floats:
    """MELS x bins of triangles on the mel scale."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, MELS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(LENGTH, 1 / RATE)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling))


def _stft(native: Samples) -> NDArray[np.complex128]:
    return _stft_of(native.astype(np.float64) / 32768)


def _stft_of(wave: Floats) -> NDArray[np.complex128]:
    return np.asarray(stft(wave, nperseg=LENGTH, noverlap=LENGTH - HOP)[2], dtype=np.complex128)


def _wave(spectrum: NDArray[np.complex128], *, size: int) -> Floats:
    wave = np.asarray(istft(spectrum, nperseg=LENGTH, noverlap=LENGTH - HOP)[1], dtype=np.float64)
    return np.pad(wave[:size], (0, max(0, size - wave.size)))


def _whole(wave: Floats) -> Samples:
    peak = max(float(np.abs(wave).max()), 1e-6)
    return np.round(np.clip(wave * (0.9 / peak), -1, 1) * 32767).astype(np.int16)
