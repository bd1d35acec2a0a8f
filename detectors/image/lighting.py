"""Lighting inconsistency: parts that seem lit from another direction than the rest.

Where a surface is smooth, it brightens towards the light; over bodies that bulge in all directions
the mean of these gradients points to where the light comes from in the plane of the picture (Zheng
and Chellappa 1991). The direction is estimated window by window, edges of things left out, and a
part whose direction disagrees with the rest is marked, as Johnson and Farid (2005) proposed for
forgeries; unlike their contours it needs nobody to draw any.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from detectors.api import Abstain, Outcome, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.parts import (
    Floats,
    Mask,
    box_sums,
    brightness,
    cell_sums,
    counted,
    odd_parts,
    refuse_small,
    region,
    separation,
    size_of,
    smaller,
    told,
    unclipped,
)
from detectors.media import Pixels

CELL = 16
"""Pixels per side of a cell of the map."""

WINDOW = 11
"""Cells per side of the window that a direction is estimated in: 176 pixels."""

GAMMA = 2.2
DARKEST = 0.01
SHADING, EDGES = 3.0, 1.2
"""Standard deviations (pixels) at which shading is measured, and at which edges are found."""

SIDES = ("right", "lower right", "below", "lower left", "left", "upper left", "above",
         "upper right")  # fmt: skip


@dataclass(frozen=True)
class Field:
    """Per cell: the direction towards the light (radians, 0 = right, clockwise), how clear it is (0
    to 1), and whether there was enough smooth surface to tell."""

    angle: Floats
    clear: Floats
    known: Mask

    @property
    def usual(self) -> float:
        """The direction of the picture as a whole, in which every known cell counts alike."""
        angles = self.angle[self.known]
        return math.atan2(float(np.sin(angles).mean()), float(np.cos(angles).mean()))

    def away(self) -> Floats:
        """Degrees between each cell's direction and the usual one, 0 to 180."""
        turned = np.angle(np.exp(1j * (self.angle - self.usual)))
        return np.asarray(np.degrees(np.abs(turned)), dtype=np.float32)


class Lighting:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of unlike directions; abstains where no common direction shows."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        worked, scale = smaller(pixels, most_pixels=p["most_pixels"])
        field = directions(worked, p=p)
        if field.known.mean() < p["least_known_share"]:
            raise Abstain("The picture has too little smooth shading for its light to be told.")
        away = field.away()
        spread = float(np.median(away[field.known]))
        if spread > p["most_spread"]:
            raise Abstain(
                "Shading points everywhere in this picture, so that it shows no common light."
            )
        limit = max(p["least_degrees"], p["spreads"] * spread)
        away = np.where(field.known, away, np.nan).astype(np.float32)
        odd = np.nan_to_num(away, nan=0) >= limit
        masks = [
            mask
            for mask in odd_parts(odd, least_cells=p["least_region_cells"])
            if mask.mean() <= p["largest_share"]
            and _agrees(field, mask, least=p["least_agreement"])
        ]
        if len(masks) > p["most_parts"]:
            # light that differs in many places is the scene's own: several lamps, or flat texture
            masks = []
        size = size_of(pixels)
        regions = tuple(
            region(
                mask,
                cell=CELL / scale,
                size=size,
                label=f"light seems to come from {_side(_mean(field.angle[mask]))}",
                strength=float(np.median(away[mask])) / 180,
            )
            for mask in masks
        )
        return Outcome(
            sentence=_sentence(regions, usual=field.usual),
            score=separation(away, inside=masks),
            regions=regions,
            details={
                "usual_direction_degrees": round(math.degrees(field.usual), 1),
                "spread_degrees": round(spread, 2),
                "limit_degrees": round(limit, 2),
            },
            pictures=(
                heat_map(
                    np.asarray(np.clip(away / 180, 0, 1), dtype=np.float64),
                    size=size,
                    regions=regions,
                    low="as in the rest",
                    high="from the opposite side",
                    unknown="too little smooth shading",
                    name="lighting",
                    caption="How far each part's light turns away from that of the picture, which "
                    f"seems to come from {_side(field.usual)}. {told(regions)}",
                ),
            ),
        )


def directions(pixels: Pixels, *, p: Mapping[str, float]) -> Field:
    """The direction of the light around each cell of a picture."""
    luma = brightness(pixels)
    linear = (luma / 255) ** np.float32(GAMMA)
    light = np.log(linear + np.float32(DARKEST))
    across, down = _gradient(light, SHADING)
    steep = np.hypot(*_gradient(light, EDGES))
    edges = cv2.dilate(
        (steep > p["edge_factor"] * np.median(steep)).astype(np.uint8), np.ones((7, 7), np.uint8)
    )
    smooth = (edges == 0) & unclipped(luma)
    strength = np.hypot(across, down)
    # strong slopes count little more than usual ones, so that no single thing decides
    share = np.where(smooth, 1 / (strength + np.median(strength) + 1e-6), 0).astype(np.float32)
    right = box_sums(cell_sums(across * share, CELL), WINDOW)
    below = box_sums(cell_sums(down * share, CELL), WINDOW)
    count = box_sums(cell_sums(smooth.astype(np.float32), CELL), WINDOW)
    clear = np.hypot(right, below) / np.maximum(count, 1)
    enough = count >= p["least_smooth"] * CELL * CELL * WINDOW * WINDOW
    return Field(
        angle=np.arctan2(below, right).astype(np.float32),
        clear=np.asarray(clear, dtype=np.float32),
        known=np.asarray(enough & (clear >= p["least_clear"]), dtype=np.bool_),
    )


def _gradient(plane: Floats, sigma: float) -> tuple[Floats, Floats]:
    soft = cv2.GaussianBlur(plane, (0, 0), sigma)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    return np.asarray(across, dtype=np.float32), np.asarray(down, dtype=np.float32)


def _mean(angles: Floats) -> float:
    return math.atan2(float(np.sin(angles).mean()), float(np.cos(angles).mean()))


def _agrees(field: Field, mask: Mask, *, least: float) -> bool:
    """Whether the cells of a part point one way: the length of their mean direction (0 to 1)."""
    angles = field.angle[mask]
    return math.hypot(float(np.sin(angles).mean()), float(np.cos(angles).mean())) >= least


def _side(angle: float) -> str:
    name = SIDES[round(angle / (math.pi / 4)) % 8]
    return name if name in {"above", "below"} else f"the {name}"


def _sentence(regions: tuple[Region, ...], *, usual: float) -> str:
    if not regions:
        return (
            f"The light seems to come from {_side(usual)}, and no part disagrees. A part taken in "
            "light from the same side would look the same."
        )
    seems = "seems" if len(regions) == 1 else "seem"
    return (
        f"The light seems to come from {_side(usual)}, but {counted(regions).lower()} of the "
        f"picture {seems} lit from another side. A part from another picture looks like this; so "
        "do a second lamp, hollows, and paint or texture that grows lighter to one side."
    )
