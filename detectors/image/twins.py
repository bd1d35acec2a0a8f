"""Parts of a picture that occur twice, possibly turned and scaled.

Key points (Lowe 2004) are matched with one another inside the picture, as Amerini et al. (2011) do;
transforms that many matches share are found one after another, and each is checked pixel by pixel:
only where fine detail, noise included, agrees between the two places is a part called a copy.
Things that merely look alike agree in outline and not in fine detail.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.image.parts import Floats, Mask

MOST_POINTS = 2500
BAND = 1000
"""Key points are compared with all others this many at a time."""

DETAIL = 2.0
"""Standard deviation of the blur that is taken away, in pixels: what is left is fine detail."""

AROUND = 15
"""Pixels per side of the square in which detail is correlated."""

LEAST_DETAIL = 1.0
"""Standard deviation of detail, in grey levels, below which a square cannot be compared."""

MOST_TRANSFORMS = 4
REACH = 3.0
"""Pixels by which a match may miss its transform."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """Two places with the same content: masks over the picture, and the mean correlation (0-1).

    ``matches`` counts the key points that agree; ``scale`` and ``turn`` (degrees) lead from the
    first place to the second.
    """

    first: Mask
    second: Mask
    alike: float
    matches: int
    scale: float
    turn: float


@dataclass(frozen=True, kw_only=True)
class Points:
    """Key points: places (N x 2, x and y) and descriptors (N x 128, unit length)."""

    places: Floats
    marks: Floats


def points(luma: Floats) -> Points:
    """Key points of a plane of brightness, the strongest first."""
    finder = cv2.SIFT.create(nfeatures=MOST_POINTS, contrastThreshold=0.02)
    found, marks = finder.detectAndCompute(np.rint(luma).astype(np.uint8), None)
    if not found or marks is None:
        return Points(places=np.zeros((0, 2), np.float32), marks=np.zeros((0, 128), np.float32))
    # the square root of the descriptor makes its distances those of Hellinger (RootSIFT)
    rooted = np.sqrt(marks / np.maximum(marks.sum(axis=1, keepdims=True), 1e-9))
    places = np.array([point.pt for point in found], dtype=np.float32)
    return Points(places=places, marks=rooted.astype(np.float32))


def matches(found: Points, *, apart: float, ratio: float) -> NDArray[np.int64]:
    """Pairs (N x 2) of key points that are alike and at least ``apart`` pixels apart.

    The nearest must be nearer than ``ratio`` times the next that lies elsewhere again.
    """
    pairs: list[NDArray[np.int64]] = []
    for start in range(0, len(found.places), BAND):
        band = slice(start, start + BAND)
        likeness = found.marks[band] @ found.marks.T
        gap = _distances(found.places[band], found.places)
        likeness[gap < apart**2] = -1
        first = likeness.argmax(axis=1)
        rows = np.arange(len(first))
        best = likeness[rows, first]
        likeness[_distances(found.places[first], found.places) < apart**2 / 4] = -1
        second = likeness.max(axis=1)
        # unit vectors: squared distance = 2 - 2 * likeness
        clear = (1 - best) < ratio**2 * (1 - second)
        pairs.append(np.stack([rows[clear] + start, first[clear]], axis=1))
    return np.concatenate(pairs) if pairs else np.zeros((0, 2), dtype=np.int64)


def twins(
    luma: Floats, found: Points, pairs: NDArray[np.int64], *, least: int, alike: float
) -> list[Twin]:
    """Every transform that at least ``least`` matches share and that fine detail confirms."""
    detail = luma - cv2.GaussianBlur(luma, (0, 0), DETAIL)
    left = pairs
    confirmed: list[Twin] = []
    for _ in range(MOST_TRANSFORMS):
        if len(left) < least:
            break
        source, target = found.places[left[:, 0]], found.places[left[:, 1]]
        cv2.setRNGSeed(1)
        turn, inside = cv2.estimateAffinePartial2D(
            source, target, ransacReprojThreshold=REACH, maxIters=2000, confidence=0.995
        )
        if not np.any(inside) or int(np.sum(inside)) < least:
            break
        agreed = np.asarray(inside).ravel().astype(bool)
        twin = _confirmed(detail, np.asarray(turn, dtype=np.float64), source[agreed], alike=alike)
        if twin is not None:
            confirmed.append(twin)
            agreed |= _of_the_same(twin, source, target)
        left = left[~agreed]
    return confirmed


def _distances(one: Floats, other: Floats) -> Floats:
    """Squared, between every two places."""
    lengths = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1)[None, :]
    return np.asarray(lengths - 2 * (one @ other.T), dtype=np.float32)


def _of_the_same(twin: Twin, source: Floats, target: Floats) -> Mask:
    """Matches that lead back from the second place to the first, or run along with the twin."""

    def within(mask: Mask, places: Floats) -> Mask:
        wide = cv2.dilate(mask.astype(np.uint8), np.ones((AROUND, AROUND), dtype=np.uint8))
        x, y = np.rint(places).astype(int).T
        rows, columns = mask.shape
        return np.asarray(wide[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)] > 0)

    back = within(twin.second, source) & within(twin.first, target)
    return np.asarray(back | (within(twin.first, source) & within(twin.second, target)))


def _confirmed(
    detail: Floats, turn: NDArray[np.float64], source: Floats, *, alike: float
) -> Twin | None:
    """The part around the matches in which detail correlates with that of the other place."""
    rows, columns = detail.shape
    moved = cv2.warpAffine(
        detail, turn, (columns, rows), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    )
    known = cv2.warpAffine(
        np.ones_like(detail), turn, (columns, rows), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    )
    like = _correlation(detail, np.asarray(moved, dtype=np.float32))
    like[known < 0.5] = 0
    seeds = np.zeros(detail.shape, dtype=np.uint8)
    for x, y in np.rint(source).astype(int):
        cv2.circle(seeds, (int(x), int(y)), AROUND, 1, cv2.FILLED)
    good = cv2.morphologyEx((like >= alike).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((21, 21)))
    good = cv2.morphologyEx(good, cv2.MORPH_OPEN, np.ones((15, 15)))
    count, labels = cv2.connectedComponents(good)
    touched = np.unique(labels[(seeds > 0) & (good > 0)])
    first = np.isin(labels, touched[touched > 0])
    if count < 2 or not first.any():
        return None
    second = cv2.warpAffine(
        first.astype(np.uint8), turn, (columns, rows), flags=cv2.INTER_NEAREST
    ).astype(bool)
    return Twin(
        first=np.asarray(first, dtype=np.bool_),
        second=np.asarray(second, dtype=np.bool_),
        alike=float(like[first].mean()),
        matches=len(source),
        scale=float(np.hypot(turn[0, 0], turn[1, 0])),
        turn=float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0]))),
    )


def _correlation(one: Floats, other: Floats) -> Floats:
    """Of detail, in a square around each pixel; 0 where either has too little."""

    def mean(plane: Floats) -> Floats:
        return np.asarray(cv2.blur(plane, (AROUND, AROUND)), dtype=np.float32)

    first, second = mean(one), mean(other)
    var_one = mean(one * one) - first**2
    var_other = mean(other * other) - second**2
    product = mean(one * other) - first * second
    enough = (var_one > LEAST_DETAIL**2) & (var_other > LEAST_DETAIL**2)
    scale = np.sqrt(np.maximum(var_one * var_other, 1e-6))
    return np.asarray(np.where(enough, product / scale, 0), dtype=np.float32)
