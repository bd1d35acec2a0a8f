"""Writing marked media down in the form that the name asks for. Child only.

Metadata that belong to the picture stay (EXIF, XMP, resolution, and a colour profile that says what
the numbers mean anyway; pictures with another one come out in sRGB, as they were read). Content
Credentials do not stay: they would no longer hold. Sign after marking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from foundation.media import colour, still
from foundation.media.decode import Pixels, Samples
from foundation.media.kinds import MediaLimits
from foundation.media.probe import container_of
from provenance.watermark.errors import WatermarkRefused

PICTURES = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".tif": "TIFF",
    ".tiff": "TIFF", ".bmp": "BMP", ".avif": "AVIF",
}  # fmt: skip
JPEG_QUALITY = 95
_RGB = frozenset({"RGB", "RGBA", "P", "PA"})
_LAYERED = frozenset({"PNG", "WEBP", "TIFF", "AVIF"})
_LIMITS = MediaLimits()


@dataclass(frozen=True, kw_only=True)
class _Sound:
    """A container, its codec, bits a second (None: lossless), the rates it takes (None: all), and
    the most channels."""

    container: str
    codec: str
    bit_rate: int | None = None
    rates: tuple[int, ...] | None = None


_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
SOUNDS = {
    ".wav": _Sound(container="wav", codec="pcm_s16le"),
    ".flac": _Sound(container="flac", codec="flac"),
    ".mp3": _Sound(container="mp3", codec="libmp3lame", bit_rate=192_000, rates=_MP3_RATES),
    ".m4a": _Sound(container="ipod", codec="aac", bit_rate=192_000),
    ".opus": _Sound(container="ogg", codec="libopus", bit_rate=128_000, rates=(48_000,)),
}
FORMS = tuple(sorted({*PICTURES, *SOUNDS}))


def picture(pixels: Pixels, *, before: Pixels, source: Path, target: Path) -> None:
    """Write pixels with what belongs to the source picture, whose own pixels are ``before``.

    Raises WatermarkRefused.
    """
    form = PICTURES.get(target.suffix.lower())
    if form is None:
        raise _unknown(target, PICTURES)
    kept, layered = _belongings(source, form=form)
    if layered is not None and form in _LAYERED:
        # seen on white the change is the same, and what is see-through keeps its colours
        change = pixels.astype(np.int16) - before
        layered[..., :3] = np.clip(layered[..., :3] + change, 0, 255)
        pixels = layered
    Image.fromarray(pixels).save(target, form, **kept, **_options(form))


def _options(form: str) -> dict[str, Any]:
    match form:
        case "JPEG":
            return {"quality": JPEG_QUALITY, "subsampling": 0}
        case "WEBP":
            return {"lossless": True, "method": 3}
        case "TIFF":
            return {"compression": "tiff_lzw"}
        case "AVIF":
            return {"quality": JPEG_QUALITY, "subsampling": "4:4:4"}
    return {}


def _belongings(source: Path, *, form: str) -> tuple[dict[str, Any], Pixels | None]:
    """What is kept of the source picture, and its pixels with transparency if it has any."""
    kept: dict[str, Any] = {}
    with still.opened(source, container_of(source), limits=_LIMITS) as image:
        turned = ImageOps.exif_transpose(image)
        if len(exif := turned.getexif()):
            kept["exif"] = exif.tobytes()
        if dpi := image.info.get("dpi"):
            kept["dpi"] = dpi
        profile = image.info.get("icc_profile")
        shown = colour.to_srgb(_for_profile(turned), profile)
        if profile and turned.mode in _RGB and _same(turned.convert("RGB"), shown):
            kept["icc_profile"] = profile
        if xmp := turned.info.get("xmp"):
            kept |= _xmp(xmp if isinstance(xmp, bytes) else str(xmp).encode(), form=form)
        if not turned.has_transparency_data:
            return kept, None
        shown.putalpha(turned.convert("RGBA").getchannel("A"))
        return kept, np.array(shown)


def _for_profile(image: Image.Image) -> Image.Image:
    """The picture in a mode that a profile may be about."""
    plain = image.mode in {"RGB", "L", "CMYK"} and not image.has_transparency_data
    return image if plain else image.convert("RGB")


def _same(left: Image.Image, right: Image.Image) -> bool:
    return bool(np.array_equal(np.asarray(left), np.asarray(right)))


def _xmp(xmp: bytes, *, form: str) -> dict[str, Any]:
    if form != "PNG":
        return {"xmp": xmp}
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp.decode("utf-8", "replace"))
    return {"pnginfo": texts}


def sound(pieces: Iterator[tuple[int, Samples]], *, target: Path) -> None:
    """Write pieces of sound. Raises WatermarkRefused."""
    form = SOUNDS.get(target.suffix.lower())
    if form is None:
        raise _unknown(target, SOUNDS)
    out = None
    try:
        for rate, samples in pieces:
            if out is None:
                out = _Writer(target, form, rate=rate, channels=samples.shape[0])
            out.write(samples)
    finally:
        if out is not None:
            out.close()
    if out is None:
        raise WatermarkRefused("There is no sound in the file that can be marked.")


class _Writer:
    """One sound stream on its way into a file."""

    def __init__(self, target: Path, form: _Sound, *, rate: int, channels: int) -> None:
        if channels > 2:
            raise WatermarkRefused(
                f"The recording has {channels} channels; mono and stereo are marked here. "
                "Mix it down first."
            )
        if form.rates and rate not in form.rates:
            raise WatermarkRefused(
                f"{target.suffix} cannot hold {rate} Hz. Write .wav or .flac instead."
            )
        self._rate = rate
        self._layout = "mono" if channels == 1 else "stereo"
        self._at = 0
        self._file = av.open(str(target), "w", format=form.container)
        stream: Any = self._file.add_stream(form.codec, rate=rate, layout=self._layout)
        if form.bit_rate:
            stream.bit_rate = form.bit_rate
        self._stream = stream

    def write(self, samples: Samples) -> None:
        quiet = np.ascontiguousarray(np.clip(samples, -1.0, 1.0), dtype=np.float32)
        frame: Any = av.AudioFrame.from_ndarray(quiet, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self._at
        self._at += samples.shape[1]
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._file.mux(self._stream.encode(None))
        self._file.close()


def _unknown(target: Path, known: dict[str, Any]) -> WatermarkRefused:
    return WatermarkRefused(
        f"{target.name} does not end in a form that can be written here: "
        f"{', '.join(sorted(known))}."
    )
