"""Fakes made of photographs without a network: up-sampling chains and blends.

Generators end in layers that enlarge; each kind leaves its own trace in the finest detail. A chain
shrinks a photograph and enlarges it again by such a layer; a blend puts one picture's making into
a part of another's.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

FACTORS = (2, 4)
ENLARGE = ("nearest", "bilinear", "bicubic", "zeros")


def up_sampled(patch: Pixels, *, random: np.random.Generator) -> Pixels:
    """Shrunk and enlarged again by one of four kinds of layer, then sharpened a little."""
    factor = int(random.choice(FACTORS))
    rows, columns = (size // factor * factor for size in patch.shape[:2])
    whole = patch[:rows, :columns].astype(np.float32)
    size = (columns // factor, rows // factor)
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    kind = str(random.choice(ENLARGE))
    large = _zeros(small, factor=factor, random=random) if kind == "zeros" else cv2.resize(
        small, (columns, rows),
        interpolation={"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR,
                       "bicubic": cv2.INTER_CUBIC}[kind],
    )  # fmt: skip
    if kind == "nearest":
        large = cv2.filter2D(large, -1, _kernel(3, random=random))
    blurred = cv2.GaussianBlur(large, (0, 0), 1.0)
    return rounded(large + float(random.uniform(0, 1.5)) * (large - blurred))


def blended(host: Pixels, guest: Pixels, *, random: np.random.Generator) -> Pixels:
    """``guest`` inside a soft-edged ellipse of a third to two thirds of each side of ``host``."""
    rows, columns = (min(a, b) for a, b in zip(host.shape[:2], guest.shape[:2], strict=True))
    mask = np.zeros((rows, columns), dtype=np.float32)
    centre = (int(random.uniform(0.35, 0.65) * columns), int(random.uniform(0.35, 0.65) * rows))
    axes = (int(random.uniform(0.33, 0.6) * columns), int(random.uniform(0.33, 0.6) * rows))
    cv2.ellipse(mask, centre, axes, float(random.uniform(0, 180)), 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), float(random.uniform(1, 6)))[..., None]
    mixed = guest[:rows, :columns] * soft + host[:rows, :columns] * (1 - soft)
    return rounded(mixed)


def rounded(values: NDArray[np.floating]) -> Pixels:
    """To whole grey levels, 0 to 255."""
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


def _zeros(small: Floats, *, factor: int, random: np.random.Generator) -> Floats:
    """Zeros between the pixels, then a filter: what a transposed convolution does."""
    rows, columns = small.shape[:2]
    spread = np.zeros((rows * factor, columns * factor, 3), dtype=np.float32)
    spread[::factor, ::factor] = small
    kernel = _kernel(2 * factor, random=random)
    # each phase of the grid must add up to about one, or a chessboard remains; a little does
    return np.asarray(cv2.filter2D(spread, -1, kernel * factor**2), dtype=np.float32)


def _kernel(size: int, *, random: np.random.Generator) -> Floats:
    """A smooth kernel that adds up to one, a little uneven as trained ones are."""
    line = np.hanning(size + 2)[1:-1]
    kernel = np.outer(line, line) * (1 + 0.08 * random.standard_normal((size, size)))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
