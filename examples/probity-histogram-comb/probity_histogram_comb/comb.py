"""Brightness levels that a picture skips: the comb that stretched contrast leaves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Sample, Value
from detectors.draw import LINE, MARGIN, MARK, QUIET, WIDTH, Sheet

TOP, BOTTOM = 40, 360


class HistogramComb:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a histogram; abstains on small pictures and on those of few levels."""
        green = sample.pixels()[..., 1]
        if green.size < float(parameters["least_pixels"]):
            raise Abstain("The picture is too small for its brightness levels to be counted.")
        counts = np.bincount(green.ravel(), minlength=256)
        low, high = (int(level) for level in np.percentile(green, (1, 99)))
        if high - low + 1 < float(parameters["least_levels"]):
            raise Abstain("The picture has too few brightness levels for a gap to mean anything.")
        skipped = counts[low : high + 1] == 0
        share = float(skipped.mean())
        return Outcome(
            sentence=_sentence(int(skipped.sum()), share, float(parameters["noticeable_share"])),
            score=share,
            details={"lowest": low, "highest": high, "skipped": int(skipped.sum())},
            pictures=(_picture(counts, low=low, high=high),),
        )


def _sentence(skipped: int, share: float, noticeable: float) -> str:
    if share < noticeable:
        return (
            "The brightness levels follow one another without a comb of gaps. A change that was "
            "followed by a JPEG save would not show here."
        )
    return (
        f"The picture skips {skipped} brightness levels ({share:.0%} of the range in use). "
        "Stretched contrast leaves this, whether in an editor, a scanner or the camera itself."
    )


def _picture(counts: NDArray[np.int64], *, low: int, high: int) -> Picture:
    sheet = Sheet(height=BOTTOM + 50)
    step = (WIDTH - 2 * MARGIN) / 256
    tallest = max(1, int(counts.max()))
    for level, count in enumerate(counts):
        x = MARGIN + level * step
        if count:
            y = BOTTOM - (BOTTOM - TOP) * float(count) / tallest
            sheet.draw.rectangle((x, y, x + step - 1, BOTTOM), fill=LINE)
        elif low <= level <= high:
            sheet.draw.rectangle((x, BOTTOM - 8, x + step - 1, BOTTOM), fill=MARK)
    sheet.draw.line((MARGIN, BOTTOM, WIDTH - MARGIN, BOTTOM), fill=QUIET)
    sheet.text(MARGIN, BOTTOM + 10, "0", size=18, colour=QUIET)
    sheet.text(WIDTH - MARGIN, BOTTOM + 10, "255", size=18, colour=QUIET, anchor="ra")
    return sheet.picture(
        name="histogram",
        caption="How many pixels have each brightness, 0 (dark) to 255; skipped levels in red.",
    )
