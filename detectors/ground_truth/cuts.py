"""A second taken out of picture and sound at once, and sound put together from short pieces."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from detectors.ground_truth.edits import Pictures
from detectors.ground_truth.slowing import Sound, write

PIECE_SECONDS = 0.4
FADE_SECONDS = 0.01


def places(count: int, *, fps: Fraction, several: int, seed: int) -> list[int]:
    """Frames from which a second may go, one of each equal part of ``count`` frames; a second stays
    before the first and after the last."""
    chance = np.random.default_rng([seed, 41])
    edges = np.linspace(round(fps), count - 2 * round(fps), several + 1).astype(int).tolist()
    return [int(chance.integers(first, end)) for first, end in pairwise(edges)]


def without_a_second(
    path: Path, *, pictures: Pictures, sound: Sound, rate: int, fps: Fraction, at: int, faded: bool,
) -> float:  # fmt: skip
    """Write H.264 and AAC without the second from frame ``at`` on; returns when that was (s).

    ``faded``: the ends of the sound run into each other for 10 ms, as some editors do.
    """
    on = at + round(fps)
    first, second = (round(number / float(fps) * rate) for number in (at, on))
    kept = spliced(sound, [(0, first), (second, sound.size)], fades=[faded], rate=rate)
    write(path, sound=kept, rate=rate, pictures=[*pictures[:at], *pictures[on:]], fps=fps)
    return float(at / fps)


def in_pieces(sound: Sound, *, rate: int, seed: int) -> tuple[Sound, list[float]]:
    """Pieces of 0.4 s in another order, and the moments (s) at which two meet that did not before;
    every second joint fades."""
    size = round(PIECE_SECONDS * rate)
    order = np.random.default_rng([seed, 43]).permutation(sound.size // size - 1)
    starts = order * size + size // 2
    fades = [number % 2 == 1 for number in range(len(starts) - 1)]
    made = spliced(sound, [(start, start + size) for start in starts.tolist()],
                   fades=fades, rate=rate)  # fmt: skip
    apart = np.flatnonzero(np.diff(order) != 1) + 1
    return made, (apart * size / rate).tolist()


def spliced(
    sound: Sound, pieces: Sequence[tuple[int, int]], *, fades: Sequence[bool], rate: int
) -> Sound:
    """Pieces (first sample, end) one after the other; of each joint, whether it fades over 10 ms
    around it. A piece that fades needs 5 ms of sound beyond it."""
    half = round(FADE_SECONDS * rate / 2)
    made = np.zeros(sum(end - first for first, end in pieces), dtype=np.float32)
    at = 0
    for (first, end), opens, closes in zip(pieces, [False, *fades], [*fades, False], strict=True):
        before, after = half * opens, half * closes
        piece = sound[first - before : end + after].copy()
        ramp = np.linspace(0, 1, 2 * half, dtype=np.float32)
        if before:
            piece[: 2 * half] *= ramp
        if after:
            piece[-2 * half :] *= ramp[::-1]
        made[at - before : at - before + piece.size] += piece
        at += end - first
    return made
