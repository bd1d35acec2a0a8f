"""Dumb probes: what the treated examples still give away to somebody who does not look.

A colour thumbnail of 8 x 8 for pictures; bandwidth, length and loudness for speech; both under a
logistic regression that learns from the same examples as the network. Where a probe does well, the
set leaks, and a network that does no better has learnt nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from detectors.card import Modality
from detectors.evaluation import sound
from detectors.training.equal_sound import RATE
from detectors.training.examples import Examples
from detectors.training.splits import Flags

THUMB = 8
PENALTY = 1e-2
FRAME = 1024
MOST = 6000
"""A regression on a few numbers needs no more examples."""

SEED = 7
NAMES = {Modality.IMAGE: "colour thumbnail", Modality.AUDIO: "bandwidth and length"}

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A fitted regression: ``weights`` (F + 1,), the last one the intercept."""

    weights: Floats
    centre: Floats
    spread: Floats

    def scores(self, features: Floats) -> Floats:
        """(N,): larger for examples that look generated."""
        return _with_one((features - self.centre) / self.spread) @ self.weights


def features(examples: Examples, places: NDArray[np.int64], *, modality: Modality) -> Floats:
    """(len(places), F)."""
    if modality is Modality.IMAGE:
        return np.array([_thumbnail(examples.data[place]) for place in places.tolist()]).reshape(
            -1, 3 * THUMB**2
        )
    return np.array([_heard(examples, place) for place in places.tolist()]).reshape(-1, 3)


def _thumbnail(pixels: NDArray[Any]) -> Floats:
    small = cv2.resize(pixels, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float64).ravel()


def _heard(examples: Examples, place: int) -> tuple[float, float, float]:
    wave: NDArray[Any] = examples.data[place].astype(np.float64) / 32768
    return (
        _bandwidth(wave),
        float(examples.rows[place].bin),
        sound.loudness(wave, rate=RATE),
    )


def _bandwidth(wave: Floats) -> float:
    """Highest frequency, in Hz, whose mean power lies within 60 dB of the strongest."""
    frames = wave[: wave.size // FRAME * FRAME].reshape(-1, FRAME) * np.hanning(FRAME)
    power = np.square(np.abs(np.fft.rfft(frames, axis=1))).mean(axis=0)
    within = np.flatnonzero(power >= power.max() * 1e-6)
    return float(within[-1] * RATE / FRAME)


def fitted(examples: Examples, learnt: Flags, *, modality: Modality) -> Probe:
    """Learn from (a part of) the examples that the network learns from; classes weigh alike."""
    places = np.flatnonzero(learnt)
    if places.size > MOST:
        places = np.sort(np.random.default_rng(SEED).choice(places, MOST, replace=False))
    seen = features(examples, places, modality=modality)
    fake = np.array([examples.rows[place].fake for place in places.tolist()])
    centre, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    scaled = _with_one((seen - centre) / spread)
    weight = np.where(fake, 0.5 / max(1, fake.sum()), 0.5 / max(1, (~fake).sum()))
    sign = np.where(fake, 1.0, -1.0)

    def cost(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ weights)
        lost = float(weight @ np.logaddexp(0, -margin)) + PENALTY * float(weights @ weights)
        slope = -(weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))) @ scaled
        return lost, slope + 2 * PENALTY * weights

    done = minimize(cost, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B")
    return Probe(weights=np.asarray(done.x), centre=centre, spread=spread)


def _with_one(values: Floats) -> Floats:
    return np.concatenate([values, np.ones((len(values), 1))], axis=1)
