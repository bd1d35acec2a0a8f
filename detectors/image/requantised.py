"""How likely each part of a JPEG was quantised twice, with steps that need not be known.

A coefficient rounded first to multiples of q1 and then of q2 follows another distribution than one
rounded to multiples of q2 alone: some values become rare, others common (Lin et al. 2009). Both
distributions are predicted from the same picture measured off the 8x8 grid, where no rounding shows
(Bianchi and Piva 2012), and q1 is chosen for each frequency by how well a mixture of the two
explains the histogram. Every part then gets the sum of its coefficients' log-likelihood ratios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.image.dct import Place, coefficients
from detectors.image.parts import Floats, box_sums, cell_sums
from detectors.media import JpegLuma

PLACES: tuple[Place, ...] = (
    (0, 1), (1, 0), (1, 1), (2, 0), (0, 2), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2),
)  # fmt: skip

CELL = 16
"""Pixels per side of one cell of the map: two blocks."""

WINDOW = 5
"""Cells per side over which likelihoods are summed."""

LARGEST_STEP = 48
"""No earlier step above this is looked for: few coefficients outlast it."""

LARGEST_LEVEL = 24
"""Quantised values beyond this are rare, and predicted badly."""

ROUNDING = 0.45
"""Spread of a coefficient after the pixels between the two saves were rounded to whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Frequency:
    """One frequency that shows two quantisations: its steps, and how much they explain.

    ``gain`` is the share of the histogram's misfit that the second quantisation removes, 0-1.
    """

    place: Place
    first: int
    last: int
    share: float
    gain: float


@dataclass(frozen=True, kw_only=True)
class Requantised:
    """``ratio``: log-likelihood ratio per cell, twice against once; NaN where too few values.

    ``informed`` is the share of cells with enough values at all frequencies together.
    """

    frequencies: tuple[Frequency, ...]
    ratio: Floats
    informed: float


def measure(coded: JpegLuma, *, least_gain: float, least_values: float) -> Requantised:
    """Both models per frequency, and the map; no frequency where none shows two quantisations."""
    on_grid, usable = coefficients(coded.luma, PLACES, shift=0)
    off_grid, free = coefficients(coded.luma, PLACES, shift=4)
    found: list[Frequency] = []
    ratio = np.zeros(on_grid.shape[:2], dtype=np.float32)
    values = np.zeros(on_grid.shape[:2], dtype=np.float32)
    every = np.zeros(on_grid.shape[:2], dtype=np.float32)
    for index, place in enumerate(PLACES):
        step = int(coded.table[place])
        levels = np.rint(on_grid[..., index] / step).astype(np.int64)
        counted = usable & (np.abs(levels) <= LARGEST_LEVEL) & (levels != 0)
        every += counted
        reference = _histogram(off_grid[..., index][free], step=step)
        fitted = _fitted(levels[counted], reference, step=step)
        if fitted is None or fitted.gain < least_gain:
            continue
        found.append(
            Frequency(
                place=place, first=fitted.first, last=step, share=fitted.share, gain=fitted.gain
            )
        )
        ratio += np.where(counted, fitted.table[np.clip(levels, *_ENDS) + LARGEST_LEVEL], 0)
        values += counted
    count = box_sums(cell_sums(values, 2), WINDOW)
    summed = box_sums(cell_sums(ratio, 2), WINDOW)
    known = np.where(count >= least_values, summed, np.nan).astype(np.float32)
    informed = float((box_sums(cell_sums(every, 2), WINDOW) >= least_values).mean())
    return Requantised(frequencies=tuple(found), ratio=known, informed=informed)


_ENDS = (-LARGEST_LEVEL, LARGEST_LEVEL)
_LEVELS = np.arange(-LARGEST_LEVEL, LARGEST_LEVEL + 1)
_COUNTED = _LEVELS != 0


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    first: int
    share: float
    gain: float
    table: NDArray[np.float64]


def _histogram(values: Floats, *, step: int) -> NDArray[np.float64]:
    """Coefficients counted in bins of a quarter, symmetric: their sign carries nothing."""
    reach = int((LARGEST_LEVEL + 1) * step)
    folded = np.histogram(np.abs(values), bins=reach * 4, range=(0, reach))[0].astype(np.float64)
    # one unit of smoothing on either side: the prediction must not follow single bins
    kernel = np.hanning(4 * max(2, step) + 1)
    both = np.concatenate([folded[::-1], folded])
    smooth = np.convolve(both, kernel / kernel.sum(), mode="same")
    return np.asarray(smooth, dtype=np.float64)


def _fitted(
    levels: NDArray[np.int64], reference: NDArray[np.float64], *, step: int
) -> _Fitted | None:
    seen = np.bincount(levels + LARGEST_LEVEL, minlength=_LEVELS.size).astype(np.float64)
    seen += seen[::-1]
    if levels.size < 2000 or reference.sum() <= 0:
        return None
    seen /= seen.sum()
    once = _once(reference, step=step)
    best: _Fitted | None = None
    misfit = float((((seen - once) ** 2) / _expected(once))[_COUNTED].sum())
    for first in range(2, LARGEST_STEP + 1):
        if step % first == 0:
            continue
        twice = _twice(reference, first=first, step=step)
        weight = 1 / _expected(once)
        change = (twice - once) * _COUNTED
        size = float((weight * change * change).sum())
        share = float(np.clip((weight * (seen - once) * change).sum() / max(size, 1e-9), 0, 1))
        left = float(((seen - once - share * change) ** 2 * weight)[_COUNTED].sum())
        gain = 1 - left / max(misfit, 1e-12)
        if size > LEAST_DIFFERENCE and (best is None or gain > best.gain):
            table = np.log((twice + FLOOR) / (once + FLOOR))
            best = _Fitted(
                first=first, share=share, gain=gain * min(1.0, misfit / 0.02), table=table
            )
    return best


LEAST_DIFFERENCE = 0.02
"""Chi-square distance below which two quantisations cannot be told from one."""

FLOOR = 2e-3
"""Probability added to both models: no single value may decide."""


def _expected(model: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(model + FLOOR, dtype=np.float64)


def _centres(reference: NDArray[np.float64]) -> NDArray[np.float64]:
    half = reference.size // 2
    return (np.arange(reference.size) - half + 0.5) / 4


def _normal(model: NDArray[np.float64]) -> NDArray[np.float64]:
    """A distribution over the levels other than zero."""
    kept = np.where(_COUNTED, model, 0)
    return np.asarray(kept / max(float(kept.sum()), 1e-12), dtype=np.float64)


def _once(reference: NDArray[np.float64], *, step: int) -> NDArray[np.float64]:
    level = np.rint(_centres(reference) / step).astype(np.int64)
    inside = np.abs(level) <= LARGEST_LEVEL
    total = np.zeros(_LEVELS.size, dtype=np.float64)
    np.add.at(total, level[inside] + LARGEST_LEVEL, reference[inside])
    return _normal(total)


def _twice(reference: NDArray[np.float64], *, first: int, step: int) -> NDArray[np.float64]:
    multiple = np.rint(_centres(reference) / first).astype(np.int64)
    low = int(multiple.min())
    mass = np.bincount(multiple - low, weights=reference)
    at = (np.arange(mass.size) + low) * float(first)
    edges = (np.arange(-LARGEST_LEVEL, LARGEST_LEVEL + 2) - 0.5) * step
    # logistic approximation of the normal distribution function
    scaled = np.clip(1.702 * (edges[:, None] - at[None, :]) / ROUNDING, -60, 60)
    below = 1 / (1 + np.exp(-scaled))
    return _normal(np.diff(below, axis=0) @ mass)
