"""Sharpness and noise that do not belong together: parts enlarged to fit ("zoom in and look").

A lens out of focus makes edges soft and leaves the sensor's noise as it is; enlarging makes edges
soft and spreads the noise too, so that little fine noise is left. A part that is softer than the
rest and carries less fine noise than its brightness lets expect is marked.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from detectors.api import Abstain, Outcome, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image import noisefield, softness
from detectors.image.parts import (
    Floats,
    Mask,
    brightness,
    counted,
    odd_parts,
    refuse_small,
    region,
    separation,
    size_of,
    told,
)
from detectors.image.softness import CELL


class Sharpness:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of mismatch; abstains without edges or without noise."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        luma = brightness(pixels)
        noise = noisefield.measure(luma)
        if noise.typical < p["least_noise"]:
            raise Abstain(
                "Hardly any noise is left in the picture, so that parts out of focus cannot be "
                "told from enlarged ones."
            )
        spread = softness.measure(luma, least_gradient=p["least_gradient"])
        known = ~np.isnan(spread)
        if known.mean() < p["least_known_share"]:
            raise Abstain("The picture has too few clear edges for sharpness to be compared.")
        usual = float(np.median(spread[known]))
        softer = np.log(spread / usual)
        quieter = -_matched(noise.excess, spread.shape)
        # both must hold: the lesser of the two decides, each in units of its own limit
        mismatch = np.minimum(
            softer / max(p["softer"], p["spreads"] * _spread(softer)),
            quieter / max(p["quieter"], p["spreads"] * _spread(quieter)),
        ).astype(np.float32)
        masks = [
            mask
            for mask in odd_parts(
                np.nan_to_num(mismatch, nan=0) >= 1, least_cells=p["least_region_cells"]
            )
            if mask.mean() <= p["largest_share"]
        ]
        if len(masks) > p["most_parts"]:
            # sharpness that differs in many places is the scene's depth, not one part's
            masks = []
        size = size_of(pixels)
        regions = tuple(
            region(
                _grown(mask),
                cell=CELL,
                size=size,
                label=f"edges {float(np.exp(np.median(softer[mask]))):.1f} times as soft",
                strength=float(np.nanmedian(mismatch[mask])) / 3,
            )
            for mask in masks
        )
        return Outcome(
            sentence=_sentence(regions),
            score=separation(mismatch, inside=masks),
            regions=regions,
            details={"usual_edge_spread": round(usual, 3), "noise": round(noise.typical, 3)},
            pictures=(
                heat_map(
                    np.asarray(np.clip(mismatch / 2, 0, 1), dtype=np.float64),
                    size=size,
                    regions=regions,
                    low="sharpness and noise agree",
                    high="soft, and without the noise",
                    unknown="no clear edges",
                    name="sharpness",
                    caption=f"Parts that look enlarged beside the rest. {told(regions)}",
                ),
            ),
        )


def _grown(mask: Mask) -> Mask:
    """As far as the windows reach in which both conditions had to hold together."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((5, 5))) > 0, dtype=np.bool_)


def _spread(plane: Floats) -> float:
    """How much a picture varies by itself (median deviation): a part must exceed it clearly."""
    known = plane[~np.isnan(plane)]
    return 1.4826 * float(np.median(np.abs(known - np.median(known))))


def _matched(plane: Floats, shape: tuple[int, ...]) -> Floats:
    """A map of other cells, at this map's cells; unknown counts as usual."""
    filled = np.nan_to_num(plane, nan=0.0)
    fitted = cv2.resize(filled, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(fitted, dtype=np.float32)


def _sentence(regions: tuple[Region, ...]) -> str:
    if not regions:
        return (
            "Sharpness and noise agree throughout: where edges are soft, the noise is as usual, as "
            "behind a lens out of focus. Parts enlarged only slightly would look the same."
        )
    parts = "is" if len(regions) == 1 else "are"
    return (
        f"{counted(regions)} of the picture {parts} softer than the rest and {parts} missing fine "
        "noise too, as after enlarging. A part fitted in looks like this; so do a telephone's "
        "artificial blur, smoothed skin, and a picture shown within the picture."
    )
