"""How sure a share of a count is."""

from __future__ import annotations

from math import sqrt

#: The 97.5 % point of the normal distribution.
Z95 = 1.959964


def wilson(hits: int, count: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson, JASA 22 (1927) 209-212); None without a single case."""
    if count == 0:
        return None
    share, z = hits / count, Z95
    middle = share + z * z / (2 * count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    below = 1 + z * z / count
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)
