"""Noise inconsistency: parts with clearly more or less noise than like parts of the same picture.

The measure is in :mod:`detectors.image.noisefield`; here it becomes regions, a sentence, a picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectors.api import Abstain, Outcome, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.noisefield import CELL, NoiseField, measure
from detectors.image.parts import (
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


class Noise:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of unusual noise; abstains where no noise is left to compare."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        field = measure(brightness(pixels))
        if field.typical < p["least_noise"]:
            raise Abstain(
                "Hardly any noise is left in the picture: it was smoothed, strongly compressed, "
                "drawn, or is a screenshot. There is nothing to compare."
            )
        if float((~np.isnan(field.excess)).mean()) < p["least_known_share"]:
            raise Abstain("Most of the picture is black or burnt out, where noise cannot show.")
        limit = _limit(field, p)
        if limit > p["most_limit"]:
            raise Abstain(
                "What passes for noise varies too much all over this picture (fine texture, "
                "smoothing) for one part to stand out."
            )
        masks = [
            mask
            for sign in (1, -1)
            for mask in odd_parts(
                np.nan_to_num(sign * field.excess, nan=-9) > limit,
                least_cells=p["least_region_cells"],
                opening=5,
            )
            if _solid(mask, p)
        ]
        if len(masks) > p["most_parts"]:
            # noise that differs in many places is the picture's own way, not one part's
            masks = []
        regions = tuple(
            region(
                mask,
                cell=CELL,
                size=size_of(pixels),
                label=_label(field, mask),
                strength=abs(float(np.median(field.excess[mask]))) / 2,
            )
            for mask in masks
        )
        size = size_of(pixels)
        return Outcome(
            sentence=_sentence(regions, field),
            score=separation(np.abs(field.excess), inside=masks),
            regions=regions,
            details={"typical_noise": round(field.typical, 4), "limit": round(limit, 4)},
            pictures=(
                heat_map(
                    np.asarray(np.clip(np.abs(field.excess) / (2 * limit), 0, 1), dtype=np.float64),
                    size=size,
                    regions=regions,
                    low="as usual for its brightness",
                    high="far more or far less noise",
                    unknown="black or burnt out",
                    name="noise",
                    caption=f"How unusual each part's noise is. {told(regions)}",
                ),
            ),
        )


def _limit(field: NoiseField, p: Mapping[str, float]) -> float:
    """A picture whose noise varies anyway must vary more before a part is marked."""
    known = field.excess[~np.isnan(field.excess)]
    spread = 1.4826 * float(np.median(np.abs(known)))
    return max(p["least_excess"], p["spreads"] * spread)


def _solid(mask: Mask, p: Mapping[str, float]) -> bool:
    """Pasted parts fill their outline and leave most of the picture; texture runs through it."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = int(rows[-1] - rows[0] + 1) * int(columns[-1] - columns[0] + 1)
    return bool(mask.sum() >= p["least_fill"] * box and mask.mean() <= p["largest_share"])


def _label(field: NoiseField, mask: Mask) -> str:
    factor = float(np.exp(np.median(field.excess[mask])))
    return f"{factor:.1f} times the usual noise"


def _sentence(regions: tuple[Region, ...], field: NoiseField) -> str:
    if not regions:
        return (
            f"The noise (about {field.typical:.1f} grey levels) varies no more than brightness and "
            "texture explain. A part with like noise would look the same."
        )
    carries = "carries" if len(regions) == 1 else "carry"
    return (
        f"{counted(regions)} of the picture {carries} clearly more or less noise than others of "
        "like brightness and texture. A part from another picture, or a smoothed one, looks like "
        "this; so do fine texture, areas out of focus, and a telephone's own local smoothing."
    )
