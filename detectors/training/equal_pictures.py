"""The same treatment for photographs and generated pictures, so that only the making differs.

Pictures of both classes differ in container, size, scale and compression before anybody looks at
them; a network that may see that learns nothing else. So both get crops of one size from native
pixels, the same random shrink with the same kernels, never an enlargement, and the same random JPEG
pass on a grid that starts anywhere. How far a crop was shrunk is kept as its ``bin``, so that
training can draw both classes alike from each.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

SIDE = 128
MARGIN = 8
"""The JPEG pass sees this much more, and the crop starts anywhere in it: the grid is shifted."""

BINS = (1.0, 1.5, 2.2, 3.0)
"""Lower ends of the bins of shrink; the last one is open."""

UNSCALED_SHARE = 0.25
KERNELS = (
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)
SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``shrink`` at most this factor, ``quality`` lowest and highest of JPEG."""

    shrink: float
    quality: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Equal:
    """A crop of SIDE x SIDE x 3, and in which bin of shrink it lies."""

    pixels: Pixels
    bin: int


def equal(patch: Pixels, *, rules: Rules, random: np.random.Generator) -> Equal | None:
    """One equalised crop of a native patch; None for a patch smaller than a crop."""
    need = SIDE + MARGIN
    most = min(rules.shrink, min(patch.shape[:2]) / need)
    if most < 1:
        return None
    shrink = 1.0
    if random.random() >= UNSCALED_SHARE:
        shrink = math.exp(random.uniform(0, math.log(most)))
    take = min(math.floor(need * shrink), *patch.shape[:2])
    top, left = (int(random.integers(size - take + 1)) for size in patch.shape[:2])
    image = Image.fromarray(patch[top : top + take, left : left + take])
    if take != need:
        image = image.resize((need, need), KERNELS[int(random.integers(len(KERNELS)))])
    saved = _saved(image, rules=rules, random=random)
    top, left = (int(value) for value in random.integers(MARGIN + 1, size=2))
    crop = saved[top : top + SIDE, left : left + SIDE]
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    return Equal(pixels=np.ascontiguousarray(crop), bin=bin_of(take / need))


def bin_of(shrink: float) -> int:
    """Which bin a shrink lies in."""
    return max(0, int(np.searchsorted(BINS, shrink, side="right")) - 1)


def _saved(image: Image.Image, *, rules: Rules, random: np.random.Generator) -> Pixels:
    low, high = rules.quality
    out = io.BytesIO()
    image.save(
        out,
        "JPEG",
        quality=int(random.integers(low, high + 1)),
        subsampling=SUBSAMPLINGS[int(random.integers(len(SUBSAMPLINGS)))],
    )
    return np.asarray(Image.open(out).convert("RGB"))
