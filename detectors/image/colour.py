"""Colour inconsistency: parts that seem lit by light of another colour than the rest.

The colour of the light is estimated for each part from its edges, whose mean colour is that of the
light when the things in view vary enough (the grey-edge assumption, van de Weijer et al. 2007). A
part whose estimate lies far from the rest, measured by how much the estimates of the picture vary
by themselves, is marked (after Riess and Angelopoulou 2010).
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from detectors.api import Abstain, Outcome, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.parts import (
    Floats,
    Mask,
    box_sums,
    cell_sums,
    counted,
    odd_parts,
    refuse_small,
    region,
    separation,
    size_of,
    smaller,
    told,
)
from detectors.media import Pixels

CELL = 16
"""Pixels per side of a cell of the map."""

WINDOW = 9
"""Cells per side of the window that a light is estimated in: 144 pixels."""

GAMMA = 2.2


class Colour:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of unlike light; abstains on grey and on flat pictures."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        worked, scale = smaller(pixels, most_pixels=p["most_pixels"])
        light, known = lights(worked, least_edges=p["least_edges"])
        if known.mean() < p["least_known_share"]:
            raise Abstain("The picture has too few edges for the colour of its light to be told.")
        if float(np.ptp(worked.astype(np.int16), axis=2).mean()) < p["least_colour"]:
            raise Abstain("The picture is black and white, so that light has no colour to compare.")
        usual = np.asarray(np.median(light[known], axis=0), dtype=np.float32)
        away = np.linalg.norm(light - usual, axis=2).astype(np.float32)
        spread = float(np.median(away[known]))
        limit = max(p["least_distance"], p["spreads"] * spread)
        if limit > p["most_limit"]:
            raise Abstain("Colours vary too much all over this picture for one light to be told.")
        away = np.where(known, away, np.nan).astype(np.float32)
        odd = np.nan_to_num(away, nan=0) >= limit
        masks = [
            mask
            for mask in odd_parts(odd, least_cells=p["least_region_cells"])
            if mask.mean() <= p["largest_share"] and _one_light(light, mask, usual, p)
        ]
        if len(masks) > p["most_parts"]:
            # light that differs in many places is the scene's own: colourful, or several lamps
            masks = []
        size = size_of(pixels)
        regions = tuple(
            region(
                mask,
                cell=CELL / scale,
                size=size,
                label=_label(np.asarray(np.median(light[mask], axis=0) - usual, dtype=np.float32)),
                strength=float(np.median(away[mask])) / (3 * limit),
            )
            for mask in masks
        )
        return Outcome(
            sentence=_sentence(regions),
            score=separation(away, inside=masks),
            regions=regions,
            details={"spread": round(spread, 4), "limit": round(limit, 4)},
            pictures=(
                heat_map(
                    np.asarray(np.clip(away / (2 * limit), 0, 1), dtype=np.float64),
                    size=size,
                    regions=regions,
                    low="as in the rest",
                    high="light of another colour",
                    unknown="too few edges to tell",
                    name="colour",
                    caption=f"How far each part's light seems from the usual. {told(regions)}",
                ),
            ),
        )


def lights(pixels: Pixels, *, least_edges: float) -> tuple[Floats, Mask]:
    """Per cell, the log ratios of red and of blue to green in its light; and where it is known.

    Edges of all strengths count alike, so that no single bright thing decides.
    """
    linear = (pixels.astype(np.float32) / 255) ** np.float32(GAMMA)
    soft = cv2.GaussianBlur(linear, (0, 0), 1.5)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    edges = np.sqrt(across**2 + down**2)
    strength = edges.sum(axis=2)
    whole = (pixels.min(axis=2) > 3) & (pixels.max(axis=2) < 250)
    level = np.maximum(cv2.GaussianBlur(linear.sum(axis=2), (0, 0), 6), 0.02)
    counted_in = whole & (strength > 0.02 * level)
    share = np.where(counted_in, 1 / np.maximum(strength, 1e-6), 0).astype(np.float32)
    sums = [box_sums(cell_sums(edges[..., band] * share, CELL), WINDOW) for band in range(3)]
    count = box_sums(cell_sums(counted_in.astype(np.float32), CELL), WINDOW)
    red, green, blue = (np.log(np.maximum(one, 1e-6)) for one in sums)
    known = count >= least_edges * CELL * CELL * WINDOW * WINDOW
    light = np.stack([red - green, blue - green], axis=-1)
    return np.asarray(light, dtype=np.float32), np.asarray(known, dtype=np.bool_)


def _one_light(light: Floats, mask: Mask, usual: Floats, p: Mapping[str, float]) -> bool:
    """The part's estimates agree with one another better than with the rest."""
    inside = light[mask]
    middle = np.median(inside, axis=0)
    own = float(np.median(np.linalg.norm(inside - middle, axis=1)))
    return own <= p["most_inner_spread"] * float(np.linalg.norm(middle - usual))


def _label(shift: Floats) -> str:
    names = {(0, 1): "redder", (0, -1): "less red", (1, 1): "bluer", (1, -1): "less blue"}
    band = int(np.argmax(np.abs(shift)))
    return f"light seems {names[(band, 1 if shift[band] > 0 else -1)]} than the rest"


def _sentence(regions: tuple[Region, ...]) -> str:
    if not regions:
        return (
            "No part stands out by the colour of its light. Parts taken in like light, or matched "
            "by hand, would look the same."
        )
    seems = "seems" if len(regions) == 1 else "seem"
    return (
        f"{counted(regions)} of the picture {seems} lit by light of another colour than the rest. "
        "A part from another picture looks like this; so do shade beside sun, a lamp or a screen "
        "in view, and a large thing of one strong colour."
    )
