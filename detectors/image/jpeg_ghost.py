"""JPEG ghosts: parts of a picture that lack the earlier compression which the rest shows.

The measure is in :mod:`detectors.image.history`; here it becomes regions, a sentence and a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image.history import CELL, Fit, histories
from detectors.media import JpegLuma


class JpegGhost:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a heat map; abstains on what carries no readable compression history."""
        coded = sample.jpeg_luma()
        p = {name: float(value) for name, value in parameters.items()}
        _refuse_unsuitable(coded, p)
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
    boxes: Sequence[Box] = ()


def _whole(best: Fit, p: Mapping[str, float]) -> History | None:
    """Most of the picture fits one earlier save; the boxes are where it does not."""
    if _share(best, p) < 0.5:
        return None
    return History(fit=best, most=True, boxes=_marked(best, odd=best.fit <= p["no_fit"], p=p))


def _part(fits: Sequence[Fit], p: Mapping[str, float]) -> History | None:
    """Only boxes fit an earlier save.

    It must have been much coarser: at about twice the last steps, even and odd multiples alone
    decide, and their share follows the texture too.
    """
    coarse = [fit for fit in fits if fit.step_ratio >= p["least_ratio_for_a_part"]]
    best = max(coarse, key=lambda fit: fit.evidence, default=None)
    boxes = [] if best is None else _marked(best, odd=best.fit >= p["fits"], p=p)
    return History(fit=best, most=False, boxes=boxes) if best is not None and boxes else None


def _share(fit: Fit, p: Mapping[str, float]) -> float:
    known = ~np.isnan(fit.fit)
    return float((fit.fit[known] >= p["fits"]).mean())


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


def _outcome(
    coded: JpegLuma, *, history: History, informed: float, p: Mapping[str, float]
) -> Outcome:
    fit, boxes = history.fit, history.boxes
    regions = tuple(_region(coded, box, best=fit) for box in boxes)
    details: dict[str, Any] = {
        "last_quality": coded.quality,
        "last_table_is_standard": coded.standard_table,
        "informed_share": round(informed, 4),
        "earlier_quality": None if history.most is None else fit.quality,
        "share_that_fits": round(_share(fit, p), 4),
    }
    return Outcome(
        sentence=_sentence(regions, history=history),
        score=_distance(fit, boxes) if boxes else 0.0,
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
    parts = "One part" if len(regions) == 1 else f"{len(regions)} parts"
    innocent = (
        "A pasted part looks like this; so do a caption, a logo or a local retouch added between "
        "two saves."
    )
    if history.most:
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


def _distance(best: Fit, boxes: Sequence[Box]) -> float:
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


def _picture(coded: JpegLuma, *, history: History, regions: tuple[Region, ...]) -> Picture:
    fit = np.clip(history.fit.fit, 0, 1)
    strength = np.asarray(coded.upright(1 - fit if history.most else fit), dtype=np.float64)
    height, width = _upright_size(coded)
    low, high = "no earlier save seen", f"fits an earlier save (quality {history.fit.quality})"
    if history.most:
        low, high = f"shows the earlier save (quality {history.fit.quality})", "lacks it"
    return heat_map(
        strength,
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
