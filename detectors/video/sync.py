"""By how much one curve must be moved to follow another, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.video.speech import RATE

Curve = NDArray[np.float64]

FAR = 0.25
"""Seconds from a peak beyond which the correlation only shows chance."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """``lags`` (L,) seconds, positive = sound after mouth; ``correlation`` (L,) in [-1, 1].

    ``offset`` is the lag of the highest point in seconds, ``peak`` its height, ``clearness`` how
    many standard deviations it stands above the rest of the curve.
    """

    lags: Curve
    correlation: Curve
    offset: float
    peak: float
    clearness: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Mouth curves and sound curves of one stretch, on the same steps of 1 / RATE seconds.

    ``sound`` reaches ``reach`` steps further than ``mouth`` on both sides, NaN where there is none.
    """

    mouth: Sequence[Curve]
    sound: Sequence[Curve]


def prepared(values: Curve, *, smooth: int, drift: int, slope: bool) -> Curve:
    """Smoothed over ``smooth`` steps, without what changes more slowly than ``drift`` steps.

    ``slope`` takes the rate of change first: opening and loudening meet more sharply than the
    states that they lead to.
    """
    kernel = np.hanning(smooth + 2)[1:-1]
    soft = _averaged(values, kernel)
    if slope:
        soft = np.gradient(soft)
    return np.asarray(soft - _averaged(soft, np.ones(drift)))


def match(pairs: Sequence[Pair], *, reach: int) -> Match:
    """The best common lag of several stretches, each weighted by its length."""
    total = np.zeros(2 * reach + 1)
    weight = 0.0
    for pair in pairs:
        size = len(pair.mouth[0])
        total += size * np.mean(
            [_correlations(mouth, sound)
             for mouth in pair.mouth for sound in pair.sound],
            axis=0,
        )  # fmt: skip
        weight += size
    return read(total / max(weight, 1.0), reach=reach)


def read(correlation: Curve, *, reach: int) -> Match:
    """Where the peak of a correlation curve lies and how clear it is."""
    best = int(np.argmax(correlation))
    far = np.abs(np.arange(len(correlation)) - best) > FAR * RATE
    rest = correlation[far]
    spread = float(rest.std()) if rest.size else 0.0
    return Match(
        lags=np.arange(-reach, reach + 1) / RATE,
        correlation=correlation,
        offset=(best - reach) / RATE,
        peak=float(correlation[best]),
        clearness=float((correlation[best] - rest.mean()) / spread) if spread > 0 else 0.0,
    )


def _averaged(values: Curve, kernel: Curve) -> Curve:
    """Weighted mean of neighbours; kernels longer than the curve are cut to it."""
    kernel = kernel[: values.size]
    weight = np.convolve(np.ones(values.size), kernel, mode="same")
    mean: Curve = np.convolve(values, kernel, mode="same") / weight
    return mean


def _correlations(mouth: Curve, sound: Curve) -> Curve:
    """Correlation at each lag, over the steps for which there is sound."""
    size = len(mouth)
    known = np.isfinite(sound)
    filled, there = np.where(known, sound, 0.0), known.astype(np.float64)
    count = np.maximum(_summed(there, np.ones(size)), 1.0)
    mean_sound = _summed(filled, np.ones(size)) / count
    mean_mouth = _summed(there, mouth) / count
    product = _summed(filled, mouth) / count - mean_sound * mean_mouth
    spread = np.sqrt(
        np.maximum(_summed(filled**2, np.ones(size)) / count - mean_sound**2, 1e-18)
        * np.maximum(_summed(there, mouth**2) / count - mean_mouth**2, 1e-18)
    )
    found: Curve = np.where(count >= size / 2, product / spread, 0.0)
    return found


def _summed(long: Curve, short: Curve) -> Curve:
    """Sums of ``long`` times ``short`` laid at each place where it fits."""
    found: Curve = np.correlate(long, short, mode="valid")
    return found
