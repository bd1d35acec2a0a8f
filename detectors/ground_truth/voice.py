"""Speech-like sound, synthesised on the spot: syllables, formants, breath noise, a room.

Nobody is imitated and nothing is recorded. Source and filter follow G. Fant, Acoustic Theory of
Speech Production, 1960, and D. Klatt, Software for a Cascade/Parallel Formant Synthesizer, JASA 67,
1980: harmonics of a gliding pitch under moving resonances, hiss for consonants, pauses of uneven
length, then a room and its noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]

VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (660, 1720, 2410),
)
"""Formants in hertz (G. Peterson and H. Barney, JASA 24, 1952, averages of men)."""

WIDTHS = (80.0, 100.0, 160.0)
HIGHEST_HARMONIC_HZ = 7_500.0
REVERBERATION_SECONDS = 0.25


def speech(
    seconds: float,
    *,
    rate: int,
    seed: int,
    noise_db: float = -58.0,
    pitch: float = 120.0,
    room: bool = True,
    pauses: tuple[float, float] = (0.25, 0.9),
) -> Sound:
    """Speech-like sound in [-1, 1]; ``noise_db`` is the background in dB of full scale,
    ``pauses`` the shortest and the longest in seconds."""
    generator = np.random.default_rng(seed)
    count = round(seconds * rate)
    dry = np.zeros(count)
    at = int(0.3 * rate)
    while at < count:
        for _ in range(int(generator.integers(2, 6))):
            syllable = _syllable(generator, rate=rate, pitch=pitch)
            end = min(count, at + syllable.size)
            if at < count:
                dry[at:end] += syllable[: end - at]
            at += int(syllable.size * generator.uniform(0.85, 1.0))
        at += int(generator.uniform(*pauses) * rate)
    wet = in_room(dry, rate=rate, seed=seed) if room else dry
    peak = float(np.abs(wet).max()) or 1.0
    return np.asarray(0.5 * wet / peak + background(count, level_db=noise_db, seed=seed + 1))


def background(count: int, *, level_db: float, seed: int) -> Sound:
    """Noise that falls by 3 dB an octave, at the given RMS level in dB of full scale."""
    white = np.random.default_rng(seed).normal(0, 1, count)
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 20.0))
    pink = np.fft.irfft(spectrum, count)
    return np.asarray(pink / pink.std() * 10 ** (level_db / 20))


def in_room(dry: Sound, *, rate: int, seed: int) -> Sound:
    """The sound with the tail of a small room."""
    generator = np.random.default_rng(seed + 2)
    length = int(REVERBERATION_SECONDS * rate)
    decay = np.exp(-6.9 * np.arange(length) / length)
    response = generator.normal(0, 0.02, length) * decay
    response[0] = 1.0
    size = 1 << (dry.size + length).bit_length()
    wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(response, size), size)
    return np.asarray(wet[: dry.size])


def _syllable(generator: np.random.Generator, *, rate: int, pitch: float) -> Sound:
    hiss = _consonant(generator, rate=rate)
    vowel = _vowel(generator, rate=rate, pitch=pitch)
    return np.concatenate([hiss, vowel]) if generator.random() < 0.6 else vowel


def _vowel(generator: np.random.Generator, *, rate: int, pitch: float) -> Sound:
    count = int(generator.uniform(0.10, 0.24) * rate)
    along = np.linspace(0, 1, count)
    first, second = generator.choice(len(VOWELS), 2, replace=False)
    start = pitch * generator.uniform(0.85, 1.25)
    glide = start * (1 + generator.uniform(-0.2, 0.2) * along)
    wobble = np.cumsum(generator.normal(0, 1, count))
    glide *= 1 + 0.004 * wobble / max(1.0, float(np.abs(wobble).max()))
    phase = 2 * np.pi * np.cumsum(glide) / rate
    sound = np.zeros(count)
    for harmonic in range(1, int(HIGHEST_HARMONIC_HZ / glide.max()) + 1):
        hertz = harmonic * glide
        gain = np.zeros(count)
        for place, width in enumerate(WIDTHS):
            centre = (1 - along) * VOWELS[first][place] + along * VOWELS[second][place]
            gain += (1 / (place + 1)) / (1 + ((hertz - centre) / width) ** 2)
        sound += (gain + 0.004) / harmonic**0.4 * np.sin(harmonic * phase)
    return np.asarray(sound * np.sin(np.pi * along) ** 0.6 * generator.uniform(0.5, 1.0))


def _consonant(generator: np.random.Generator, *, rate: int) -> Sound:
    """Hiss that reaches up to half the sample rate."""
    count = int(generator.uniform(0.05, 0.12) * rate)
    spectrum = np.fft.rfft(generator.normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / rate)
    spectrum *= 1 / (1 + (generator.uniform(2000, 4000) / np.maximum(hertz, 1)) ** 4)
    hiss = np.fft.irfft(spectrum, count)
    return np.asarray(0.25 * hiss / max(1e-9, float(hiss.std())) * np.hanning(count))
