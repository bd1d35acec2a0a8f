"""From how well blocks fit their pattern to what was altered.

For each carrying coefficient, noise of a known size s leaves a mean phase of
w = exp(-2 (pi s / step)^2), and a block that was replaced has mean 0. Sums over a block are nearly
normal, so that the logarithm of the likelihood ratio, intact over altered, is 2 sum(w phase) -
sum(w w). The noise is estimated from the picture itself; what it drowns is not judged. Neighbours
count (a field of two states, solved by mean-field iteration: Besag, "On the statistical analysis of
dirty pictures", J. Royal Statistical Society B 48(3), 1986).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from provenance.watermark.seal.pattern import Fit

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# sum(w w) over a block and its neighbours: below it, one block in two hundred would be misjudged
_ENOUGH = 14.0
_NOISES = np.geomspace(0.25, 12.0, 20)
_ROUNDS = 12
_KINDS = 4
_MOVING, _MOVING_LEAST, _NOISIER = 2.0, 6.0, 2.0
_ALTERED_ANYWAY = -3.0
_SIDE_PULL, _CORNER_PULL = 0.7, 0.35
_PULL = np.array(
    [
        [_CORNER_PULL, _SIDE_PULL, _CORNER_PULL],
        [_SIDE_PULL, 0, _SIDE_PULL],
        [_CORNER_PULL, _SIDE_PULL, _CORNER_PULL],
    ],
    dtype=np.float32,
)
_AROUND = np.ones((3, 3), dtype=np.float32)
# beyond this one block's own evidence counts no more: strong words of one are not final
_LOUDEST = 12.0


@dataclass(frozen=True)
class _Evidence:
    """rows x columns: ``ratio``, log-likelihood intact over altered; ``weight``, sum(w w)."""

    ratio: Floats
    weight: Floats


@dataclass(frozen=True)
class Judgement:
    """rows x columns: ``intact``, 0 (altered) to 1 (intact); ``judged``, whether that says
    anything; ``ratio``, what each block says for itself (log-likelihood, intact over altered);
    ``noise`` of the usual block, grey levels a coefficient."""

    intact: Floats
    judged: Flags
    ratio: Floats
    noise: float

    @property
    def altered(self) -> Flags:
        """Judged and more likely altered than not."""
        return self.judged & (self.intact < 0.5)

    def but_not(self, blocks: Flags) -> Judgement:
        """The same without a word on ``blocks``."""
        return replace(self, judged=self.judged & ~blocks)


def noises(fit: Fit, motion: Floats | None = None) -> Floats:
    """rows x columns: the size of noise (grey levels) that explains best how most blocks of one
    kind fit; coders treat plain, busy and moving blocks differently. ``motion``: rows x columns,
    how much blocks changed lately (grey levels a coefficient). Moving ones may be noisier than the
    rest within bounds: a moving thing may also have been put in."""
    plainness = fit.steps.mean(axis=-1)
    bounds = np.quantile(plainness, np.linspace(0, 1, _KINDS + 1)[1:-1])
    kinds = np.searchsorted(bounds, plainness)
    found = np.empty(plainness.shape, dtype=np.float32)
    for kind in np.unique(kinds):
        here = kinds == kind
        found[here] = _noise_of(fit, here)
    if motion is not None:
        moving = motion > max(_MOVING * float(np.median(motion)), _MOVING_LEAST)
        if moving.any():
            limit = _NOISIER * float(np.median(found[~moving]))
            found[moving] = np.maximum(found[moving], min(limit, _noise_of(fit, moving)))
    return found


def _noise_of(fit: Fit, blocks: Flags) -> float:
    alike = Fit(phase=fit.phase[blocks], steps=fit.steps[blocks])
    return float(max(_NOISES, key=lambda noise: support(alike, noise=float(noise))))


def support(fit: Fit, *, noise: float) -> float:
    """How well blocks fit, given the noise. Altered blocks must not pass for noise: each counts as
    whatever explains it better."""
    ratio = _evidence(fit, np.float32(noise)).ratio
    return float(np.logaddexp(ratio, _ALTERED_ANYWAY).sum())


def _evidence(fit: Fit, noise: Floats | np.float32) -> _Evidence:
    size = np.asarray(noise)[..., None]
    weights = np.exp(np.float32(-2 * np.pi**2) * np.square(size / fit.steps))
    power = np.square(weights).sum(axis=-1)
    return _Evidence(ratio=2 * (weights * fit.phase).sum(axis=-1) - power, weight=power)


def judge(fit: Fit, *, noise: Floats | None = None) -> Judgement:
    """Settle all blocks together; ``noise``: what ``noises`` says, found anew when None."""
    if noise is None:
        noise = noises(fit)
    found = _evidence(fit, noise)
    field = np.clip(found.ratio / 2, -_LOUDEST, _LOUDEST)
    mean = np.tanh(field)
    for _ in range(_ROUNDS):
        pull = cv2.filter2D(mean, -1, _PULL, borderType=cv2.BORDER_REPLICATE)
        mean = np.tanh(field + pull)
    around = cv2.filter2D(found.weight, -1, _AROUND, borderType=cv2.BORDER_REPLICATE)
    return Judgement(
        intact=((1 + mean) / 2).astype(np.float32),
        judged=around >= _ENOUGH,
        ratio=found.ratio,
        noise=float(np.median(noise)),
    )
