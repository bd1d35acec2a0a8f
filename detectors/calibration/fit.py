"""Fitting the map from suspicion to log-likelihood ratio, and choosing which kind of map.

``logistic``: intercept and slope by penalised maximum likelihood, with both classes weighing the
same, so that the log-odds are log-likelihood ratios (Morrison 2013, "Tutorial on
logistic-regression calibration and fusion", Australian Journal of Forensic Sciences 45; the penalty
as in Morrison & Poh 2018). ``isotonic``: pool adjacent violators (Zadrozny & Elkan 2002), with one
imagined file of each class at either end so that no ratio becomes infinite. Which kind is taken,
and how strong the penalty is, is decided by the cost (Cllr) on groups that the map has not seen.
A set of few groups cannot decide that: it gets a flat, careful map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detectors.calibration.folds import Folds
from detectors.calibration.measures import Flags, Floats, cllr
from detectors.calibration.model import interpolated, support_bounds

Method = Literal["logistic", "isotonic"]
BETTER_BY = 0.01
"""Isotonic maps bend to anything: they must cost this much less than a logistic one."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of map; ``penalty`` on the standardised slope, in files (logistic only)."""

    method: Method
    penalty: float = 0.0


LOGISTIC = tuple(Kind(method="logistic", penalty=penalty) for penalty in (1.0, 4.0, 16.0, 64.0))
ISOTONIC = Kind(method="isotonic")
KINDS = (*LOGISTIC, ISOTONIC)
CAREFUL = LOGISTIC[2]
LEAST_TO_CHOOSE = 8
"""With fewer folds than this the choice would follow chance: the careful kind is taken."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A map and how it was chosen; ``unseen`` (N,) what each file got while it was held out, the
    choice of the kind included, and ``cllr`` what that cost."""

    method: Method
    coefficients: tuple[float, float] | None
    points: tuple[tuple[float, float], ...]
    unseen: Floats
    cllr: float


@dataclass(frozen=True, kw_only=True)
class Map:
    """One fitted map; exactly one of coefficients and points is set."""

    coefficients: tuple[float, float] | None = None
    points: tuple[tuple[float, float], ...] = ()
    bounds: tuple[float, float] = (-math.inf, math.inf)

    def __call__(self, suspicion: Floats) -> Floats:
        """Log-likelihood ratios of suspicions."""
        if self.coefficients is not None:
            intercept, slope = self.coefficients
            llrs = intercept + slope * suspicion
        else:
            llrs = np.array([interpolated(self.points, float(one)) for one in suspicion])
        return np.clip(llrs, *self.bounds).astype(np.float64)


def fit(suspicion: Floats, fake: Flags, *, folds: Folds, files: Floats | None = None) -> Fitted:
    """Choose and fit on all files. ``folds`` must leave both classes in every rest.

    ``files`` (N,) gives each row its weight: two copies of one file weigh half each.
    """
    weights = np.ones(suspicion.size) if files is None else files
    unseen = np.zeros(suspicion.size)
    for fold in range(folds.count):
        inside = folds.of == fold
        unseen[inside] = without(
            suspicion[~inside], fake[~inside], folds=folds.of[~inside], weights=weights[~inside]
        )(suspicion[inside])
    kind = choose(suspicion, fake, folds=folds.of, weights=weights)
    final = learn(suspicion, fake, kind=kind, weights=weights)
    return Fitted(
        method=kind.method,
        coefficients=final.coefficients,
        points=final.points,
        unseen=unseen,
        cllr=float(cllr(unseen, fake, weights)),
    )


def without(suspicion: Floats, fake: Flags, *, folds: NDArray[np.int64], weights: Floats) -> Map:
    """The map of the files that are left, its kind chosen among them alone, held to what so few
    files can carry."""
    kind = choose(suspicion, fake, folds=folds, weights=weights)
    map_ = learn(suspicion, fake, kind=kind, weights=weights)
    bounds = support_bounds(
        n_real=round(float(weights[~fake].sum())), n_fake=round(float(weights[fake].sum()))
    )
    return replace(map_, bounds=bounds)


def choose(suspicion: Floats, fake: Flags, *, folds: NDArray[np.int64], weights: Floats) -> Kind:
    """The kind that costs least on folds held out in turn; the careful one where they are few."""
    if np.unique(folds).size < LEAST_TO_CHOOSE:
        return CAREFUL
    costs = {
        kind: _cost(suspicion, fake, kind=kind, folds=folds, weights=weights) for kind in KINDS
    }
    best = min(LOGISTIC, key=lambda kind: costs[kind])
    if math.isinf(costs[best]):
        return CAREFUL
    return ISOTONIC if costs[ISOTONIC] < costs[best] - BETTER_BY else best


def _cost(
    suspicion: Floats, fake: Flags, *, kind: Kind, folds: NDArray[np.int64], weights: Floats
) -> float:
    """Infinite where no fold can be held out without losing a class."""
    llrs = np.full(suspicion.size, math.nan)
    for fold in np.unique(folds):
        rest = folds != fold
        if fake[rest].any() and not fake[rest].all():
            map_ = learn(suspicion[rest], fake[rest], kind=kind, weights=weights[rest])
            llrs[~rest] = map_(suspicion[~rest])
    held = ~np.isnan(llrs)
    if not fake[held].any() or fake[held].all():
        return math.inf
    return float(cllr(llrs[held], fake[held], weights[held]))


def learn(suspicion: Floats, fake: Flags, *, kind: Kind, weights: Floats) -> Map:
    """Fit one map on these files; both classes must be there."""
    balanced = weights.astype(np.float64).copy()
    balanced[fake] *= weights.sum() / (2 * weights[fake].sum())
    balanced[~fake] *= weights.sum() / (2 * weights[~fake].sum())
    if kind.method == "logistic":
        return Map(coefficients=_logistic(suspicion, fake, balanced, penalty=kind.penalty))
    return Map(points=_isotonic(suspicion, fake, balanced))


def _logistic(
    suspicion: Floats, fake: Flags, weights: Floats, *, penalty: float
) -> tuple[float, float]:
    """Newton's method on two numbers. A falling slope would turn the card's own direction round:
    it becomes level, and the map then says nothing."""
    centre = float(np.average(suspicion, weights=weights))
    spread = math.sqrt(float(np.average((suspicion - centre) ** 2, weights=weights)))
    if spread == 0:
        return 0.0, 0.0
    x = np.column_stack((np.ones(suspicion.size), (suspicion - centre) / spread))
    y = fake.astype(np.float64)
    ridge = np.diag([0.0, penalty])
    beta = np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -40, 40)))
        gradient = x.T @ (weights * (y - p)) - ridge @ beta
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + ridge + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step * min(1.0, 4.0 / max(4.0, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-10:
            break
    if beta[1] <= 0:
        return 0.0, 0.0
    slope = float(beta[1] / spread)
    return float(beta[0] - slope * centre), slope


def _isotonic(suspicion: Floats, fake: Flags, weights: Floats) -> tuple[tuple[float, float], ...]:
    """Blocks of rising share of fakes; a point in the middle of each, straight lines between."""
    ends = [float(suspicion.min()), float(suspicion.max())]
    x = np.concatenate((suspicion, ends, ends))
    y = np.concatenate((fake.astype(np.float64), [0.0, 0.0], [1.0, 1.0]))
    w = np.concatenate((weights, np.ones(4)))
    distinct, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place, weights=w)
    mean = np.bincount(place, weights=w * y) / weight
    blocks: list[tuple[float, float, float]] = []
    for at, share, mass in zip(distinct, mean, weight, strict=True):
        blocks.append((float(at) * mass, float(share), float(mass)))
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            (at_b, share_b, mass_b), (at_a, share_a, mass_a) = blocks.pop(), blocks.pop()
            mass_ab = mass_a + mass_b
            share_ab = (share_a * mass_a + share_b * mass_b) / mass_ab
            blocks.append((at_a + at_b, share_ab, mass_ab))
    points = [
        (float(place_sum / mass), math.log(share) - math.log1p(-share))
        for place_sum, share, mass in blocks
        if 0 < share < 1
    ]
    return tuple(points) or ((0.0, 0.0),)
