"""Jumps within a scene and pieces in another order, in a sequence of small frames.

A limb or a lip that moves fast changes a part of the picture, and the change goes on after it; a
head that jerks takes several frames. At a cut within a scene nearly everything changes between two
frames, and nothing before or after does. How much a change looks like that is its evidence, a
logistic regression over what :class:`Change` holds; its weights stand on the card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Images = NDArray[np.uint8]

NEAR, CLOSE = 12, 5
"""Frames on each side that a change is compared with, over the picture and square by square."""

PART = 10
STILL = 0.4
LEAST_PARTS = 8
SAME_COLOURS = 0.8
MOST_ABOVE, MOST_LASTING = 3.0, 4.0

WEIGHTS = ("jump_base", "jump_per_times", "jump_per_above", "jump_per_lasting", "jump_per_key")


@dataclass(frozen=True, kw_only=True)
class Change:
    """Between frame ``at`` - 1 and ``at``, within one scene, the picture changes ``times`` as much
    as around it.

    ``above``: by how much (logarithm) the change of the middle square exceeds the largest near it.
    ``lasting``: how far apart the frames two steps further out are, as a share of the change; what
    moves goes on moving. ``key``: the frame is a key frame, whose own encoding changes a still
    picture a little.
    """

    at: int
    times: float
    above: float
    lasting: float
    key: bool

    def evidence(self, p: Mapping[str, float]) -> float:
        """Logarithm of the odds that this is a jump, among the clips the weights come from."""
        row = (1.0, np.log(self.times), np.clip(self.above, -MOST_ABOVE, MOST_ABOVE),
               min(self.lasting, MOST_LASTING), float(self.key))  # fmt: skip
        return float(sum(p[name] * value for name, value in zip(WEIGHTS, row, strict=True)))


def changes(
    images: Images, change: Curve, *, key: NDArray[np.bool_], p: Mapping[str, float]
) -> list[Change]:
    """Every change that stands out at all. ``key`` (N,) marks key frames.

    Another scene (other colours) is an ordinary cut and not told; a flash returns.
    """
    found: list[Change] = []
    squares = _Squares(images)
    usual = np.maximum(_usual(change), p["still_difference"])
    standing_out = (change >= p["least_jump"]) & (change / usual >= p["jump_times"])
    for place in np.flatnonzero(standing_out[2:-2]).tolist():
        place += 2
        value, times = float(change[place]), float(change[place] / usual[place])
        lasting = apart(images[place - 1], images[place + 2]) / value
        if lasting < p["least_lasting"] or not _same_scene(images[place - 1], images[place + 2]):
            continue
        above = _above(squares.near(place), min(place, CLOSE))
        found.append(Change(at=place + 1, times=times, above=above, lasting=lasting,
                            key=bool(key[place + 1])))  # fmt: skip
    return found


def _usual(change: Curve) -> Curve:
    """The median of the ``NEAR`` changes before and after each, without itself (N,)."""
    ring = np.pad(change, NEAR, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(ring, 2 * NEAR + 1)
    around = np.delete(windows, NEAR, axis=1)
    middle: Curve = np.median(around, axis=1)
    for place in np.flatnonzero(np.isnan(middle)).tolist():  # near the ends there are fewer
        known = around[place][np.isfinite(around[place])]
        middle[place] = np.median(known) if known.size else 0.0
    return middle


def order(
    images: Images, found: Sequence[Change], *, p: Mapping[str, float]
) -> list[tuple[int, int]]:
    """Pieces that seem to have changed places, as (first frame, end frame), those that fit best
    first; none overlaps another.

    A piece between two changes was moved when the frame before it continues in the frame after it,
    far better than at the joins that are there. That two weak changes fit so well is evidence of
    its own, so fainter ones count here.
    """
    faint = sorted(found, key=lambda one: -one.evidence(p))[: int(p["most_joins"])]
    borders = sorted(one.at for one in faint if one.evidence(p) >= p["join_evidence"])
    fitting = []
    for first, end in (
        (first, end)
        for number, first in enumerate(borders)
        for end in borders[number + 1 :]
        if p["least_piece"] <= end - first <= p["most_piece"]
    ):
        share = fits(images, first, end)
        if share <= p["continues_share"]:
            fitting.append((share, first, end))
    moved: list[tuple[int, int]] = []
    for _, first, end in sorted(fitting):
        if all(end <= one or other <= first for one, other in moved):
            moved.append((first, end))
    return moved


def fits(images: Images, first: int, end: int) -> float:
    """How far apart the frames around a piece are, as a share of the smoother of its two joins."""
    across = apart(images[first - 1], images[end])
    joins = min(apart(images[first - 1], images[first]), apart(images[end - 1], images[end]))
    return across / max(joins, 1e-6)


def apart(one: Images, other: Images) -> float:
    """Mean absolute difference of two pictures in grey levels."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


class _Squares:
    """Mean change of each square of ``PART`` pixels between neighbouring frames; each pair is
    measured once while the places asked for rise."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._known: dict[int, Curve] = {}

    def near(self, place: int) -> Curve:
        """Of the changes up to ``CLOSE`` before and after ``place``, in order (M, squares)."""
        last = min(place + CLOSE, len(self._images) - 2)
        self._known = {
            at: self._known[at] if at in self._known else self._between(at)
            for at in range(max(0, place - CLOSE), last + 1)
        }
        return np.array(list(self._known.values()))

    def _between(self, at: int) -> Curve:
        rows, columns = (side // PART * PART for side in self._images.shape[1:3])
        one, two = (_summed(image[:rows, :columns]) for image in self._images[at : at + 2])
        squares = np.abs(one - two).reshape(rows // PART, PART, columns // PART, PART)
        return np.asarray(squares.mean(axis=(1, 3)).ravel() / 3)


def _summed(image: Images) -> NDArray[np.int16]:
    """The three channels together; adding planes takes a third of the time of a sum over them."""
    whole = image[..., 0].astype(np.int16)
    whole += image[..., 1]
    whole += image[..., 2]
    return whole


def _above(parts: Curve, place: int) -> float:
    """By how much (logarithm) the change of the middle square exceeds the largest near it."""
    now = parts[place]
    near = np.concatenate((parts[max(0, place - CLOSE) : place], parts[place + 1 :][:CLOSE]))
    most = near.max(axis=0)
    moving = now > STILL
    if moving.sum() < LEAST_PARTS:
        moving[:] = True
    return float(np.median(np.log(now[moving] + 0.1) - np.log(most[moving] + 0.1)))


def _same_scene(one: Images, other: Images) -> bool:
    """Whether two pictures have about the same colours (Bhattacharyya coefficient)."""
    counts = []
    for image in (one, other):
        red, green, blue = (image[..., channel] // 43 for channel in range(3))
        cells = red * np.uint8(36) + green * np.uint8(6) + blue  # 215 at most
        counts.append(np.sqrt(np.bincount(cells.ravel(), minlength=216) / cells.size))
    return float(counts[0] @ counts[1]) >= SAME_COLOURS
