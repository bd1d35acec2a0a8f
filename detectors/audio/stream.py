"""Sound of any length as short frames, block by block, as if it were one array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.media import AudioBlock

Floats = NDArray[np.float64]
Sound = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class FrameBlock:
    """``frames`` (count x length) that begin ``hop`` samples apart; ``times`` are the seconds of
    each frame's first sample."""

    frames: Sound
    times: Floats
    rate: int


class Framer:
    """Cuts blocks, one after the other, into frames that run on over their edges.

    ``length`` and ``hop`` count samples, and ``hop`` is at most ``length``.
    """

    def __init__(self, *, length: int, hop: int) -> None:
        self._length = length
        self._hop = hop
        self._kept = np.zeros(0, dtype=np.float32)
        self._start: float | None = None

    def add(self, block: AudioBlock) -> FrameBlock:
        """The frames that this block completes; there may be none."""
        start = block.start if self._start is None else self._start
        sound = np.concatenate([self._kept, block.samples])
        if sound.size < self._length:
            frames = np.zeros((0, self._length), dtype=np.float32)
        else:
            frames = np.lib.stride_tricks.sliding_window_view(sound, self._length)[:: self._hop]
        times = start + np.arange(len(frames)) * self._hop / block.rate
        self._start = start + len(frames) * self._hop / block.rate
        self._kept = sound[len(frames) * self._hop :]
        return FrameBlock(frames=frames, times=times, rate=block.rate)


def decibels(power: Floats, *, least: float = -120.0) -> Floats:
    """10 log10 of a power, not below ``least``."""
    return np.asarray(np.maximum(10 * np.log10(np.maximum(power, 1e-14)), least))


def runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First and one-past-last place (count x 2) of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return edges.reshape(-1, 2)
