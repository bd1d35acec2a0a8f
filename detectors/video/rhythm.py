"""The rhythm of frame sizes: an earlier group of pictures shows through a later encoding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.media import PacketList

LEAST_CYCLES = 4


@dataclass(frozen=True)
class Rhythm:
    """``period`` in frames; ``strength`` in standard errors above the other phases."""

    period: int
    strength: float


def find_rhythm(packets: PacketList, *, p: Mapping[str, float]) -> Rhythm | None:
    """The strongest period that is not the present one's, or None (Wang and Farid 2006)."""
    key = np.array([packet.keyframe for packet in packets])
    swell = _swell(np.array([packet.size for packet in packets], dtype=np.float64), key)
    present = _present_period(key)
    best: Rhythm | None = None
    longest = min(int(p["most_period"]), len(packets) // LEAST_CYCLES)
    for period in range(int(p["least_period"]), longest + 1):
        if present and (present % period == 0 or period % present == 0):
            continue
        strength = _strength(swell, key, period)
        if strength >= p["period_strength"] and (best is None or strength > best.strength):
            best = Rhythm(period=period, strength=strength)
    return best


def _swell(size: NDArray[np.float64], key: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Log size against the median of eleven neighbours that are not key frames."""
    size = np.log(np.maximum(size, 1.0))
    size = np.where(key, np.nan, size)
    padded = np.pad(size, 5, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 11)
    known = ~np.isnan(windows).all(axis=1)
    middle = np.zeros(len(size))
    middle[known] = np.nanmedian(windows[known], axis=1)
    return np.asarray(size - middle)


def _present_period(key: NDArray[np.bool_]) -> int | None:
    at = np.flatnonzero(key)
    return int(np.median(np.diff(at))) if len(at) > 2 else None


def _strength(swell: NDArray[np.float64], key: NDArray[np.bool_], period: int) -> float:
    """How far the best phase's mean lies above the rest, in robust standard errors."""
    usable = ~key & ~np.isnan(swell)
    values = swell[usable]
    spread = 1.4826 * float(np.median(np.abs(values - np.median(values)))) if values.size else 0.0
    if spread <= 0:
        return 0.0
    phase = np.arange(len(swell))[usable] % period
    count = np.bincount(phase, minlength=period)
    total = np.bincount(phase, weights=np.clip(values, -3 * spread, 3 * spread), minlength=period)
    enough = count >= LEAST_CYCLES
    if not enough.any():
        return 0.0
    means = np.where(enough, total / np.maximum(count, 1), -np.inf)
    best = int(np.argmax(means))
    return float(means[best] * np.sqrt(count[best]) / spread)
