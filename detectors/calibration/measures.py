"""How well numbers tell two kinds of file apart: AUC, EER, Cllr, calibration error.

Everywhere: ``values`` (N,) float, larger means more suspicious; ``fake`` (N,) bool; ``weights``
(N,) float >= 0, how often a file counts (resampling repeats files), or (R, N) for R resamples at
once, which gives R figures. The two classes always weigh the same, whatever their numbers: a set
with four fakes a recording says nothing about how many fakes there are in the world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Shares of genuine (``false_alarm``) and altered (``hit``) files at or above each threshold,
    (D,) or (R, D), from (0, 0) to (1, 1); ``thresholds`` (D,) falls from infinity."""

    thresholds: Floats
    false_alarm: Floats
    hit: Floats


def curve(values: Floats, fake: Flags, weights: Floats | None = None) -> Curve:
    """The ROC curve, one point a distinct value. Both classes must be there."""
    weights = np.ones(values.size) if weights is None else weights
    order = np.argsort(-values, kind="stable")
    falling = values[order]
    starts = np.flatnonzero(np.concatenate(([True], falling[1:] != falling[:-1])))
    sides = []
    for side in (~fake, fake):
        at = np.add.reduceat((weights * side)[..., order], starts, axis=-1)
        reached = np.cumsum(at, axis=-1)
        share = reached / reached[..., -1:]
        sides.append(np.concatenate((np.zeros_like(share[..., :1]), share), axis=-1))
    thresholds = np.concatenate(([math.inf], falling[starts]))
    return Curve(thresholds=thresholds, false_alarm=sides[0], hit=sides[1])


def auc(values: Floats, fake: Flags, weights: Floats | None = None) -> Floats:
    """Probability that a random fake is more suspicious than a random real file; ties count half
    (Hanley & McNeil 1982)."""
    found = curve(values, fake, weights)
    return np.asarray(np.trapezoid(found.hit, found.false_alarm, axis=-1))


def eer(values: Floats, fake: Flags, weights: Floats | None = None) -> Floats:
    """Equal error rate, where the straight line between two points of the curve meets it."""
    found = curve(values, fake, weights)
    gap = found.false_alarm - (1 - found.hit)
    # the gap starts at -1 and ends at 1, so the first point not below 0 has one before it
    after = np.argmax(gap >= 0, axis=-1)[..., None]
    ahead, behind = (np.take_along_axis(gap, place, axis=-1) for place in (after, after - 1))
    high, low = (
        np.take_along_axis(found.false_alarm, place, axis=-1) for place in (after, after - 1)
    )
    return np.asarray((low + (high - low) * -behind / (ahead - behind))[..., 0])


def cllr(llrs: Floats, fake: Flags, weights: Floats | None = None) -> Floats:
    """Cost of natural-log likelihood ratios in bits (Brümmer & du Preez 2006): 0 is perfect, 1 is
    what saying nothing costs, more misleads."""
    weights = np.ones(llrs.size) if weights is None else weights
    cost = np.logaddexp(0.0, np.where(fake, -llrs, llrs)) / math.log(2)
    return np.asarray((weights / _halves(fake, weights)) @ cost)


def ece(llrs: Floats, fake: Flags, weights: Floats | None = None, *, bins: int = BINS) -> Floats:
    """Expected calibration error at even prior odds: mean distance, over ten bins of stated
    probability, between what was said and what was so."""
    weights = np.ones(llrs.size) if weights is None else weights
    said, place = _placed(llrs, bins=bins)
    gaps = np.zeros((llrs.size, bins))
    gaps[np.arange(llrs.size), place] = said - fake
    return np.asarray(np.abs((weights / _halves(fake, weights)) @ gaps).sum(axis=-1))


@dataclass(frozen=True, kw_only=True)
class Bin:
    """One bin of a reliability diagram: mean stated probability, share that was fake, share of
    all files, number of files."""

    said: float
    was: float
    share: float
    n: int


def bins_of(
    llrs: Floats, fake: Flags, weights: Floats | None = None, *, bins: int = BINS
) -> list[Bin]:
    """The reliability diagram at even prior odds; empty bins are left out."""
    weights = np.ones(llrs.size) if weights is None else weights
    said, place = _placed(llrs, bins=bins)
    balanced = weights / _halves(fake, weights)
    found = []
    for index in range(bins):
        inside = place == index
        share = float(balanced[inside].sum())
        if share > 0:
            found.append(
                Bin(
                    said=_mean(said[inside], balanced[inside]),
                    was=float((balanced[inside] * fake[inside]).sum() / share),
                    share=share,
                    n=int((weights[inside] > 0).sum()),
                )
            )
    return found


def _mean(values: Floats, weights: Floats) -> float:
    return float((values * weights).sum() / weights.sum())


def _placed(llrs: Floats, *, bins: int) -> tuple[Floats, NDArray[np.int64]]:
    """Stated probability at even prior odds, and its bin."""
    said = 1 / (1 + np.exp(-np.clip(llrs, -60, 60)))
    return said, np.minimum((said * bins).astype(np.int64), bins - 1)


def _halves(fake: Flags, weights: Floats) -> Floats:
    """What each weight is divided by, so that each class weighs one half."""
    altered = (weights * fake).sum(axis=-1, keepdims=True)
    genuine = (weights * ~fake).sum(axis=-1, keepdims=True)
    return np.asarray(2 * np.where(fake, altered, genuine))
