"""From what the frames show of their numbers to the order in which they were put.

The likeliest way through the numbers (Viterbi, IEEE Trans. Information Theory 13(2), 1967): going
on to the next number costs nothing; to jump, or to begin or end standing still, costs so much
that only strong evidence pays for it. So a weak frame follows its neighbours and a strong one is
believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from provenance.watermark.seal.identifier import Floats
from provenance.watermark.seal.order import BASE

_JUMP, _LONG_JUMP = 3.0, 24.0
# for every frame that stands still: coders carry a little of each frame on to the next
_HOLD = 0.75
# a picture that is held is the same picture: its scores hardly differ from those before
_SAME = 1.0
_ANYTHING, _STRONG = 0.8, 5.0
_STRONGEST = 12.0
_WEAKEST = -4.0
_REACH = 20
_LEAST_SPREAD = 0.35
# share of a frame's lowest digit that a coder may leave in the next frame
_CARRIED = np.float32(0.7)
_BASE_SECTION = 64
_CELLS = 1 << 25
_ON, _STILL, _JUMPED = 0, 1, 2

Numbers = npt.NDArray[np.int64]


def evened(raw: Floats) -> Floats:
    """frames x digits x base scores without what the scene itself shows.

    A scene hardly changes from frame to frame and the lowest digit does, so the usual score of each
    value nearby is the scene's. What a coder carries on from the frame before is taken off as well.
    """
    lowest = raw[:, 0]
    usual = np.empty_like(lowest)
    for at in range(len(lowest)):
        near = lowest[max(0, at - _REACH) : at + _REACH + 1]
        usual[at] = np.median(near, axis=0) if len(near) > 4 else 0
    out = raw.copy()
    own = lowest - usual
    own[1:] -= _CARRIED * np.maximum(own[:-1], 0)
    out[:, 0] = own
    middle = np.median(out, axis=2, keepdims=True)
    spread = 1.4826 * np.median(np.abs(out - middle), axis=2, keepdims=True)
    strong = out / np.maximum(spread, _LEAST_SPREAD)
    return np.asarray(np.clip(strong, _WEAKEST, _STRONGEST), dtype=np.float32)


@dataclass(frozen=True)
class Order:
    """``numbers``: of each frame, its number in the sealed video, 0 .. frames - 1. ``evidence``:
    mean score of the lowest digit along them; noise alone stays below 0.5."""

    numbers: Numbers
    evidence: float

    @property
    def judged(self) -> bool:
        """Whether anything can be said."""
        return self.evidence >= _ANYTHING

    @property
    def to_the_frame(self) -> bool:
        """Whether single frames show; otherwise only longer pieces do."""
        return self.evidence >= _STRONG


def find(raw: Floats, *, frames: int) -> Order:
    """The order of frames whose scores (frames x digits x base) are given; ``frames``: how many
    the sealed video had."""
    even, changed = evened(raw), _changed(raw)
    found = _order(even, changed, frames=frames, jump=_JUMP)
    if found.to_the_frame:
        return found
    return _order(even, changed, frames=frames, jump=_LONG_JUMP)


def _changed(raw: Floats) -> Floats:
    """What speaks against a frame showing the picture before it: how far any score of its lowest
    digit moved, beyond what coding the same picture twice moves it."""
    moved = np.max(np.abs(np.diff(raw[:, 0], axis=0)), axis=1, initial=0.0)
    return np.concatenate([np.zeros(1, np.float32), np.maximum(0, moved - np.float32(_SAME))])


def _order(even: Floats, changed: Floats, *, frames: int, jump: float) -> Order:
    every = np.arange(frames)
    parts = [every // BASE**place % BASE for place in range(even.shape[1])]
    length = max(_BASE_SECTION, _CELLS // frames)
    found = np.empty(len(even), dtype=np.int64)
    start: int | None = None
    for begin in range(0, len(even), length):
        walk = _Walk(frames, start=start, jump=jump)
        for frame, unlike in zip(
            even[begin : begin + length], changed[begin : begin + length], strict=True
        ):
            gain = np.sum([frame[place][part] for place, part in enumerate(parts)], axis=0)
            walk.step(gain, unlike=float(unlike))
        path = walk.back()
        found[begin : begin + len(path)] = path
        start = int(path[-1])
    evidence = even[np.arange(len(found)), 0, found % BASE]
    return Order(numbers=found, evidence=float(np.mean(evidence)))


class _Walk:
    """The best way to every number so far, going on (``on``) or standing still (``still``)."""

    def __init__(self, frames: int, *, start: int | None, jump: float) -> None:
        self._jump = jump
        self._on = np.zeros(frames) if start is None else np.full(frames, -jump)
        if start is not None:
            self._on[start] = 0.0
        self._still = np.full(frames, -np.inf)
        self._fresh = start is None
        self._ways: list[npt.NDArray[np.uint8]] = []
        self._stays: list[npt.NDArray[np.bool_]] = []
        self._tops: list[tuple[int, bool]] = []

    def step(self, gain: npt.NDArray[np.float32], *, unlike: float) -> None:
        """One frame further; ``gain``: what speaks for each number; ``unlike``: what speaks
        against standing still."""
        if self._fresh:
            self._fresh = False
            self._on = self._on + gain
            self._remember(
                np.full(gain.size, _JUMPED, np.uint8), np.zeros(gain.size, bool), (0, False)
            )
            return
        top_on, top_still = int(np.argmax(self._on)), int(np.argmax(self._still))
        leaving = self._still - self._jump / 2
        top = max((self._on[top_on], top_on, False), (leaving[top_still], top_still, True))
        before = np.full((3, gain.size), -np.inf)
        before[_ON, 1:] = self._on[:-1]
        before[_STILL, 1:] = leaving[:-1]
        before[_JUMPED] = top[0] - self._jump
        # to jump to where one is would be a cheaper way to stand still
        before[_JUMPED, top[1]] -= unlike
        ways = np.argmax(before, axis=0).astype(np.uint8)
        entering = self._on - self._jump
        stays = self._still > entering
        self._still = gain - _HOLD - unlike + np.where(stays, self._still, entering)
        self._on = gain + before.max(axis=0)
        self._remember(ways, stays, (top[1], top[2]))

    def _remember(
        self, ways: npt.NDArray[np.uint8], stays: npt.NDArray[np.bool_], top: tuple[int, bool]
    ) -> None:
        self._ways.append(ways)
        self._stays.append(stays)
        self._tops.append(top)

    def back(self) -> Numbers:
        """The numbers along the best way."""
        still = bool(self._still.max() > self._on.max())
        number = int(np.argmax(self._still if still else self._on))
        path = np.empty(len(self._ways), dtype=np.int64)
        for at in range(len(path) - 1, -1, -1):
            path[at] = number
            if still:
                still = bool(self._stays[at][number])
            elif (way := self._ways[at][number]) == _JUMPED:
                number, still = self._tops[at]
            else:
                number, still = number - 1, bool(way == _STILL)
        return path
