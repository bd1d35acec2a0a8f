"""The sound of a recording in frequency bands over time, and the floor beneath it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.audio.stream import Framer
from detectors.media import AudioBlock

Floats = NDArray[np.float64]

LENGTH = 2048
HOP = 512
BANDS = 20
LOWEST_HZ = 60.0
HIGHEST_HZ = 15_000.0
SILENT_DB = -120.0
FLOOR_PERCENTILE = 15.0


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


class BandTaker:
    """Short-time power in logarithmic bands, gathered block by block."""

    def __init__(self) -> None:
        self._framer = Framer(length=LENGTH, hop=HOP)
        self._power: deque[NDArray[np.float32]] = deque()
        self._rate = 0

    def add(self, block: AudioBlock, /) -> None:
        """Take in the next block; frames run on over its edges."""
        self._rate = block.rate
        frames = self._framer.add(block).frames
        self._power.append(_in_bands(frames, rate=block.rate).astype(np.float32))

    def ended(self) -> Bands:
        """Everything heard, its times counted from the first sample; at least two frames.

        To be asked once: hours of sound are held in one form only, so pieces go as they are used.
        """
        count = sum(len(piece) for piece in self._power)
        power, level = np.empty((count, BANDS)), np.empty(count)
        first = 0
        while self._power:
            piece = self._power.popleft().astype(np.float64)
            here = slice(first, first + len(piece))
            power[here], level[here] = decibels(piece), decibels(piece.sum(axis=1))
            first = here.stop
        return Bands(
            times=(np.arange(count) * HOP + LENGTH / 2) / self._rate,
            power=power,
            level=level,
            edges=_edges(self._rate),
        )


def _edges(rate: int) -> Floats:
    return np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, 0.47 * rate), BANDS + 1)


def _in_bands(frames: NDArray[np.float32], *, rate: int) -> Floats:
    frequencies = np.fft.rfftfreq(LENGTH, 1 / rate)
    starts = np.searchsorted(frequencies, _edges(rate))
    starts = np.maximum.accumulate(np.maximum(starts, np.arange(starts.size) + starts[0]))
    window = np.hanning(LENGTH)
    scale = 2.0 / (window.sum() ** 2)
    spectrum = np.fft.rfft(frames * window, axis=1)
    energy = np.square(np.abs(spectrum)) * scale
    return np.asarray(np.add.reduceat(energy[:, : starts[-1]], starts[:-1], axis=1))


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
    low, floor, high = _percentiles(power, (5, FLOOR_PERCENTILE, 25))
    return Side(floor=floor, spread=high - low)


def _percentiles(values: Floats, asked: Sequence[float]) -> list[Floats]:
    """Along the first axis, as ``numpy.percentile`` has them by default (type 7 of Hyndman and Fan,
    1996), without its checks: a sound has thousands of short windows."""
    ordered = np.sort(values, axis=0)
    found = []
    for percent in asked:
        below, part = divmod(percent / 100 * (len(ordered) - 1), 1)
        low, high = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
        found.append(low + (high - low) * part)
    return found
