"""Traces of re-timing and of encoding a part once more, in the pace and bytes of the frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.api import Track
from detectors.media import PacketList

Curve = NDArray[np.float64]

USUAL_RATES = (
    5.0, 6.0, 7.5, 8.0, 10.0, 12.0, 12.5, 14.985, 15.0, 20.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0,
    50.0, 59.94, 60.0, 90.0, 100.0, 119.88, 120.0, 240.0,
)  # fmt: skip
"""Frames a second that cameras, phones, web services and screen recorders make."""

LEAST_FRAMES = 48
SMOOTH = 5
"""Frames of a running median: encoders spend more on one frame and less on the next."""


def unusual_rate(usual: float) -> float | None:
    """The frames a second when no camera makes them, else None; ``usual`` is a step in seconds."""
    rate = 1 / usual
    nearest = min(USUAL_RATES, key=lambda known: abs(np.log(rate / known)))
    return rate if abs(rate / nearest - 1) > 0.012 else None


def beat_of(change: Curve, *, p: Mapping[str, float]) -> int | None:
    """Every how many frames one repeats the frame before, seen through a later encoding.

    A repeated frame that was encoded again is not quite the same; it changes far less than its
    neighbours, at a steady beat.
    """
    best: tuple[float, int] | None = None
    for every in range(2, int(p["most_beat"]) + 1):
        count = len(change) // every
        if count < p["least_beats"]:
            break
        table = change[: count * every].reshape(count, every)
        quiet = int(np.argmin(np.median(table, axis=0)))
        others = np.delete(table, quiet, axis=1)
        share = float(np.median(table[:, quiet] / np.maximum(others.mean(axis=1), 0.05)))
        calm = float((table[:, quiet] < others.min(axis=1)).mean())
        # by chance each place of the beat is the quietest equally often
        errors = (calm - 1 / every) / np.sqrt((1 / every) * (1 - 1 / every) / count)
        fits = share <= p["beat_share"] and errors >= p["beat_errors"]
        if fits and (best is None or errors > best[0]):
            best = (float(errors), every)
    return best[1] if best else None


def slowed(every: int | None, usual: float) -> float | None:
    """Frames a second before a conversion that repeats one frame in ``every``, when those are
    unusual too: somebody changed the speed. None for an ordinary conversion."""
    return unusual_rate(usual * every / (every - 1)) if every else None


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Frames ``start`` to ``end`` (s) take ``height`` (natural logarithm) more bytes than the rest,
    given how much the picture changes; ``errors`` in standard errors of frames that are apart."""

    start: float
    end: float
    height: float
    errors: float


def coarser(
    packets: PacketList, times: Curve, change: Curve, *, p: Mapping[str, float]
) -> Track | None:
    """A stretch whose frames take far fewer or more bytes than their motion explains.

    A part that was encoded once more has lost detail, and the last encoder spends less on it.
    """
    found = stretch(packets, times, change, least=int(p["least_stretch"]))
    if found is None or abs(found.height) < p["coarser_log"]:
        return None
    if found.errors < p["coarser_errors"]:
        return None
    return Track(
        start=round(found.start, 3),
        end=round(found.end, 3),
        label="encoded differently from the rest",
        strength=round(min(1.0, abs(found.height)), 4),
    )


def stretch(packets: PacketList, times: Curve, change: Curve, *, least: int) -> Stretch | None:
    """The stretch of at least ``least`` frames that stands out most; None where too little is
    known of the bytes."""
    size = _per_frame(packets, times)
    if size is None or len(change) < LEAST_FRAMES:
        return None
    known = np.isfinite(size[1:])
    motion = _smoothed(np.log(change[known] + 0.05))
    bytes_ = _smoothed(np.log(size[1:][known]))
    away = motion - motion.mean()
    # a still picture explains nothing
    slope = float(away @ bytes_) / max(float(away @ away), 1e-9)
    left = bytes_ - bytes_.mean() - slope * away
    first, end, height = _best_stretch(left, least=least)
    inside = (end - first) / len(left)
    error = float(left.std()) / np.sqrt(max(len(left) * inside * (1 - inside), 1e-9))
    at = times[1:][known]
    return Stretch(
        start=float(at[first]), end=float(at[end - 1]), height=height,
        errors=abs(height) / max(error, 1e-9),
    )  # fmt: skip


def _smoothed(values: Curve) -> Curve:
    padded = np.pad(values, SMOOTH // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, SMOOTH)
    middle: Curve = np.median(windows, axis=1)
    return middle


def keys_of(packets: PacketList, times: Curve) -> NDArray[np.bool_]:
    """Whether each frame is a key frame (N,); none is where there are no packets."""
    stamps = np.array([packet.time for packet in packets if packet.keyframe])
    if not stamps.size:
        return np.zeros(len(times), dtype=np.bool_)
    at = np.clip(np.searchsorted(stamps, times - 1e-3), 0, len(stamps) - 1)
    return np.asarray(np.abs(stamps[at] - times) < 0.02)


def _per_frame(packets: PacketList, times: Curve) -> Curve | None:
    """Bytes of the packet of each frame; NaN for key frames, which follow another rule."""
    stamps = np.array([packet.time for packet in packets])
    if len(stamps) < 2:
        return None
    at = np.clip(np.searchsorted(stamps, times - 1e-4), 0, len(stamps) - 1)
    sizes = np.array(
        [np.nan if packet.keyframe else float(packet.size) for packet in packets], dtype=np.float64
    )
    found: Curve = np.where(np.abs(stamps[at] - times) < 0.02, sizes[at], np.nan)
    return found if np.isfinite(found).sum() > len(found) / 2 else None


def _best_stretch(values: Curve, *, least: int) -> tuple[int, int, float]:
    """The stretch of at least ``least`` whose mean stands out most; its mean against the rest."""
    sums = np.concatenate(([0.0], np.cumsum(values - values.mean())))
    count = len(values)
    best = (0, count, 0.0)
    strongest = 0.0
    step = max(1, count // 400)
    for first in range(0, count - least + 1, step):
        ends = np.arange(first + least, count + 1, step)
        ends = ends[(ends - first) <= count - least]
        if not ends.size:
            continue
        inside = sums[ends] - sums[first]
        size = ends - first
        merit = np.abs(inside) / np.sqrt(size * (count - size) / count)
        top = int(np.argmax(merit))
        if merit[top] > strongest:
            strongest = float(merit[top])
            gap = inside[top] / size[top] + inside[top] / (count - size[top])
            best = (first, int(ends[top]), float(gap))
    return best
