"""EXIF of pictures (CIPA DC-008), read with Pillow; coordinates are noticed and never kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from foundation.media.kinds import MediaLimits
from foundation.media.sniff import Container
from foundation.media.still import opened
from provenance.metadata import iptc, thumbnail
from provenance.metadata.gathered import Gathered

_BASE = {
    "Make": "make", "Model": "model", "Software": "software", "DateTime": "changed",
    "ProcessingSoftware": "processing", "HostComputer": "host", "ImageDescription": "description",
}  # fmt: skip
_DETAIL = {
    "LensMake": "lens_make", "LensModel": "lens", "DateTimeOriginal": "taken",
    "UserComment": "comment", "FNumber": "aperture", "ExposureTime": "exposure",
    "ISOSpeedRatings": "iso", "FocalLength": "focal_length", "ExifImageWidth": "width",
    "ExifImageHeight": "height",
}  # fmt: skip
PERSONAL = {
    "Artist": "artist", "Copyright": "copyright", "XPAuthor": "author", "CameraOwnerName": "owner",
    "BodySerialNumber": "camera serial number", "LensSerialNumber": "lens serial number",
    "ImageUniqueID": "picture number", "MakerNote": "maker's notes",
}  # fmt: skip
_LARGEST = 8 * 2**20
_XMP_TAG, _IPTC_TAG = 700, 33723
_DAMAGED = "The EXIF block is damaged and was not read."


def gather(path: Path, container: Container, into: Gathered, *, block: bytes | None) -> None:
    """EXIF, XMP and comment of a picture that Pillow opens; ``block`` is a PNG's EXIF chunk."""
    with opened(path, container, limits=MediaLimits()) as image:
        into.size = image.size
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                raw = block or image.info.get("exif")
                exif = Image.Exif()
                if isinstance(raw, bytes) and len(raw) <= _LARGEST:
                    exif.load(raw)
                else:
                    exif = image.getexif()
                take(exif, into)
                if container.format == "jpeg" and isinstance(raw, bytes):
                    into.thumbnail = thumbnail.compare(image, exif, raw)
        except MemoryError:
            raise
        except Exception:  # Pillow raises a dozen kinds of error on damaged EXIF
            into.missed(_DAMAGED)
        _packets(image, into)
        iptc.gather(image.info, into)
        if container.format == "tiff":
            iptc.gather(dict(getattr(image, "tag_v2", {})), into)


def from_block(block: bytes, into: Gathered) -> None:
    """EXIF from a TIFF block that another reader found."""
    _load(into, lambda exif: exif.load(b"Exif\0\0" + block))


def from_raw(path: Path, into: Gathered) -> None:
    """EXIF, XMP and captions of a raw picture that is a TIFF file (DNG 1.7), read from its first
    directory; the pictures inside are not opened."""
    with path.open("rb") as stream:
        found = _load(into, lambda exif: exif.load_from_fp(stream))
        if found is None:
            return
        packet, captions = found.get(_XMP_TAG), found.get(_IPTC_TAG)
    if isinstance(packet, bytes):
        into.xmp.append(packet)
    if isinstance(captions, bytes):
        iptc.take(captions, into)


def _load(into: Gathered, load: Callable[[Image.Exif], None]) -> Image.Exif | None:
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load(exif)
            take(exif, into)
    except MemoryError:
        raise
    except Exception:  # Pillow raises a dozen kinds of error on damaged EXIF
        into.missed(_DAMAGED)
        return None
    return exif


def take(exif: Image.Exif, into: Gathered) -> None:
    """Copy what is worth knowing, and note what is personal."""
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    for values, wanted in ((exif, _BASE), (detail, _DETAIL)):
        named = {ExifTags.TAGS.get(tag, ""): value for tag, value in values.items()}
        for name, key in wanted.items():
            if name in named:
                into.exif[key] = comment(named[name]) if name == "UserComment" else named[name]
        for name, words in PERSONAL.items():
            if named.get(name):
                into.exif.setdefault("personal", set()).add(words)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    into.location = into.location or bool({1, 2, 3, 4} & set(place))
    for key in ("comment", "description", "make", "model"):
        if isinstance(into.exif.get(key), str):
            into.add("exif", key, into.exif[key])


def comment(value: Any) -> str:
    """A UserComment: eight bytes name its character code, then the text."""
    if not isinstance(value, bytes):
        return str(value)
    code, text = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        # The byte order is not stated; ASCII letters show where the zero bytes stand.
        little = text[1::2].count(0) > text[::2].count(0)
        return text.decode("utf-16-le" if little else "utf-16-be", "replace")
    if code.startswith((b"ASCII", b"\0\0\0\0\0\0\0\0")):
        return text.decode("utf-8", "replace").rstrip("\0 ")
    return value.decode("utf-8", "replace").rstrip("\0 ")


def _packets(image: Image.Image, into: Gathered) -> None:
    for key in ("xmp", "XML:com.adobe.xmp"):
        packet = image.info.get(key)
        if isinstance(packet, str):
            packet = packet.encode("utf-8", "replace")
        if isinstance(packet, bytes) and packet not in into.xmp:
            into.xmp.append(packet)
    note = image.info.get("comment")
    if isinstance(note, bytes):
        into.add("comment", "comment", note.decode("utf-8", "replace"))
    elif isinstance(note, str):
        into.add("comment", "comment", note)
