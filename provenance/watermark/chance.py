"""How likely a mark is seen where there is none."""

from __future__ import annotations

import math
from functools import lru_cache

_STEPS = 32


def binomial_tail(hits: int, trials: int) -> float:
    """P[X >= hits] for X ~ Binomial(trials, 1/2): that so many bits agree by chance."""
    if hits <= 0:
        return 1.0
    if hits > trials:
        return 0.0
    logs = [_log_ways(trials, count) for count in range(hits, trials + 1)]
    most = max(logs)
    total = most + math.log(math.fsum(math.exp(value - most) for value in logs))
    return min(1.0, math.exp(total - trials * math.log(2)))


@lru_cache(maxsize=64)
def uneven_tails(*, ones: int, zeros: int) -> tuple[float, ...]:
    """For 0, 1, 2 … agreeing bits the greatest P[X >= that] when every bit is read as 1 with the
    same chance, whatever that chance is.

    A plain picture reads mostly zeros or mostly ones, so a fair coin would understate how well a
    payload with more of the one than of the other agrees by chance.
    """
    tails = [0.0] * (ones + zeros + 1)
    for step in range(1, _STEPS):
        right = _binomial(ones, step / _STEPS)
        wrong = _binomial(zeros, 1 - step / _STEPS)
        both = [0.0] * (ones + zeros + 1)
        for first, share in enumerate(right):
            for second, other in enumerate(wrong):
                both[first + second] += share * other
        total = 0.0
        for hits in range(ones + zeros, -1, -1):
            total += both[hits]
            tails[hits] = min(1.0, max(tails[hits], total))
    return tuple(tails)


def _binomial(trials: int, chance: float) -> list[float]:
    yes, no = math.log(chance), math.log1p(-chance)
    return [
        math.exp(_log_ways(trials, count) + count * yes + (trials - count) * no)
        for count in range(trials + 1)
    ]


def _log_ways(trials: int, count: int) -> float:
    return math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)


def shuffled_tail(agreeing_ones: int, *, ones: int, read: int, bits: int) -> float:
    """P[at least so many of the ``ones`` of a payload are met] when ``read`` of ``bits`` places,
    drawn blindly, are read as one (the hypergeometric law)."""
    ways = sum(
        math.comb(ones, met) * math.comb(bits - ones, read - met)
        for met in range(agreeing_ones, min(ones, read) + 1)
    )
    return ways / math.comb(bits, read)


def over_tries(chance: float, tries: int) -> float:
    """An upper bound of the chance that any of so many tries succeeds (Bonferroni)."""
    return min(1.0, chance * max(1, tries))


def least_hits(trials: int, *, tries: int, most: float) -> int:
    """The fewest agreeing bits of ``trials`` whose chance over all tries is at most ``most``;
    ``trials + 1`` when even full agreement is not enough."""
    for hits in range(trials // 2, trials + 1):
        if over_tries(binomial_tail(hits, trials), tries) <= most:
            return hits
    return trials + 1
