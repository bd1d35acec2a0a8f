"""A picture without the plain border around it: frame, letterbox, margin of a screenshot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from foundation.media.pictures import Pixels

LEAST_SHARE = 0.01
"""Share of the shorter side that is a border; what is narrower hardly moves a hash."""
LEAST_LEFT = 0.35
"""Share of each side that must be left; of a picture that is nearly all plain nothing is cut."""
_PLAIN = 32
_MOST_OTHER = 0.05
_BLOCK = 8


def without_border(pixels: Pixels) -> Pixels | None:
    """What lies within a plain border of any colour, or None where there is none worth cutting.

    ``pixels``: height x width x 3, or height x width, 0..255. A row or column belongs to the
    border while at most 5 % of its pixels differ from the colour of its edge by more than 32
    levels: compression leaves traces along the picture.
    """
    colours = pixels.reshape(*pixels.shape[:2], -1)
    height, width = colours.shape[:2]
    if min(height, width) < 2:
        return None
    top, bottom = _depth(colours), _depth(colours[::-1])
    across = colours[top : height - bottom].swapaxes(0, 1) if top + bottom < height else colours[:0]
    left, right = _depth(across), _depth(across[::-1])
    rows, columns = height - top - bottom, width - left - right
    if rows < LEAST_LEFT * height or columns < LEAST_LEFT * width:
        return None
    if max(top, bottom, left, right) < LEAST_SHARE * min(height, width):
        return None
    return np.ascontiguousarray(pixels[top : height - bottom, left : width - right])


def _depth(lines: npt.NDArray[np.uint8]) -> int:
    """How many lines, from the first on, belong to the border."""
    plain = _plain(lines)
    if not 0 < plain < len(lines):
        return plain
    # in the block where the border ends, compression smears the picture into it
    near = lines[plain - 1 : plain + _BLOCK].astype(np.int16)
    steps = np.abs(np.diff(near, axis=0)).mean(axis=(1, 2))
    return plain + int(np.argmax(steps))


def _plain(lines: npt.NDArray[np.uint8]) -> int:
    """How many lines, from the first on, are all of the first one's usual colour."""
    if not lines.size:
        return 0
    colour = np.median(lines[0], axis=0).astype(np.int16)
    for depth, line in enumerate(lines):
        other = np.abs(line.astype(np.int16) - colour).max(axis=-1) > _PLAIN
        if other.mean() > _MOST_OTHER:
            return depth
    return len(lines)
