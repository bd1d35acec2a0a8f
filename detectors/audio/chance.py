"""How likely a coincidence is, for any number of trials."""

from __future__ import annotations

from math import lgamma, log, log1p, sqrt

import numpy as np


def log10_at_least(count: int, *, of: int, share: float) -> float:
    """Decimal logarithm of the probability of ``count`` or more successes in ``of`` trials.

    ``share`` is the chance of one; the sum is taken over logarithms, so that nothing overflows;
    above the mean its far, vanishing end is left out.
    """
    if count <= 0 or share >= 1:
        return 0.0
    if count > of or share <= 0:
        return -np.inf
    last = of if count <= of * share else min(of, count + 50 + round(12 * sqrt(of)))
    terms = np.array(
        [
            lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share)
            + (of - k) * log1p(-share)
            for k in range(count, last + 1)
        ]
    )  # fmt: skip
    return min(0.0, float((terms.max() + np.log(np.exp(terms - terms.max()).sum())) / log(10)))
