"""From cells of the coded JPEG, before rotation, to pixels of the picture as a person sees it."""

from __future__ import annotations

import numpy as np

from detectors.api import Abstain, Region
from detectors.image.parts import Mask
from detectors.media import JpegLuma


def size_of(coded: JpegLuma) -> tuple[int, int]:
    """Width and height of the upright picture."""
    rows, columns = coded.luma.shape
    return (rows, columns) if coded.orientation >= 5 else (columns, rows)


def refuse_strong(coded: JpegLuma, *, least: float) -> None:
    """Abstain when the last save was below the quality ``least``."""
    if coded.quality < least:
        raise Abstain(
            f"The last compression is strong (about quality {coded.quality:.0f}), and covers "
            "whatever came before it."
        )


def upright_region(
    coded: JpegLuma, mask: Mask, *, cell: int, label: str, strength: float
) -> Region:
    """The bounding box of a part (a mask over all cells), turned upright, in pixels."""
    turned = coded.upright(mask)
    rows, columns = np.flatnonzero(turned.any(axis=1)), np.flatnonzero(turned.any(axis=0))
    width, height = size_of(coded)
    # a coded picture that is turned may begin with its last, incomplete cell
    from_right = coded.orientation in (2, 3, 6, 7)
    from_below = coded.orientation in (3, 4, 7, 8)
    lead_x = max(0, width - turned.shape[1] * cell) if from_right else 0
    lead_y = max(0, height - turned.shape[0] * cell) if from_below else 0
    x, y = int(columns[0]) * cell + lead_x, int(rows[0]) * cell + lead_y
    return Region(
        x=x,
        y=y,
        width=min(int(columns[-1] - columns[0] + 1) * cell, width - x),
        height=min(int(rows[-1] - rows[0] + 1) * cell, height - y),
        label=label,
        strength=round(min(1.0, strength), 4),
    )
