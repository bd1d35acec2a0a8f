"""Copy-move: a part of the picture that occurs a second time in it.

The search is in :mod:`detectors.image.twins`; here it becomes regions, a sentence and a picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.draw import heat_map
from detectors.image import twins
from detectors.image.parts import Floats, brightness, refuse_small, region, size_of
from detectors.image.twins import Twin


class CopyMove:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with both places of every copy; abstains where key points are too few."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        luma, scale = _worked_on(brightness(pixels), most=p["most_pixels"])
        found = twins.points(luma)
        if len(found.places) < p["least_points"]:
            raise Abstain(
                "The picture has too few distinct details to look for a part that occurs twice."
            )
        pairs = twins.matches(found, apart=p["apart"], ratio=p["ratio"])
        copies = [
            one
            for one in twins.twins(
                luma, found, pairs, least=int(p["least_matches"]), alike=p["alike"]
            )
            if one.first.sum() >= p["least_area"] and one.alike >= p["alike"] and _apart(one)
        ]
        regions = tuple(
            region(
                mask, cell=1 / scale, size=size_of(pixels), label=f"copy {number}, {place} place",
                strength=one.alike,
            )
            for number, one in enumerate(copies[:4], start=1)
            for mask, place in ((one.first, "one"), (one.second, "other"))
            if mask.any()
        )  # fmt: skip
        strength = np.zeros(luma.shape, dtype=np.float32)
        for one in copies:
            strength[one.first | one.second] = one.alike
        return Outcome(
            sentence=_sentence(copies),
            score=round(max((min(1.0, one.alike) for one in copies), default=0.0), 6),
            regions=regions,
            details={
                "key_points": len(found.places),
                "matches": len(pairs),
                "copies": [
                    {
                        "matches": one.matches, "correlation": round(one.alike, 4),
                        "scale": round(one.scale, 4), "turned_degrees": round(one.turn, 2),
                    }
                    for one in copies
                ],
            },
            pictures=(
                heat_map(
                    np.asarray(strength, dtype=np.float64),
                    size=size_of(pixels),
                    regions=regions,
                    low="occurs once",
                    high="the same detail elsewhere",
                    unknown="cannot be told",
                    name="copy-move",
                    caption=f"Both places of every copied part. {len(copies)} copied.",
                ),
            ),
        )  # fmt: skip


def _worked_on(luma: Floats, *, most: float) -> tuple[Floats, float]:
    """The plane, made smaller when it has more than ``most`` pixels, and by how much."""
    scale = min(1.0, float(np.sqrt(most / luma.size)))
    if scale == 1.0:
        return luma, scale
    smaller = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, dtype=np.float32), scale


def _apart(one: Twin) -> bool:
    """A part that is shifted onto itself is a repeating surface."""
    both = int((one.first & one.second).sum())
    return both <= 0.2 * int(one.first.sum())


def _sentence(copies: list[Twin]) -> str:
    if not copies:
        return (
            "No part with enough detail occurs twice. Smooth parts (sky, walls) are not compared."
        )
    parts = (
        "One part of the picture occurs"
        if len(copies) == 1
        else (f"{len(copies)} parts of the picture occur")
    )
    return (
        f"{parts} twice, down to fine detail. Copying within a picture looks like this, to hide or "
        "to multiply something; so do printed or drawn patterns, tiles, and a collage that shows "
        "one photograph twice."
    )
