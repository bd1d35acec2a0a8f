"""JPEG ghosts: parts of a picture that lack the earlier compression which the rest shows.

The measure is in :mod:`detectors.image.history`; here it becomes regions, a sentence and a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.history import CELL, Fit, best_fit
from detectors.media import JpegLuma


class JpegGhost:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a heat map; abstains on what carries no readable compression history."""
        coded = sample.jpeg_luma()
        p = {name: float(value) for name, value in parameters.items()}
        _refuse_unsuitable(coded, p)
        best = best_fit(coded, lowest=int(p["lowest_quality"]))
        informed = 0.0 if best is None else float(np.mean(~np.isnan(best.fit)))
        if best is None or informed < p["least_informed_share"]:
            raise Abstain(
                "The picture has too little fine detail for its compression history to be read.",
                details={"informed_share": round(informed, 4)},
            )
        return _outcome(coded, best=best, p=p, informed=informed)


def _refuse_unsuitable(coded: JpegLuma, p: Mapping[str, float]) -> None:
    rows, columns = coded.luma.shape
    if min(rows, columns) < p["minimum_side"]:
        raise Abstain(
            f"The picture is {columns} x {rows} pixels; below {p['minimum_side']:.0f} on a side "
            "there are too few blocks to compare."
        )
    if coded.quality < p["minimum_quality"]:
        raise Abstain(
            f"The last compression is strong (about quality {coded.quality:.0f}), and covers "
            "whatever came before it."
        )


def _outcome(coded: JpegLuma, *, best: Fit, p: Mapping[str, float], informed: float) -> Outcome:
    known = ~np.isnan(best.fit)
    fits = best.fit >= p["aligned_above"]
    share = float(fits.sum() / known.sum())
    details: dict[str, Any] = {
        "last_quality": coded.quality,
        "last_table_is_standard": coded.standard_table,
        "informed_share": round(informed, 4),
        "history_share": round(share, 4),
    }
    if share < p["least_history_share"] and not _marked(best, odd=fits, p=p):
        return Outcome(
            sentence="No trace of an earlier, coarser JPEG save was found in any part of the "
            "picture. That does not show that it is unedited: parts from files that were never "
            "compressed more strongly leave no trace here.",
            score=0.0,
            details=details,
            pictures=(_picture(coded, best=best, odd_is_low=False, regions=()),),
        )
    details["earlier_quality"] = best.quality
    odd_is_low = share >= 0.5
    odd = best.fit <= p["unaligned_below"] if odd_is_low else fits
    boxes = _marked(best, odd=odd, p=p)
    regions = tuple(_region(coded, box, best=best) for box in boxes)
    return Outcome(
        sentence=_sentence(regions, quality=best.quality, odd_is_low=odd_is_low),
        score=_distance(best, boxes) if boxes else 0.0,
        regions=regions,
        details=details,
        pictures=(_picture(coded, best=best, odd_is_low=odd_is_low, regions=regions),),
    )


def _sentence(regions: tuple[Region, ...], *, quality: int, odd_is_low: bool) -> str:
    if not regions:
        return (
            f"The whole readable picture was saved as a JPEG of about quality {quality} before "
            "its last save, and no part differs. Saving twice is ordinary (sending, uploading, "
            "editing)."
        )
    parts = "One part" if len(regions) == 1 else f"{len(regions)} parts"
    innocent = (
        "A pasted part looks like this; so do a caption, a logo or a local retouch added between "
        "two saves."
    )
    if odd_is_low:
        lacks = "lacks" if len(regions) == 1 else "lack"
        return (
            f"{parts} of the picture {lacks} the earlier JPEG save (about quality {quality}) that "
            f"the rest shows. {innocent}"
        )
    shows = "shows" if len(regions) == 1 else "show"
    return (
        f"{parts} of the picture {shows} an earlier JPEG save (about quality {quality}) that the "
        f"rest lacks. {innocent}"
    )


Box = tuple[int, int, int, int, NDArray[np.bool_]]
"""Column, row, columns, rows in cells, and the mask of the part over the whole map."""


def _marked(best: Fit, *, odd: NDArray[np.bool_], p: Mapping[str, float]) -> list[Box]:
    """Connected odd parts that are large enough and stand out clearly, the largest first."""
    known = ~np.isnan(best.fit)
    opened = cv2.morphologyEx(
        (odd & known).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), dtype=np.uint8)
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    rest = known & (opened == 0)
    boxes: list[Box] = []
    if not rest.any():
        return boxes
    usual = float(np.median(best.fit[rest]))
    for label in range(1, count):
        column, row, columns, rows, area = (int(value) for value in stats[label])
        mask = labels == label
        contrast = abs(float(np.median(best.fit[mask])) - usual)
        if area >= p["least_region_cells"] and contrast >= p["least_contrast"]:
            boxes.append((column, row, columns, rows, mask))
    return sorted(boxes, key=lambda box: (-int(box[4].sum()), box[1], box[0]))[:8]


def _distance(best: Fit, boxes: list[Box]) -> float:
    """Two-sample Kolmogorov-Smirnov distance of the fit inside and outside the marked parts."""
    inside = np.any([box[4] for box in boxes], axis=0)
    known = ~np.isnan(best.fit)
    one, other = np.sort(best.fit[inside & known]), np.sort(best.fit[~inside & known])
    both = np.concatenate([one, other])
    steps_one = np.searchsorted(one, both, side="right") / one.size
    steps_other = np.searchsorted(other, both, side="right") / other.size
    return round(float(np.abs(steps_one - steps_other).max()), 6)


def _region(coded: JpegLuma, box: Box, *, best: Fit) -> Region:
    """The part's bounding box, turned upright, in pixels."""
    mask = coded.upright(box[4])
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    usual = float(np.nanmedian(best.fit[~box[4]]))
    height, width = _upright_size(coded)
    # a coded picture that is turned may begin with its last, incomplete cell
    lead_x, lead_y = _lead(coded, mask.shape)
    x, y = int(columns[0]) * CELL + lead_x, int(rows[0]) * CELL + lead_y
    return Region(
        x=x,
        y=y,
        width=min(int(columns[-1] - columns[0] + 1) * CELL, width - x),
        height=min(int(rows[-1] - rows[0] + 1) * CELL, height - y),
        label="different compression history",
        strength=round(min(1.0, abs(float(np.median(best.fit[box[4]])) - usual)), 4),
    )


def _upright_size(coded: JpegLuma) -> tuple[int, int]:
    rows, columns = coded.luma.shape
    return (columns, rows) if coded.orientation >= 5 else (rows, columns)


def _lead(coded: JpegLuma, cells: tuple[int, ...]) -> tuple[int, int]:
    height, width = _upright_size(coded)
    from_right = coded.orientation in (2, 3, 6, 7)
    from_below = coded.orientation in (3, 4, 7, 8)
    lead_x = width - cells[1] * CELL if from_right else 0
    lead_y = height - cells[0] * CELL if from_below else 0
    return max(0, lead_x), max(0, lead_y)


def _picture(
    coded: JpegLuma, *, best: Fit, odd_is_low: bool, regions: tuple[Region, ...]
) -> Picture:
    fit = np.clip(best.fit, 0, 1)
    strength = coded.upright(1 - fit if odd_is_low else fit)
    height, width = _upright_size(coded)
    low, high = ("shows the earlier save", "lacks it")
    if not odd_is_low:
        low, high = "no earlier save seen", f"fits an earlier save (quality {best.quality})"
    return heat_map(
        strength.astype(np.float32),
        size=(width, height),
        regions=regions,
        heading="Compression history, part by part",
        low=low,
        high=high,
        unknown="too little detail to tell",
        name="compression-history",
        caption="Each part of the picture by how it fits an earlier JPEG save. "
        + (f"{len(regions)} marked." if regions else "Nothing is marked."),
    )
