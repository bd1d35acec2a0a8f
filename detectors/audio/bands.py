"""The sound of a recording in frequency bands over time, and the floor beneath it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LENGTH = 2048
HOP = 512
BANDS = 20
LOWEST_HZ = 60.0
HIGHEST_HZ = 15_000.0
SILENT_DB = -120.0
FLOOR_PERCENTILE = 15.0
BLOCK = 2048


@dataclass(frozen=True, kw_only=True)
class Bands:
    """``power`` frames x bands and ``level`` frames, in dB of full scale; ``times`` of centres."""

    times: Floats
    power: Floats
    level: Floats
    edges: Floats

    @property
    def hop(self) -> float:
        """Seconds between frames."""
        return float(self.times[1] - self.times[0])


def in_bands(samples: NDArray[np.float32], *, rate: int) -> Bands:
    """Short-time power in logarithmic bands; ``samples`` must hold at least two frames."""
    top = min(HIGHEST_HZ, 0.47 * rate)
    edges = np.geomspace(LOWEST_HZ, top, BANDS + 1)
    frequencies = np.fft.rfftfreq(LENGTH, 1 / rate)
    starts = np.searchsorted(frequencies, edges)
    starts = np.maximum.accumulate(np.maximum(starts, np.arange(starts.size) + starts[0]))
    window = np.hanning(LENGTH)
    frames = np.lib.stride_tricks.sliding_window_view(samples, LENGTH)[::HOP]
    power = np.empty((len(frames), BANDS))
    scale = 2.0 / (window.sum() ** 2)
    for start in range(0, len(frames), BLOCK):
        spectrum = np.fft.rfft(frames[start : start + BLOCK] * window, axis=1)
        energy = np.square(np.abs(spectrum)) * scale
        summed = np.add.reduceat(energy[:, : starts[-1]], starts[:-1], axis=1)
        power[start : start + BLOCK] = summed
    return Bands(
        times=(np.arange(len(frames)) * HOP + LENGTH / 2) / rate,
        power=decibels(power),
        level=decibels(power.sum(axis=1)),
        edges=edges,
    )


def decibels(power: Floats) -> Floats:
    """10 log10, not below :data:`SILENT_DB`."""
    return np.asarray(np.maximum(10 * np.log10(np.maximum(power, 1e-14)), SILENT_DB))


@dataclass(frozen=True, kw_only=True)
class Side:
    """The floor of one window: dB per band, and how far its quiet frames spread."""

    floor: Floats
    spread: Floats


def side(power: Floats) -> Side:
    """Floor and spread of frames x bands."""
    low, floor, high = np.percentile(power, (5, FLOOR_PERCENTILE, 25), axis=0)
    return Side(floor=floor, spread=high - low)
