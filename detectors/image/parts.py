"""What the image detectors share: brightness, sums over cells, odd parts as regions, refusals."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Region
from detectors.media import Pixels

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

MOST_REGIONS = 8


def brightness(pixels: Pixels) -> Floats:
    """Luma (BT.601 weights) of an HxWx3 picture, 0-255, float32."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def size_of(pixels: Pixels) -> tuple[int, int]:
    """Width and height."""
    return pixels.shape[1], pixels.shape[0]


def refuse_small(pixels: NDArray[np.generic], *, least: float) -> None:
    """Abstain below ``least`` pixels on the shorter side."""
    rows, columns = pixels.shape[:2]
    if min(rows, columns) < least:
        raise Abstain(
            f"The picture is {columns} x {rows} pixels; below {least:.0f} on a side there is too "
            "little of it to compare its parts."
        )


def smaller(pixels: Pixels, *, most_pixels: float) -> tuple[Pixels, float]:
    """The picture with at most ``most_pixels``, and its scale (1 = untouched).

    Light changes slowly over a picture: nothing is lost by measuring a smaller one.
    """
    scale = min(1.0, float(np.sqrt(most_pixels / (pixels.shape[0] * pixels.shape[1]))))
    if scale == 1.0:
        return pixels, scale
    made = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(made, dtype=np.uint8), scale


def unclipped(plane: Floats | Pixels) -> Mask:
    """Where a plane (0-255) is neither black nor burnt out, so that it kept its noise."""
    return np.asarray((plane > 4) & (plane < 250), dtype=np.bool_)


def cell_sums(plane: NDArray[np.generic], cell: int) -> Floats:
    """Sum over squares of ``cell`` pixels; what is left over at the right and below is dropped."""
    rows, columns = plane.shape[0] // cell, plane.shape[1] // cell
    whole = np.asarray(plane[: rows * cell, : columns * cell], dtype=np.float32)
    return np.asarray(
        cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    ) * np.float32(cell * cell)


def box_sums(cells: Floats, side: int) -> Floats:
    """Sum over ``side`` x ``side`` cells around each."""
    summed = cv2.boxFilter(cells, -1, (side, side), normalize=False, borderType=cv2.BORDER_REFLECT)
    return np.asarray(summed, dtype=np.float32)


def odd_parts(odd: Mask, *, least_cells: float, opening: int = 3) -> list[Mask]:
    """Connected parts of at least ``least_cells`` cells, thin ones removed, the largest first."""
    kernel = np.ones((opening, opening), dtype=np.uint8)
    opened = cv2.morphologyEx(odd.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    areas = [(int(stats[label][cv2.CC_STAT_AREA]), label) for label in range(1, count)]
    kept = sorted((-area, label) for area, label in areas if area >= least_cells)
    return [np.asarray(labels == label, dtype=np.bool_) for _, label in kept[:MOST_REGIONS]]


def region(
    mask: Mask, *, cell: float, size: tuple[int, int], label: str, strength: float, lead: int = 0
) -> Region:
    """The bounding box of a part, in pixels; cell (0, 0) begins ``lead`` pixels in."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = round(float(columns[0]) * cell) + lead, round(float(rows[0]) * cell) + lead
    right = min(size[0], round(float(columns[-1] + 1) * cell) + lead)
    bottom = min(size[1], round(float(rows[-1] + 1) * cell) + lead)
    return Region(
        x=x,
        y=y,
        width=max(1, right - x),
        height=max(1, bottom - y),
        label=label,
        strength=round(float(np.clip(strength, 0, 1)), 4),
    )


def separation(values: Floats, *, inside: Sequence[Mask]) -> float:
    """Kolmogorov-Smirnov distance (0-1) of known values inside the parts and outside them."""
    if not inside:
        return 0.0
    within, known = np.any(inside, axis=0), ~np.isnan(values)
    one, other = np.sort(values[within & known]), np.sort(values[~within & known])
    if not one.size or not other.size:
        return 0.0
    both = np.concatenate([one, other])
    steps_one = np.searchsorted(one, both, side="right") / one.size
    steps_other = np.searchsorted(other, both, side="right") / other.size
    return round(float(np.abs(steps_one - steps_other).max()), 6)


def counted(regions: Sequence[Region]) -> str:
    """ "One part", "3 parts": the beginning of a sentence."""
    return "One part" if len(regions) == 1 else f"{len(regions)} parts"


def told(regions: Sequence[Region]) -> str:
    """The end of a caption."""
    return f"{len(regions)} marked." if regions else "Nothing is marked."
