"""One still picture as pixels, and how a JPEG was compressed. Child only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps, JpegImagePlugin

from foundation.media import colour, still
from foundation.media.errors import UnreadableMedia
from foundation.media.kinds import MediaLimits
from foundation.media.probe import container_of
from foundation.media.sniff import Container

Pixels = npt.NDArray[np.uint8]

LIMITS = MediaLimits()
_SAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}
_FLAT = (255, 255, 255)
# modes that a profile never describes as they are
_INDEXED = ("1", "P", "PA", "YCbCr", "HSV", "LAB")
_BAND = 256


def image_rgb(path: Path, *, max_side: int | None = None) -> Pixels:
    """The picture (first frame of an animation), laid on white where it is see-through.

    ``max_side`` makes it smaller, never larger. What a cut-off file lacks is left plain.
    """
    container = container_of(path)
    if container.pillow is None:
        raise UnreadableMedia(f"This is {container.title}; it holds no picture that can be read.")
    with still.opened(path, container, limits=LIMITS) as image:
        return as_array(_loaded(image, container), max_side)


def _loaded(image: Image.Image, container: Container) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image.load()
        return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception as error:
        raise still.unreadable(container) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def as_array(image: Image.Image, max_side: int | None) -> Pixels:
    flat = flattened(image)
    if max_side is not None and max(flat.size) > max_side:
        flat.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return np.array(flat, dtype=np.uint8)


def flattened(image: Image.Image) -> Image.Image:
    """Any mode as sRGB: colour profiles applied, deep greys scaled to 8 bits, transparency laid on
    white."""
    if image.mode.startswith(("I", "F")):
        return _from_deep(image)
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        shown = colour.to_srgb(layered.convert("RGB"), image.info.get("icc_profile"))
        ground = Image.new("RGB", layered.size, _FLAT)
        ground.paste(shown, mask=layered.getchannel("A"))
        return ground
    flat = image.convert("RGB") if image.mode in _INDEXED else image
    return colour.to_srgb(flat, image.info.get("icc_profile"))


def _from_deep(image: Image.Image) -> Image.Image:
    """Deep greys to 8 bits, band by band: a float copy of a large picture would not fit."""
    grey = np.asarray(image)
    most = float(grey.max(initial=0))
    if image.mode == "F" and most <= 1:
        scale = 255.0
    else:
        scale = 255.0 / 65535.0 if image.mode.startswith("I;16") or most > 255 else 1.0
    out = np.empty(grey.shape, dtype=np.uint8)
    for top in range(0, grey.shape[0], _BAND):
        band = grey[top : top + _BAND].astype(np.float32) * scale
        out[top : top + _BAND] = np.clip(np.nan_to_num(band), 0, 255)
    return Image.fromarray(out).convert("RGB")


@dataclass(frozen=True, kw_only=True)
class JpegTables:
    """How a JPEG was compressed: table number to 64 steps (row by row, top left first), chroma
    subsampling (``4:2:0`` …, ``other``), whether progressive, and the quality (1..100) of the
    libjpeg table nearest to the luminance table."""

    quantisation: dict[int, tuple[int, ...]]
    subsampling: str
    progressive: bool
    quality: int


def jpeg_tables(path: Path) -> JpegTables | None:
    """The tables of a JPEG file, None for any other kind."""
    container = container_of(path)
    if container.pillow != "JPEG":
        return None
    with still.opened(path, container, limits=LIMITS) as image:
        if not isinstance(image, JpegImagePlugin.JpegImageFile) or not image.quantization:
            return None
        tables = {number: tuple(table) for number, table in image.quantization.items()}
        return JpegTables(
            quantisation=tables,
            subsampling=_SAMPLINGS.get(JpegImagePlugin.get_sampling(image), "other"),
            progressive=bool(image.info.get("progressive", 0)),
            quality=_nearest_quality(np.array(tables[min(tables)], dtype=np.float64)),
        )


# ITU-T T.81 table K.1, row by row
_LUMINANCE = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ],
    dtype=np.float64,
)  # fmt: skip


def _nearest_quality(table: npt.NDArray[np.float64]) -> int:
    best, least = 0, float("inf")
    for quality in range(1, 101):
        scale = 5000 // quality if quality < 50 else 200 - 2 * quality
        expected = np.clip((_LUMINANCE * scale + 50) // 100, 1, 255)
        distance = float(np.abs(expected - table).sum())
        if distance < least:
            best, least = quality, distance
    return best
