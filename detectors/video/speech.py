"""The loudness of speech in three bands, a hundred times a second, from sound of any length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.media import AudioBlock

Curve = NDArray[np.float64]

RATE = 100
"""Values a second."""

BANDS = ((220.0, 800.0), (550.0, 1600.0), (1000.0, 3200.0))
"""Hz: the first two formants of open vowels, and between."""

WINDOW = 0.025
SIZE = 512


@dataclass(frozen=True, kw_only=True)
class Speech:
    """``energy`` (K, 3): power of each band at ``start`` + k / RATE seconds; ``loudness`` in dB
    below full scale of the whole, -inf for digital silence."""

    start: float
    energy: NDArray[np.float64]
    loudness: float

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.energy) / RATE


def listen(blocks: Iterable[AudioBlock]) -> Speech:
    """Energies of consecutive blocks of one recording; memory grows by 2.4 kB a second."""
    parts: list[NDArray[np.float64]] = []
    start, power, count = 0.0, 0.0, 0
    rest: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
    for block in blocks:
        if not parts and not rest.size:
            start = block.start
        power += float(np.square(block.samples, dtype=np.float64).sum())
        count += block.samples.size
        energy, rest = _energies(np.concatenate((rest, block.samples)), rate=block.rate)
        parts.append(energy)
    mean = power / count if count else 0.0
    return Speech(
        start=start + WINDOW / 2,
        energy=np.concatenate(parts) if parts else np.zeros((0, len(BANDS))),
        loudness=10 * float(np.log10(mean)) if mean > 0 else -np.inf,
    )


def loudness_curves(speech: Speech) -> list[Curve]:
    """Logarithm of each band over a floor of 30 dB below its loud moments, (K,) each."""
    curves = []
    for band in speech.energy.T:
        loud = float(np.percentile(band, 95)) if band.size else 0.0
        curves.append(np.log(band + 1e-3 * loud + 1e-12))
    return curves


def _energies(
    samples: NDArray[np.float32], *, rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Band powers of all whole windows, and the samples that the next window still needs."""
    width, hop = round(WINDOW * rate), rate // RATE
    count = max(0, (samples.size - width) // hop + 1)
    if count == 0:
        return np.zeros((0, len(BANDS))), samples
    windows = np.lib.stride_tricks.sliding_window_view(samples, width)[: count * hop : hop]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(width), SIZE)) ** 2
    frequencies = np.fft.rfftfreq(SIZE, 1 / rate)
    energy = np.stack(
        [spectrum[:, (frequencies >= low) & (frequencies < high)].sum(axis=1)
         for low, high in BANDS],
        axis=1,
    )  # fmt: skip
    return energy, samples[count * hop :]
