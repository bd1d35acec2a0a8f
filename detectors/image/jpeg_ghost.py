"""JPEG ghosts: parts of a picture that lack the earlier compression which the rest shows.

The measure is in :mod:`detectors.image.history`; here it becomes regions, a sentence and a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.history import CELL, Fit, histories
from detectors.image.parts import Mask, counted, odd_parts, refuse_small, separation
from detectors.image.upright import refuse_strong, size_of, upright_region
from detectors.media import JpegLuma


class JpegGhost:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a heat map; abstains on what carries no readable compression history."""
        coded = sample.jpeg_luma()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(coded.luma, least=p["minimum_side"])
        refuse_strong(coded, least=p["minimum_quality"])
        fits = histories(coded, lowest=int(p["lowest_quality"]))
        best = max(fits, key=lambda fit: fit.evidence, default=None)
        informed = 0.0 if best is None else float(np.mean(~np.isnan(best.fit)))
        if best is None or informed < p["least_informed_share"]:
            raise Abstain(
                "The picture has too little fine detail for its compression history to be read.",
                details={"informed_share": round(informed, 4)},
            )
        history = _whole(best, p) or _part(fits, p) or History(fit=best)
        return _outcome(coded, history=history, informed=informed, p=p)


@dataclass(frozen=True, kw_only=True)
class History:
    """What the picture shows: an earlier save of most of it, of a part only, or none (None)."""

    fit: Fit
    most: bool | None = None
    parts: Sequence[Mask] = ()


def _whole(best: Fit, p: Mapping[str, float]) -> History | None:
    """Most of the picture fits one earlier save; the parts are where it does not."""
    if _share(best, p) < 0.5:
        return None
    return History(fit=best, most=True, parts=_marked(best, odd=best.fit <= p["no_fit"], p=p))


def _part(fits: Sequence[Fit], p: Mapping[str, float]) -> History | None:
    """Only parts fit an earlier save.

    It must have been much coarser: at about twice the last steps, even and odd multiples alone
    decide, and their share follows the texture too.
    """
    coarse = [fit for fit in fits if fit.step_ratio >= p["least_ratio_for_a_part"]]
    best = max(coarse, key=lambda fit: fit.evidence, default=None)
    parts = [] if best is None else _marked(best, odd=best.fit >= p["fits"], p=p)
    return History(fit=best, most=False, parts=parts) if best is not None and parts else None


def _share(fit: Fit, p: Mapping[str, float]) -> float:
    known = ~np.isnan(fit.fit)
    return float((fit.fit[known] >= p["fits"]).mean())


def _outcome(
    coded: JpegLuma, *, history: History, informed: float, p: Mapping[str, float]
) -> Outcome:
    fit, parts = history.fit, history.parts
    regions = tuple(_region(coded, mask, best=fit) for mask in parts)
    details: dict[str, Any] = {
        "last_quality": coded.quality,
        "last_table_is_standard": coded.standard_table,
        "informed_share": round(informed, 4),
        "earlier_quality": None if history.most is None else fit.quality,
        "share_that_fits": round(_share(fit, p), 4),
    }
    return Outcome(
        sentence=_sentence(regions, history=history),
        score=separation(fit.fit, inside=parts),
        regions=regions,
        details=details,
        pictures=(_picture(coded, history=history, regions=regions),),
    )


def _sentence(regions: tuple[Region, ...], *, history: History) -> str:
    quality = history.fit.quality
    if history.most is None:
        return (
            "No trace of an earlier, coarser JPEG save was found in any part of the picture. That "
            "does not show that it is unedited: parts that were never compressed more strongly "
            "leave no trace here."
        )
    if not regions:
        return (
            f"The picture was saved as a JPEG of about quality {quality} before its last save, and "
            "no part stands out. Saving twice is ordinary (sending, uploading, editing)."
        )
    innocent = (
        "A pasted part looks like this; so do a caption, a logo or a local retouch added between "
        "two saves."
    )
    if history.most:
        lacks = "lacks" if len(regions) == 1 else "lack"
        return (
            f"{counted(regions)} of the picture {lacks} the earlier JPEG save (about "
            f"quality {quality}) that the rest shows. {innocent}"
        )
    shows = "shows" if len(regions) == 1 else "show"
    return (
        f"{counted(regions)} of the picture {shows} an earlier JPEG save (about "
        f"quality {quality}) that the rest lacks. {innocent}"
    )


def _marked(best: Fit, *, odd: Mask, p: Mapping[str, float]) -> list[Mask]:
    """Connected odd parts that are large enough and stand out clearly, the largest first."""
    known = ~np.isnan(best.fit)
    found = odd_parts(odd & known, least_cells=p["least_region_cells"])
    rest = known & ~np.any(found, axis=0) if found else known
    if not found or not rest.any():
        return []
    usual = float(np.median(best.fit[rest]))
    return [
        mask
        for mask in found
        if abs(float(np.median(best.fit[mask])) - usual) >= p["least_contrast"]
    ]


def _region(coded: JpegLuma, mask: Mask, *, best: Fit) -> Region:
    usual = float(np.nanmedian(best.fit[~mask]))
    return upright_region(
        coded,
        mask,
        cell=CELL,
        label="different compression history",
        strength=abs(float(np.median(best.fit[mask])) - usual),
    )


def _picture(coded: JpegLuma, *, history: History, regions: tuple[Region, ...]) -> Picture:
    fit = np.clip(history.fit.fit, 0, 1)
    strength = np.asarray(coded.upright(1 - fit if history.most else fit), dtype=np.float64)
    low, high = "no earlier save seen", f"fits an earlier save (quality {history.fit.quality})"
    if history.most:
        low, high = f"shows the earlier save (quality {history.fit.quality})", "lacks it"
    return heat_map(
        strength,
        size=size_of(coded),
        regions=regions,
        low=low,
        high=high,
        unknown="too little detail to tell",
        name="compression-history",
        caption="Each part of the picture by how it fits an earlier JPEG save. "
        + (f"{len(regions)} marked." if regions else "Nothing is marked."),
    )
