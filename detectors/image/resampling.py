"""Resampling: parts that were enlarged, shrunk or turned, unlike the rest.

The measure is in :mod:`detectors.image.interpolation`; here it becomes regions and a picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectors.api import Abstain, Outcome, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.interpolation import Periods, measure
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


class Resampling:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of periods; abstains on small and flat pictures."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        found = measure(brightness(pixels))
        if found.alive.mean() < p["least_alive_share"]:
            raise Abstain(
                "The picture is too flat, or drawn, for traces of scaling to be measured."
            )
        odd = found.alive & (found.peak >= p["peak"])
        agreed = [
            mask
            for mask in odd_parts(odd, least_cells=p["least_region_cells"])
            if _agreement(found, mask) >= p["least_agreement"]
        ]
        # a part that is most of the picture is no part
        masks = [mask for mask in agreed if mask.sum() <= p["largest_share"] * found.alive.sum()]
        whole = found.whole >= p["whole"] or len(masks) < len(agreed)
        size = size_of(pixels)
        regions = tuple(
            region(
                mask,
                cell=found.hop,
                size=size,
                lead=found.lead,
                label=_label(found, mask),
                strength=float(np.median(found.peak[mask])) / (4 * p["peak"]),
            )
            for mask in masks
        )
        peaks = np.where(found.alive, found.peak, np.nan).astype(np.float32)
        return Outcome(
            sentence=_sentence(regions, whole=whole),
            score=separation(peaks, inside=masks),
            regions=regions,
            details={"peak_of_the_whole": round(found.whole, 3)},
            pictures=(
                heat_map(
                    np.asarray(np.clip((peaks - 1) / (2 * p["peak"]), 0, 1), dtype=np.float64),
                    size=size,
                    regions=regions,
                    low="no period of its own",
                    high="a clear period of its own",
                    unknown="flat, black or burnt out",
                    name="resampling",
                    caption=f"How clearly each part repeats as scaled pixels do. {told(regions)}",
                ),
            ),
        )


def _agreement(found: Periods, mask: Mask) -> float:
    """Share of the part's tiles that have its commonest frequency."""
    return float(np.bincount(found.place[mask]).max() / mask.sum())


def _label(found: Periods, mask: Mask) -> str:
    down, across = found.frequency(int(np.bincount(found.place[mask]).argmax()))
    period = 1 / max(float(np.hypot(down, across)), 1e-6)
    return f"repeats every {period:.1f} pixels"


def _sentence(regions: tuple[Region, ...], *, whole: bool) -> str:
    if regions:
        repeats = "repeats" if len(regions) == 1 else "repeat"
        return (
            f"{counted(regions)} of the picture {repeats} as pixels do that were enlarged, shrunk "
            "or turned, and the rest does not. A part fitted into the picture looks like this; so "
            "do woven, printed or tiled surfaces."
        )
    if whole:
        return (
            "The whole picture repeats as scaled pixels do, and no part stands out. Scaling a "
            "picture for the web or for a message is ordinary."
        )
    return (
        "No part repeats as scaled pixels do. Strong compression, shrinking by half or more, and "
        "added noise remove this trace."
    )
