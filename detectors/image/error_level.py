"""Error-level analysis: what one more JPEG save changes, as a picture only.

Parts that a last save has not yet smoothed change more (Krawetz 2007). Edges, bright colours and
fine texture change more as well, so that the picture helps a trained eye at most. It gives no
score, marks no part, and never weighs in an assessment.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.draw import heat_map
from detectors.image.parts import cell_sums, refuse_small, size_of
from detectors.media import Pixels

CELL = 8
"""Pixels per side of a cell: one block of the save."""


class ErrorLevel:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a picture and no score; abstains on small and flat pictures."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        if float(pixels.std(axis=(0, 1)).max()) < p["least_deviation"]:
            raise Abstain("The picture is flat, so that saving it again changes nothing.")
        change = np.abs(pixels.astype(np.float32) - _saved(pixels, quality=int(p["quality"])))
        cells = cell_sums(change.mean(axis=2), CELL) / np.float32(CELL * CELL)
        top = max(float(np.quantile(cells, 0.995)), 1e-6)
        quality = int(p["quality"])
        return Outcome(
            sentence=(
                f"The picture shows how much one more JPEG save (quality {quality}) changes each "
                "part. Edges, texture and strong colours always change more, so nothing follows "
                "from it by itself; it has no score."
            ),
            details={"median_change": round(float(np.median(cells)), 4), "quality": quality},
            pictures=(
                heat_map(
                    np.asarray(np.clip(cells / top, 0, 1), dtype=np.float64),
                    size=size_of(pixels),
                    regions=(),
                    low="hardly anything",
                    high=f"most ({top:.1f} grey levels)",
                    unknown="not measured",
                    name="error-level",
                    caption="Change of each part by one more save. For a trained eye; no score.",
                ),
            ),
        )


def _saved(pixels: Pixels, *, quality: int) -> Pixels:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    with Image.open(out) as again:
        return np.asarray(again.convert("RGB"), dtype=np.uint8)
