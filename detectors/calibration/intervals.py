"""How far a measured figure can be off: bootstrap intervals, and exact ones for counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from detectors.calibration.measures import Flags, Floats

RESAMPLES = 2000
NUMBERS_AT_ONCE = 1_000_000
SEED = 20260401


class Measure(Protocol):
    """Anything in :mod:`.measures`."""

    def __call__(self, values: Floats, fake: Flags, weights: Floats, /) -> Floats:
        """The figure of every resample; weights (R, N)."""


def bootstrap(
    measure: Measure,
    values: Floats,
    fake: Flags,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval: real and fake files are drawn anew within their class (Efron 1979).

    Files of one group resemble one another, so the true uncertainty is wider, not narrower. The
    seed is fixed: same numbers, same interval.
    """
    random = np.random.default_rng(SEED)
    found = []
    at_once = max(1, NUMBERS_AT_ONCE // values.size)
    for first in range(0, resamples, at_once):
        weights = np.zeros((min(at_once, resamples - first), values.size))
        for place in (np.flatnonzero(~fake), np.flatnonzero(fake)):
            even = np.full(place.size, 1 / place.size)
            weights[:, place] = random.multinomial(place.size, even, size=len(weights))
        found.append(measure(values, fake, weights))
    tail = (1 - level) / 2
    low, high = np.quantile(np.concatenate(found), [tail, 1 - tail])
    return float(low), float(high)


def exact(count: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval of ``count`` errors in ``n``; (0, 1) for no files."""
    tail = (1 - level) / 2
    return lower(count, n, tail=tail), upper(count, n, tail=tail)


def upper(count: int, n: int, *, tail: float = 0.05) -> float:
    """The rate at which so few errors would have the probability ``tail`` (one-sided).

    With no error in 149 files it is 0.0199.
    """
    if count >= n:
        return 1.0
    return _solve(lambda rate: _at_most(count, n, rate) - tail, rising=False)


def lower(count: int, n: int, *, tail: float = 0.05) -> float:
    """The rate at which so many errors would have the probability ``tail``."""
    if count <= 0:
        return 0.0
    return _solve(lambda rate: 1 - _at_most(count - 1, n, rate) - tail, rising=True)


def _at_most(count: int, n: int, rate: float) -> float:
    """Binomial distribution function."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 1.0 if count >= n else 0.0
    k = np.arange(count + 1)
    ways = np.array([math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in k])
    return float(np.exp(ways + k * math.log(rate) + (n - k) * math.log1p(-rate)).sum())


def _solve(function: Callable[[float], float], *, rising: bool) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if (function(middle) > 0) is rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2
