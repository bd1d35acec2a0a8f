"""What a calibration is: a map from score to log-likelihood ratio, and what is known about it.

Log-likelihood ratios are natural; positive speaks for an altered or generated file. The map never
says more than its data can carry: with n files of a kind and none of them where the score lies, a
likelihood ratio above n + 1 is extrapolation (Laplace's rule of succession; the danger is described
by Vergeer, van Es, de Jongh, Alberink and Stoel, "Numerical likelihood ratios outputted by LR
systems are often based on extrapolation: when to stop extrapolating?", Science & Justice 56, 2016).
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from detectors.api import Direction

Method = Literal["logistic", "isotonic"]

AS_RECEIVED = "as received"
EQUALISED = "equalised"

WEAK = math.log(10)
"""What a calibration may say at most of a kind of file that it hardly knows."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """``count`` errors in ``n`` files: the share, and its exact 95 % interval (two-sided).

    ``measure`` is ``false_alarm`` (a genuine file reached the threshold from above) or ``miss`` (an
    altered one stayed below it); ``condition`` names the files, ``as received`` for all of them.
    """

    condition: str
    measure: Literal["false_alarm", "miss"]
    count: int
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Data:
    """What a calibration was fitted on, without the media: numbers and digests.

    ``digest`` is a SHA-256 over the sorted digests and labels of the files, ``files`` the first 12
    hexadecimal digits of each file's own SHA-256, ``groups`` how many sets were held out in turn,
    ``held_out`` what never stood on both sides.
    """

    digest: str
    name: str
    n_real: int
    n_fake: int
    groups: int
    held_out: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The map and its record. ``points`` are (score, log-likelihood ratio), rising in suspicion.

    A logistic map has ``coefficients`` (intercept, slope on suspicion); an isotonic one has
    ``points``, joined by straight lines and level beyond both ends. Suspicion is the score, or its
    negative where a low score is suspicious. ``bounds`` hold the result, by condition (number of
    files behind it); ``upper_95`` says, for each side, the upper 95 % bound of how often a file of
    the other kind reached "moderately strong support" or more.
    """

    detector: str
    version: str
    method: Method
    direction: Direction
    coefficients: tuple[float, float] | None
    points: tuple[tuple[float, float], ...]
    bounds: dict[str, tuple[float, float]]
    data: Data
    date: str
    cllr: float
    auc: tuple[float, float, float]
    rates: tuple[Rate, ...]
    upper_95: dict[str, float]
    limits: tuple[str, ...]
    parameters: dict[str, Any] = field(default_factory=dict)

    def llr(self, score: float, condition: str | Collection[str] | None = None) -> float:
        """The natural-log likelihood ratio of a score.

        ``condition`` (``length: under 4 s``, ``codec: mp3``) names what kind of file it is. Where
        few such files were measured the result is held to what those few can carry, and where none
        were, to weak support.
        """
        names = [condition] if isinstance(condition, str) else list(condition or ())
        rising = self.direction is Direction.HIGHER_IS_MORE_SUSPICIOUS
        low, high = self.bounds[AS_RECEIVED]
        value = min(max(self._raw(score if rising else -score), low), high)
        for name in names:
            low, high = self.bounds.get(name, (-WEAK, WEAK))
            value = min(max(value, min(low, -WEAK)), max(high, WEAK))
        return value

    @property
    def error_rates(self) -> dict[str, Any]:
        """What a finding carries: the bounds that words depend on, and the rates by condition."""
        return {
            "upper_95": dict(self.upper_95),
            "threshold": "log-likelihood ratio 0",
            "n_real": self.data.n_real,
            "n_fake": self.data.n_fake,
            "date": self.date,
            "data": self.data.digest,
            "method": self.method,
            "rates": [asdict(rate) for rate in self.rates],
        }

    def _raw(self, suspicion: float) -> float:
        if self.coefficients is not None:
            intercept, slope = self.coefficients
            return intercept + slope * suspicion
        return interpolated(self.points, suspicion)


def interpolated(points: tuple[tuple[float, float], ...], at: float) -> float:
    """Straight lines between points that rise in their first number, level beyond both ends."""
    places = [place for place, _ in points]
    index = bisect.bisect_right(places, at)
    if index == 0:
        return points[0][1]
    if index == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[index - 1], points[index]
    return low + (high - low) * (at - left) / (right - left)


def support_bounds(*, n_real: int, n_fake: int) -> tuple[float, float]:
    """The log-likelihood ratios that so many files can carry; see the module."""
    return -math.log(n_fake + 1), math.log(n_real + 1)
