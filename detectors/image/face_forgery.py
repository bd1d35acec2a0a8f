"""A published network for swapped faces, run on every face of a picture; see the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Region, Sample, Value
from detectors.draw import INK, MARGIN, RULE, WIDTH, Sheet, colours
from detectors.faces import YUNET
from detectors.faces.boxes import Box, finder
from detectors.faces.mesh import cut, square
from detectors.image.parts import refuse_small
from detectors.learned import Gathered, Outputs, TwoHalves

NETWORK = "mesoinception-df"
SIDE = 256
"""Pixels a side of what the network looks at."""

HIGHEST = 15.0
_TINY = 1e-9
HEIGHT = 720
TOP, FOOT = 36, 36


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A face and the network's probability that it is an untouched one."""

    box: Box
    untouched: float

    @property
    def altered(self) -> float:
        """Probability of the contrary."""
        return 1 - self.untouched

    @property
    def logit(self) -> float:
        """Log odds of an altered face, at most ``HIGHEST`` either way: what is near 0 and 1 would
        be told apart no more after rounding."""
        odds = np.log((self.altered + _TINY) / (self.untouched + _TINY))
        return float(np.clip(odds, -HIGHEST, HIGHEST))


class FaceForgery(TwoHalves):
    """See the module."""

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """The faces, cut out; abstains where none is large enough."""
        p = {name: float(value) for name, value in parameters.items()}
        weights = sample.resource(YUNET)
        pixels = sample.pixels()
        refuse_small(pixels, least=p["least_side"])
        boxes = [
            box for box in finder(weights)(pixels)
            if max(box.width, box.height) >= p["least_side"]
        ][: int(p["most_faces"])]  # fmt: skip
        if not boxes:
            raise Abstain(
                f"No face of at least {p['least_side']:.0f} pixels was found in the picture."
            )
        crops = [cut(pixels, square(box, around=p["around"]), size=SIDE) for box in boxes]
        return Gathered(
            stacks={NETWORK: np.stack(crops)},
            kept={
                "boxes": [{name: float(value) for name, value in asdict(box).items()}
                          for box in boxes],
                "size": [int(pixels.shape[1]), int(pixels.shape[0])],
            },
        )  # fmt: skip

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, parameters: Mapping[str, Value], /
    ) -> Outcome:
        """Outcome with a value per face."""
        p = {name: float(value) for name, value in parameters.items()}
        judged = [
            Judged(box=Box(**box), untouched=float(untouched))
            for box, untouched in zip(kept["boxes"], outputs[NETWORK].ravel(), strict=True)
        ]
        width, height = kept["size"]
        worst = max(judged, key=lambda one: one.altered)
        return Outcome(
            sentence=_sentence(judged, worst=worst),
            score=round(worst.logit, 4),
            regions=tuple(_region(one) for one in judged if one.altered >= p["marked_from"]),
            details={"faces": [round(one.altered, 4) for one in judged]},
            pictures=(_picture(judged, width=width, height=height),),
        )


def _sentence(judged: Sequence[Judged], *, worst: Judged) -> str:
    faces = "the only face" if len(judged) == 1 else f"the most suspicious of {len(judged)} faces"
    return (
        f"MesoInception-4 gives {faces} {worst.altered:.2f} on a scale from 0 (as in untouched "
        "training faces) to 1 (as in swapped ones). It knows the swaps of 2018; compression, "
        "make-up and newer methods move the value either way."
    )


def _region(one: Judged) -> Region:
    return Region(
        x=max(0, round(one.box.x)),
        y=max(0, round(one.box.y)),
        width=round(one.box.width),
        height=round(one.box.height),
        label="a face like altered ones",
        strength=round(one.altered, 4),
    )


def _picture(judged: Sequence[Judged], *, width: int, height: int) -> Picture:
    """Where the faces are and what the network says of each; the picture itself is not shown."""
    sheet = Sheet(height=HEIGHT)
    scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - TOP - FOOT) / height)
    left, top = (WIDTH - width * scale) / 2, float(TOP)
    sheet.draw.rectangle((left, top, left + width * scale, top + height * scale), outline=RULE)
    tints = colours(np.array([one.altered for one in judged]))
    for one, tint in zip(judged, tints.tolist(), strict=True):
        x, y = left + one.box.x * scale, top + one.box.y * scale
        corner = (x + one.box.width * scale, y + one.box.height * scale)
        sheet.draw.rectangle((x, y, *corner), fill=tuple(tint), outline=INK)
        middle = ((x + corner[0]) / 2, (y + corner[1]) / 2)
        dark = one.altered > 0.6
        sheet.text(*middle, f"{one.altered:.2f}", colour=(255, 255, 255) if dark else INK,
                   anchor="mm")  # fmt: skip
    return sheet.picture(
        name="faces",
        caption="Where faces were found, and the network's value for each. 0: as in untouched "
        "training faces. 1: as in swapped ones.",
    )
