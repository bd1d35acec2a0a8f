"""Sub-fingerprints of sound, and finding one recording in others. Pure numpy; reads no file.

Source: Haitsma, Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002: 33 bands evenly
spaced in pitch between 300 and 2000 Hz (what a telephone carries), windows of 0.37 s every 11.6 ms;
each of 32 bits says whether the energy difference of two neighbouring bands grew.

What is kept has one code in four; what is asked has all, at several speeds, so every offset fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Samples = npt.NDArray[np.float32]

RATE: Final = 5512
"""Samples a second."""
WINDOW: Final = 2048
STEP: Final = 64
KEPT_EVERY: Final = 4
BANDS: Final = 33
LOWEST, HIGHEST = 300.0, 2000.0
SPEEDS: Final = (1.0, 0.99, 1.01, 0.98, 1.02, 0.97, 1.03)
MOST_WRONG: Final = 320
"""Thousandths of bits that may differ over ``RUN`` kept codes; by chance 500 do."""
RUN: Final = 64
"""Kept codes a comparison needs: 3 seconds, 2048 bits."""

_COMMON = 400
_BY_CHANCE = 16  # wrong bits of a code where there is silence, which agrees with all silence
_TRIED = 40
_PART = 4096


def codes(samples: Samples, *, every: int = 1) -> Codes:
    """The codes of mono samples at ``RATE``, one for every ``every``-th step of 11.6 ms; empty for
    less than half a second. Codes of silence are 0."""
    count = (samples.size - WINDOW) // STEP
    if count < 1:
        return np.zeros(0, dtype=np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::STEP]
    at = np.arange(0, count, every)
    parts = [_coded(windows, at[top : top + _PART]) for top in range(0, at.size, _PART)]
    return np.concatenate(parts)


def _coded(windows: npt.NDArray[np.float32], at: npt.NDArray[np.int64]) -> Codes:
    if at.size > 1 and at[1] - at[0] == 1:
        whole = _energies(windows[at[0] : at[-1] + 2])
        before, after = whole[:-1], whole[1:]
    else:
        before, after = _energies(windows[at]), _energies(windows[at + 1])
    grown = (after[:, :-1] - after[:, 1:]) - (before[:, :-1] - before[:, 1:])
    bits = np.packbits(grown > 0, axis=1)
    return np.ascontiguousarray(bits).view(">u4").astype(np.uint32).ravel()


def _energies(windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    power = np.abs(np.fft.rfft(windows * _hann(), axis=1)) ** 2
    return np.asarray(np.add.reduceat(power, _edges()[:-1], axis=1)[:, :BANDS])


@lru_cache(maxsize=1)
def _hann() -> Samples:
    turns = 2 * np.pi * np.arange(WINDOW, dtype=np.float32) / (WINDOW - 1)
    return np.asarray(0.5 - 0.5 * np.cos(turns), dtype=np.float32)


@lru_cache(maxsize=1)
def _edges() -> npt.NDArray[np.int64]:
    """Where each band begins among the frequencies, and where the last ends; one more cuts the
    rest off."""
    pitches = LOWEST * (HIGHEST / LOWEST) ** (np.arange(BANDS + 1) / BANDS)
    return np.append(np.round(pitches * WINDOW / RATE).astype(np.int64), WINDOW // 2 + 1)


def at_speed(samples: Samples, speed: float) -> Samples:
    """The samples as they sound ``speed`` times as fast."""
    if speed == 1.0:
        return samples
    places = np.arange(0, samples.size - 1, speed)
    return np.asarray(np.interp(places, np.arange(samples.size), samples), dtype=np.float32)


def asked_of(samples: Samples, *, most_seconds: float) -> dict[float, Codes]:
    """All codes at every speed; only of the first ``most_seconds`` at speeds but the plain one."""
    part = samples[: int(most_seconds * RATE)]
    return {speed: codes(samples if speed == 1.0 else at_speed(part, speed)) for speed in SPEEDS}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A stretch of a recording found in a known one: seconds into both, its length, thousandths of
    bits that differ there, and at which speed the asked one had to be played."""

    name: int
    at: float
    known_at: float
    seconds: float
    wrong: int
    speed: float


class SoundIndex:
    """The kept codes of many recordings, to be asked for any stretch of one. Build anew to change
    it. About 12 bytes a kept code, or 0.9 MB an hour."""

    def __init__(self, recordings: Sequence[tuple[int, Codes]]) -> None:
        self._names = [name for name, _ in recordings]
        sizes = np.array([kept.size for _, kept in recordings], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(sizes)])
        parts = [kept for _, kept in recordings]
        self._codes = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint32)
        self._order = np.argsort(self._codes, kind="stable").astype(np.uint32)
        self._ranked = self._codes[self._order]

    def __len__(self) -> int:
        return len(self._names)

    def find(self, asked: Mapping[float, Codes]) -> list[Heard]:
        """Every known recording that shares at least three seconds, the surest first; for each the
        longest stretch at the speed with least difference."""
        best: dict[int, Heard] = {}
        for speed, stretch in asked.items():
            for heard in self._at(stretch, speed):
                held = best.get(heard.name)
                if held is None or (heard.wrong, -heard.seconds) < (held.wrong, -held.seconds):
                    best[heard.name] = heard
        return sorted(best.values(), key=lambda heard: heard.wrong)

    def _at(self, stretch: Codes, speed: float) -> list[Heard]:
        found: dict[int, Heard] = {}
        for record, shift in self._candidates(stretch):
            heard = self._compared(stretch, record, shift, speed)
            if heard and (heard.name not in found or heard.wrong < found[heard.name].wrong):
                found[heard.name] = heard
        return list(found.values())

    def _candidates(self, stretch: Codes) -> list[tuple[int, int]]:
        """Recordings and shifts (steps of 11.6 ms) that most equal codes speak for."""
        first = np.searchsorted(self._ranked, stretch, side="left")
        count = np.searchsorted(self._ranked, stretch, side="right") - first
        told = (count > 0) & (count <= _COMMON) & (stretch != 0) & (stretch != 0xFFFFFFFF)
        steps = np.flatnonzero(told)
        if steps.size == 0:
            return []
        counts = count[steps]
        ends = np.cumsum(counts)
        offsets = np.arange(int(ends[-1])) + np.repeat(first[steps] - (ends - counts), counts)
        places = self._order[offsets].astype(np.int64)
        records = np.searchsorted(self._starts, places, side="right") - 1
        shifts = (places - self._starts[records]) * KEPT_EVERY - np.repeat(steps, counts)
        votes, tally = np.unique(
            np.stack([records, shifts // KEPT_EVERY], axis=1), axis=0, return_counts=True
        )
        top = np.argsort(-tally, kind="stable")[:_TRIED]
        return [
            (int(record), int(coarse) * KEPT_EVERY + phase)
            for record, coarse in votes[top]
            for phase in range(KEPT_EVERY)
        ]

    def _compared(self, stretch: Codes, record: int, shift: int, speed: float) -> Heard | None:
        """Where both run along each other with few enough bits different."""
        kept = self._codes[self._starts[record] : self._starts[record + 1]]
        first = max(0, -(-shift // KEPT_EVERY))
        last = min(kept.size, (stretch.size - 1 + shift) // KEPT_EVERY + 1)
        if last - first < RUN:
            return None
        here = stretch[np.arange(first, last) * KEPT_EVERY - shift]
        there = kept[first:last]
        wrong = np.bitwise_count(there ^ here).astype(np.int64)
        wrong[(here == 0) | (there == 0)] = _BY_CHANCE
        sums = np.concatenate([[0], np.cumsum(wrong)])
        rates = (sums[RUN:] - sums[:-RUN]) * 1000 / (RUN * 32)
        good = np.flatnonzero(rates <= MOST_WRONG)
        if good.size == 0:
            return None
        begin, end = _longest(good)
        rate = int((sums[end + RUN] - sums[begin]) * 1000 / ((end + RUN - begin) * 32))
        step = STEP / RATE
        return Heard(
            name=self._names[record],
            at=float(((first + begin) * KEPT_EVERY - shift) * step * speed),
            known_at=float((first + begin) * KEPT_EVERY * step),
            seconds=float((end + RUN - begin) * KEPT_EVERY * step),
            wrong=rate,
            speed=speed,
        )


def _longest(good: npt.NDArray[np.int64]) -> tuple[int, int]:
    """First and last of the longest stretch of numbers; gaps of one run are bridged."""
    breaks = np.flatnonzero(np.diff(good) > RUN)
    firsts = np.concatenate([[0], breaks + 1])
    lasts = np.concatenate([breaks, [good.size - 1]])
    widest = int(np.argmax(good[lasts] - good[firsts]))
    return int(good[firsts[widest]]), int(good[lasts[widest]])
