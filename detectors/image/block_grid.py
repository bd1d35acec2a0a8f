"""Blocking-grid shift: parts whose JPEG blocks begin elsewhere than those of the rest.

The measure is in :mod:`detectors.image.gridphase`; here it becomes regions, a sentence, a picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import heat_map
from detectors.image import gridphase
from detectors.image.gridphase import PERIOD
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


class BlockGrid:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with a map of foreign grids; abstains on flat pictures."""
        pixels = sample.pixels()
        p = {name: float(value) for name, value in parameters.items()}
        refuse_small(pixels, least=p["minimum_side"])
        grids = gridphase.measure(brightness(pixels), least_spread=p["least_spread"])
        if grids.informed.mean() < p["least_informed_share"]:
            raise Abstain("The picture is too flat for traces of JPEG blocks to be measured.")
        strength = np.where(grids.informed, grids.foreign, np.nan).astype(np.float32)
        odd = grids.informed & (grids.foreign >= p["foreign"])
        masks = _of_one_grid(odd_parts(odd, least_cells=p["least_region_cells"]), grids.phase, p)
        regions = tuple(
            region(
                mask,
                cell=PERIOD,
                size=size_of(pixels),
                label=_shift(grids.phase, mask),
                strength=float(np.median(strength[mask])) / (3 * p["foreign"]),
            )
            for mask in masks
        )
        return Outcome(
            sentence=_sentence(regions, grid=grids.clarity >= p["clear"]),
            score=separation(strength, inside=masks),
            regions=regions,
            details={"own_grid": list(grids.own), "clarity": grids.clarity},
            pictures=(
                _picture(strength / (2 * p["foreign"]), size=size_of(pixels), regions=regions),
            ),
        )


def _of_one_grid(
    masks: list[Mask], shifts: NDArray[np.int64], p: Mapping[str, float]
) -> list[Mask]:
    """The parts whose cells agree on where their blocks begin; patterns of texture do not."""
    return [
        mask
        for mask in masks
        if np.bincount(shifts[mask]).max() >= p["least_agreement"] * mask.sum()
    ]


def _shift(shifts: NDArray[np.int64], mask: Mask) -> str:
    column, row = divmod(int(np.bincount(shifts[mask]).argmax()), PERIOD)
    return f"blocks begin at column {column}, row {row} of 8"


def _sentence(regions: tuple[Region, ...], *, grid: bool) -> str:
    if regions:
        carries = "carries" if len(regions) == 1 else "carry"
        return (
            f"{counted(regions)} of the picture {carries} traces of JPEG blocks at another place "
            "than the rest. A part pasted from a JPEG looks like this; so does a photograph within "
            "a collage, or a fine regular pattern such as fabric or a screen."
        )
    if grid:
        return (
            "The traces of JPEG blocks lie on one grid throughout. A part pasted on the same "
            "columns or rows (about one chance in four), or one that was never a JPEG, looks "
            "the same."
        )
    return (
        "No clear traces of JPEG blocks were found in any part, as in a picture that was hardly "
        "compressed. That does not show that it is unedited."
    )


def _picture(strength: Floats, *, size: tuple[int, int], regions: tuple[Region, ...]) -> Picture:
    return heat_map(
        np.asarray(np.clip(strength, 0, 1), dtype=np.float64),
        size=size,
        regions=regions,
        low="none beyond chance",
        high="clear traces of a shifted grid",
        unknown="too flat to tell",
        name="block-grid",
        caption=f"How clearly each part shows JPEG blocks on another grid. {told(regions)}",
    )
