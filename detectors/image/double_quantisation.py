"""Double quantisation: parts of a JPEG whose coefficients were rounded once, among others twice.

The measure is in :mod:`detectors.image.requantised`; here it becomes regions, a sentence and a
picture. Unlike JPEG ghosts it needs no knowledge of the earlier table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.parts import Floats, Mask, counted, odd_parts, refuse_small, separation, told
from detectors.image.requantised import CELL, Requantised, measure
from detectors.image.upright import refuse_strong, size_of, upright_region
from detectors.media import JpegLuma


class DoubleQuantisation:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of log-likelihood ratios; abstains where nothing can be read."""
        coded = sample.jpeg_luma()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(coded.luma, least=p["minimum_side"])
        refuse_strong(coded, least=p["minimum_quality"])
        found = measure(coded, least_gain=p["least_gain"], least_values=p["least_values"])
        if found.informed < p["least_known_share"]:
            raise Abstain("The picture has too little fine detail for its coefficients to be read.")
        known = ~np.isnan(found.ratio)
        if len(found.frequencies) < p["least_frequencies"] or not known.any():
            return _outcome(coded, found=found, masks=[], most=None)
        twice, once = found.ratio >= p["clear_ratio"], found.ratio <= -p["clear_ratio"]
        most = bool(twice[known].mean() >= 0.5)
        masks = odd_parts(once if most else twice, least_cells=p["least_region_cells"])
        if not _clear(found, twice=twice, once=once, masks=masks, most=most, p=p):
            masks = []
        if not masks and not most:
            return _outcome(coded, found=found, masks=[], most=None)
        return _outcome(coded, found=found, masks=masks, most=most)


def _clear(
    found: Requantised,
    *,
    twice: Mask,
    once: Mask,
    masks: list[Mask],
    most: bool,
    p: Mapping[str, float],
) -> bool:
    """Whether the marked parts are compact, and as large as the histograms say that they are.

    A model that fits badly gives scattered parts, which follow the texture, or parts whose size
    contradicts the mixture.
    """
    known = ~np.isnan(found.ratio)
    usual, odd = (twice, once) if most else (once, twice)
    if not masks or usual[known].mean() < p["least_usual_share"]:
        return False
    gathered = np.any(masks[:3], axis=0).sum() / max(int(odd.sum()), 1)
    said = float(np.median([one.share for one in found.frequencies]))
    return bool(
        gathered >= p["least_gathered_share"]
        and abs(float(twice[known].mean()) - said) <= p["most_disagreement"]
    )


def _outcome(
    coded: JpegLuma, *, found: Requantised, masks: list[Mask], most: bool | None
) -> Outcome:
    regions = tuple(
        upright_region(
            coded,
            mask,
            cell=CELL,
            label="quantised once" if most else "quantised twice",
            strength=min(1.0, abs(float(np.median(found.ratio[mask]))) / 40),
        )
        for mask in masks
    )
    details: dict[str, Any] = {
        "frequencies": [
            {
                "place": list(one.place), "first_step": one.first, "last_step": one.last,
                "share": round(one.share, 4), "gain": round(one.gain, 4),
            }
            for one in found.frequencies
        ],
        "last_quality": coded.quality,
    }  # fmt: skip
    return Outcome(
        sentence=_sentence(regions, most=most),
        score=separation(found.ratio, inside=masks),
        regions=regions,
        details=details,
        pictures=(_picture(coded, ratio=found.ratio, regions=regions, most=most),),
    )


def _sentence(regions: tuple[Region, ...], *, most: bool | None) -> str:
    if most is None:
        return (
            "The coefficients look quantised once, as in a picture saved as a JPEG a single time. "
            "An earlier save at the same or a higher quality leaves no trace here."
        )
    if not regions:
        return (
            "The coefficients were quantised twice all over: the picture was saved as a JPEG "
            "before. Saving twice is ordinary (sending, uploading, editing)."
        )
    odd = "only once, the rest twice" if most else "twice, the rest only once"
    were = "was" if len(regions) == 1 else "were"
    return (
        f"{counted(regions)} of the picture {were} quantised {odd}. A pasted part looks like this; "
        "so do a caption, a logo or a local retouch added between two saves."
    )


def _picture(
    coded: JpegLuma, *, ratio: Floats, regions: tuple[Region, ...], most: bool | None
) -> Picture:
    scaled = np.clip(ratio / 80 + 0.5, 0, 1)
    strength = np.asarray(coded.upright(1 - scaled if most else scaled), dtype=np.float64)
    low, high = ("twice", "once") if most else ("once", "twice")
    return heat_map(
        strength,
        size=size_of(coded),
        regions=regions,
        low=f"quantised {low}",
        high=f"quantised {high}",
        unknown="too little detail to tell",
        name="double-quantisation",
        caption=f"Whether each part's JPEG coefficients were rounded once or twice. "
        f"{told(regions)}",
    )
