"""Traces of cutting and re-timing in a sequence of small frames: jumps, order, pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors.api import Track
from detectors.media import PacketList

Curve = NDArray[np.float64]
Images = NDArray[np.uint8]

USUAL_RATES = (
    5.0, 6.0, 7.5, 8.0, 10.0, 12.0, 12.5, 14.985, 15.0, 20.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0,
    50.0, 59.94, 60.0, 90.0, 100.0, 119.88, 120.0, 240.0,
)  # fmt: skip
"""Frames a second that cameras, phones, web services and screen recorders make."""

NEAR, CLOSE = 12, 5
"""Frames on each side that a change is compared with, over the picture and square by square."""

PART = 10
STILL = 0.4
LEAST_PARTS = 8
SAME_COLOURS = 0.8


@dataclass(frozen=True, kw_only=True)
class Jump:
    """Between frame ``at`` - 1 and ``at`` the picture jumps; ``times`` as much as around it."""

    at: int
    times: float


def jumps(
    images: Images, change: Curve, *, key: NDArray[np.bool_], p: Mapping[str, float]
) -> list[Jump]:
    """One-frame jumps within a scene: nearly all of the picture changes more than at any moment
    near it, and stays changed.

    A limb or a lip that moves fast changes a part of the picture; a head that jerks takes several
    frames for it. Another scene (other colours) is an ordinary cut and not told; a flash returns.
    ``key`` (N,) marks key frames, whose own encoding changes a still picture a little.
    """
    found: list[Jump] = []
    for place in range(2, len(change) - 2):
        value = float(change[place])
        if value < p["least_jump"]:
            continue
        near = np.concatenate(
            (change[max(0, place - NEAR) : place], change[place + 1 : place + 1 + NEAR])
        )
        times = value / max(float(np.median(near)), p["still_difference"])
        if times < p["jump_times"] * (p["jump_key"] if key[place + 1] else 1.0):
            continue
        first = max(0, place - CLOSE)
        share, above = _everywhere(_part_changes(images[first : place + CLOSE + 2]), place - first)
        if share < p["jump_share"] or above < np.log(p["jump_above"]):
            continue
        lasting = _apart(images[place - 1], images[place + 2])
        if lasting >= 0.6 * value and _same_scene(images[place - 1], images[place + 2]):
            found.append(Jump(at=place + 1, times=times))
    return found


def _part_changes(images: Images) -> Curve:
    """Mean change of each square of ``PART`` pixels from frame to frame (N - 1, squares)."""
    rows, columns = (side // PART * PART for side in images.shape[1:3])
    found = []
    for one, two in pairwise(images):
        apart = one[:rows, :columns].sum(axis=2, dtype=np.int16)
        apart -= two[:rows, :columns].sum(axis=2, dtype=np.int16)
        squares = np.abs(apart).reshape(rows // PART, PART, columns // PART, PART)
        found.append(squares.mean(axis=(1, 3)).ravel() / 3)
    return np.array(found)


def _everywhere(parts: Curve, place: int) -> tuple[float, float]:
    """The share of a change that lies in squares where it is the largest near it, and by how much
    (logarithm) the change of the middle square exceeds the largest near it."""
    now = parts[place]
    near = np.concatenate((parts[max(0, place - CLOSE) : place], parts[place + 1 :][:CLOSE]))
    most = near.max(axis=0)
    share = float(now[now > most].sum() / max(float(now.sum()), 1e-6))
    moving = now > STILL
    if moving.sum() < LEAST_PARTS:
        moving[:] = True
    return share, float(np.median(np.log(now[moving] + 0.1) - np.log(most[moving] + 0.1)))


def _same_scene(one: Images, other: Images) -> bool:
    """Whether two pictures have about the same colours (Bhattacharyya coefficient)."""
    counts = []
    for image in (one, other):
        cells = (image // 43).reshape(-1, 3).astype(np.int64) @ np.array([36, 6, 1])
        counts.append(np.sqrt(np.bincount(cells, minlength=216) / len(cells)))
    return float(counts[0] @ counts[1]) >= SAME_COLOURS


def order(
    images: Images, found: Sequence[Jump], *, p: Mapping[str, float]
) -> list[tuple[int, int]]:
    """Pieces that seem to have changed places, as (first frame, end frame).

    A piece between two jumps was moved when the frame before it continues in the frame after it, or
    its own ends continue elsewhere, far better than at the joins that are there.
    """
    borders = [jump.at for jump in found]
    moved = []
    for first, end in pairwise(borders):
        across = _apart(images[first - 1], images[end])
        joins = min(_apart(images[first - 1], images[first]), _apart(images[end - 1], images[end]))
        if across <= p["continues_share"] * joins:
            moved.append((first, end))
    return moved


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


def coarser(
    packets: PacketList, times: Curve, change: Curve, *, p: Mapping[str, float]
) -> Track | None:
    """A stretch whose frames take far fewer or more bytes than their motion explains.

    A part that was encoded once more has lost detail, and the last encoder spends less on it.
    """
    size = _per_frame(packets, times)
    if size is None or len(change) < 4 * NEAR:
        return None
    known = np.isfinite(size[1:])
    motion = np.log(change[known] + 0.05)
    bytes_ = np.log(size[1:][known])
    away = motion - motion.mean()
    # a still picture explains nothing
    slope = float(away @ bytes_) / max(float(away @ away), 1e-9)
    left = bytes_ - bytes_.mean() - slope * away
    first, end, height = _best_stretch(left, least=int(p["least_stretch"]))
    inside = (end - first) / len(left)
    error = float(left.std()) / np.sqrt(max(len(left) * inside * (1 - inside), 1e-9))
    if abs(height) < p["coarser_log"] or abs(height) < p["coarser_errors"] * error:
        return None
    at = times[1:][known]
    return Track(
        start=round(float(at[first]), 3),
        end=round(float(at[end - 1]), 3),
        label="encoded differently from the rest",
        strength=round(min(1.0, abs(height)), 4),
    )


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


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())
