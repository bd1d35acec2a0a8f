"""The coded luma plane of a JPEG and what its quantisation table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain
from detectors.media import JpegLuma
from foundation.media import MediaLimits, still
from foundation.media.probe import container_of

STANDARD_LUMA = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=np.int64,
)
"""Table K.1 of ITU-T T.81, which most encoders scale by a quality from 1 to 100."""

ORIENTATION = 0x0112


def table_for(quality: int) -> NDArray[np.int64]:
    """The luma table (8x8 steps) of the Independent JPEG Group's encoder, quality 1-100."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((STANDARD_LUMA * scale + 50) // 100, 1, 255)


def quality_of(table: NDArray[np.int64]) -> tuple[int, bool]:
    """The nearest standard quality of a luma table, and whether it is exactly that table."""
    distances = [float(np.abs(table_for(quality) - table).mean()) for quality in range(1, 101)]
    best = int(np.argmin(distances))
    return best + 1, distances[best] == 0


def read_luma(path: Path) -> JpegLuma:
    """Decode only the luma plane, without colour conversion or rotation.

    Raises :class:`Abstain` when the file is no JPEG with a separate luma plane.
    """
    container = container_of(path)
    if container.pillow != "JPEG":
        raise Abstain("The file is not a JPEG, so it carries no JPEG compression of its own.")
    with still.opened(path, container, limits=MediaLimits()) as image:
        tables = getattr(image, "quantization", None)
        if (
            image.mode not in ("RGB", "L")
            or image.info.get("adobe_transform", 1) == 0
            or not tables
        ):
            raise Abstain("This JPEG does not keep brightness apart from colour.")
        orientation = int(image.getexif().get(ORIENTATION, 1) or 1)
        # Pillow hands tables over row by row
        table = np.asarray(tables[min(tables)], dtype=np.int64).reshape(8, 8)
        if image.mode == "RGB":
            image.draft("L", image.size)
        luma = np.array(image.convert("L"), dtype=np.uint8)
    quality, standard = quality_of(table)
    luma.flags.writeable = False
    return JpegLuma(
        luma=luma,
        table=table,
        quality=quality,
        standard_table=standard,
        orientation=orientation if 1 <= orientation <= 8 else 1,
    )
