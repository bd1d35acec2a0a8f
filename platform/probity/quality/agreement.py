"""How far people agree beyond chance: Cohen's kappa, Krippendorff's alpha, bootstrap intervals.

Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement
20 (1960) 37-46. Krippendorff, "Content Analysis", 4th ed. (2018), ch. 12, and "Computing
Krippendorff's Alpha-Reliability" (2011) for nominal values with gaps. Efron, "Bootstrap
methods", Annals of Statistics 7 (1979) 1-26, for the percentile interval over resampled units.

Both are 1 for perfect agreement, 0 for what chance alone would give, and below 0 for less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Pair = tuple[Hashable, Hashable]
Unit = Sequence[Hashable]
T = TypeVar("T", bound=Unit)
#: Row by row a value, NaN where there is none, of kinds of units that came so many times each.
Weighed = Callable[[Sequence[T], NDArray[np.int64]], NDArray[np.float64]]

#: Rounds of the bootstrap, and where its chance begins.
ROUNDS = 1_000
SEED = 20_261_121


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Agreement of two raters over the units that both judged: (p_o - p_e) / (1 - p_e).

    None without a pair, and where both always said the same one thing: chance explains all of it.
    """
    return _value(pairs, kappas)


def krippendorff_alpha(units: Sequence[Unit]) -> float | None:
    """Agreement of any number of raters on nominal values; who did not judge a unit is left out.

    ``units`` holds the values that each unit got, in no order. Units with fewer than two values
    pair with nothing and do not count. 1 - D_o / D_e over the coincidences, each unit of m values
    weighing 1 / (m - 1). None without a pair, and where every value is the same.
    """
    return _value(units, alphas)


def kappas(kinds: Sequence[Unit], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cohen's kappa for each row of ``times``, which says how often each kind of pair came."""
    counts = times.sum(axis=1).astype(float)
    firsts = times @ _tallies([kind[:1] for kind in kinds], of=kinds)
    seconds = times @ _tallies([kind[1:] for kind in kinds], of=kinds)
    alike = times @ np.array([kind[0] == kind[1] for kind in kinds], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = alike / counts
        expected = (firsts * seconds).sum(axis=1) / counts**2
        return np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)


def alphas(kinds: Sequence[Unit], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Krippendorff's alpha for each row of ``times``, how often each kind of unit came."""
    paired = [kind if len(kind) >= 2 else () for kind in kinds]
    tallies = _tallies(paired, of=kinds)
    sizes = tallies.sum(axis=1)
    pairs_unlike = sizes**2 - (tallies**2).sum(axis=1)
    unlike = times @ (pairs_unlike / np.maximum(1, sizes - 1))
    totals = times @ tallies
    counts = totals.sum(axis=1)
    by_chance = counts**2 - (totals**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(by_chance > 0, 1 - (counts - 1) * unlike / by_chance, np.nan)


def bootstrap_interval(
    units: Sequence[T], measure: Weighed[T], *, seed: int = SEED
) -> tuple[float, float] | None:
    """The 95 % percentile interval of a measure over units drawn anew with replacement.

    Only how often each kind of unit is drawn matters, and that is one multinomial draw however
    many units there are. Draws in which the measure has no value are left out; None where that
    leaves under half. The same units give the same interval.
    """
    kinds, counts = _kinds(units)
    if not kinds:
        return None
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(units), counts / len(units), size=ROUNDS)
    values = measure(kinds, drawn)
    found = np.sort(values[~np.isnan(values)])
    if len(found) * 2 < ROUNDS:
        return None
    low, high = (found[round(share * (len(found) - 1))] for share in (0.025, 0.975))
    return float(low), float(high)


def _value(units: Sequence[T], measure: Weighed[T]) -> float | None:
    kinds, counts = _kinds(units)
    value = measure(kinds, counts[np.newaxis])[0] if kinds else np.nan
    return None if np.isnan(value) else float(value)


def _kinds(units: Sequence[T]) -> tuple[list[T], NDArray[np.int64]]:
    """The different units in an order of their own, and how often each came."""
    counted = Counter(tuple(unit) for unit in units)
    kinds = sorted(counted, key=repr)
    counts = np.array([counted[kind] for kind in kinds], dtype=np.int64)
    return kinds, counts  # type: ignore[return-value]


def _tallies(units: Sequence[Unit], *, of: Sequence[Unit]) -> NDArray[np.float64]:
    """How often each value stands in each unit; the columns are the values in ``of``."""
    places = {value: place for place, value in enumerate(dict.fromkeys(v for u in of for v in u))}
    found = np.zeros((len(units), len(places)))
    for row, unit in enumerate(units):
        for value in unit:
            found[row, places[value]] += 1
    return found
