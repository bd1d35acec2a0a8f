"""How well each part of a JPEG fits an earlier, coarser compression.

A picture saved as a coarse JPEG and later as a finer one keeps DCT coefficients near multiples of
the first, coarser steps; re-quantising with those steps leaves a small residual (Farid 2009). The
residual of each coefficient, in steps, is compared with that of the same picture measured off the
8x8 grid, where no earlier compression can show (the reference of Bianchi and Piva 2012). The
difference, divided by what theory expects, is the *fit*: about 1 where the earlier compression is
present, 0 where it is not, whatever the texture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.image.dct import coefficients
from detectors.jpeg import table_for
from detectors.media import JpegLuma

Floats = NDArray[np.float32]

FREQUENCIES = (
    (0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2),
    (2, 1), (3, 0), (0, 4), (1, 3), (2, 2), (3, 1), (4, 0),
)  # fmt: skip
"""(vertical, horizontal) frequencies used: low ones, which keep values other than zero."""

CELL = 16
"""Pixels per side of one cell of the map: two blocks."""

WINDOW = 5
"""Cells per side over which counts are summed."""

LEAST_STEP_RATIO = 1.5
"""An earlier step must be this much coarser than the last one to be told apart."""

HIGHEST = 99
"""No earlier save above this quality is looked for."""

UNIFORM_VARIANCE = 1 / 48
"""Variance of the residual in steps when it is uniform on [0, 1/2]."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well each cell fits an earlier ``quality``: about 1 yes, 0 no, NaN too little detail.

    ``evidence`` sums the standard errors of the cells that clearly fit; ``step_ratio`` is how much
    coarser the earlier steps are than the last ones (median over the frequencies used).
    """

    quality: int
    fit: Floats
    evidence: float
    step_ratio: float


@dataclass(frozen=True, kw_only=True)
class _Coefficients:
    """Quantised DCT coefficients (blocks x frequencies) on the grid and off it; usable blocks."""

    on_grid: Floats
    off_grid: Floats
    usable: NDArray[np.bool_]


def histories(coded: JpegLuma, *, lowest: int) -> list[Fit]:
    """The fit of every earlier quality that can be told from the last one, worst quality first.

    Every other quality is tried, then the neighbours of the two that explain most.
    """
    measured = _coefficients(coded)
    found: dict[int, Fit] = {}

    def add(qualities: Iterable[int]) -> None:
        for quality in qualities:
            if quality not in found and lowest <= quality <= HIGHEST:
                fit = _fit(measured, last=coded.table, quality=quality)
                if fit is not None:
                    found[quality] = fit

    add(range(lowest, HIGHEST + 1, 2))
    leading = sorted(found.values(), key=lambda fit: -fit.evidence)[:2]
    add(fit.quality + turn for fit in leading for turn in (-1, 1))
    return [found[quality] for quality in sorted(found)]


def _fit(coefficients: _Coefficients, *, last: NDArray[np.int64], quality: int) -> Fit | None:
    earlier = table_for(quality)
    gained: Floats | None = None
    expected: Floats | None = None
    ratios: list[float] = []
    for index, place in enumerate(FREQUENCIES):
        step, final = float(earlier[place]), float(last[place])
        if step < LEAST_STEP_RATIO * final:
            continue
        ratios.append(step / final)
        gap = 0.25 - final / (4 * step)
        here = _residuals(coefficients.on_grid[..., index], step, coefficients.usable)
        there = _residuals(coefficients.off_grid[..., index], step, coefficients.usable)
        count = np.minimum(here[1], there[1])
        drop = there[0] / np.maximum(there[1], 1) - here[0] / np.maximum(here[1], 1)
        gain = (count * drop * gap).astype(np.float32)
        gained = gain if gained is None else gained + gain
        more = (count * gap * gap).astype(np.float32)
        expected = more if expected is None else expected + more
    if gained is None or expected is None:
        return None
    # two means are compared, hence twice the variance; below this a fit of 1 is under 4 sigma
    informed = expected >= 16 * 2 * UNIFORM_VARIANCE
    fit = np.where(informed, gained / np.maximum(expected, 1e-6), np.nan).astype(np.float32)
    score = gained / np.sqrt(np.maximum(2 * UNIFORM_VARIANCE * expected, 1e-6))
    strong = informed & (score > 4) & (fit > 0.4)
    return Fit(
        quality=quality,
        fit=fit,
        evidence=float(score[strong].sum()),
        step_ratio=float(np.median(ratios)),
    )


def _residuals(values: Floats, step: float, usable: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Sum and count, per window, of the distance to the nearest multiple of ``step``, in steps.

    Values that round to zero are left out: they are near a multiple in any picture.
    """
    ratio = values / step
    counted = (np.abs(ratio) >= 0.5) & usable
    off = np.where(counted, np.abs(ratio - np.rint(ratio)), 0).astype(np.float32)
    return _windowed(off), _windowed(counted.astype(np.float32))


def _windowed(blocks: Floats) -> Floats:
    rows, columns = blocks.shape[0] // 2, blocks.shape[1] // 2
    cells = blocks[: rows * 2, : columns * 2].reshape(rows, 2, columns, 2).sum(axis=(1, 3))
    summed = cv2.boxFilter(
        cells, -1, (WINDOW, WINDOW), normalize=False, borderType=cv2.BORDER_REFLECT
    )
    return np.asarray(summed, dtype=np.float32)


def _coefficients(coded: JpegLuma) -> _Coefficients:
    on_grid, usable = _quantised(coded, shift=0)
    off_grid, usable_off = _quantised(coded, shift=4)
    rows, columns = off_grid.shape[:2]
    both = usable[:rows, :columns] & usable_off
    return _Coefficients(on_grid=on_grid[:rows, :columns], off_grid=off_grid, usable=both)


def _quantised(coded: JpegLuma, *, shift: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Coefficients snapped to the last table's steps, and blocks free of clipped pixels."""
    steps = np.array([coded.table[place] for place in FREQUENCIES], dtype=np.float32)
    found, usable = coefficients(coded.luma, FREQUENCIES, shift=shift)
    return np.asarray(np.rint(found / steps) * steps, dtype=np.float32), usable
