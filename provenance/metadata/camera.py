"""Whether what is said of a camera fits together, and with the picture. Pure.

Each check is a row: ``what``, ``fits`` (None where there was nothing to hold against each other)
and a sentence. Metadata can be written by anybody: what fits proves nothing, and what does not fit
is worth a look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_MODELS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(makers.split("|")))
    for pattern, makers in (
        (r"^(?:iphone|ipad|ipod)\b", "apple"),
        (r"^pixel\b", "google"),
        (r"^(?:sm-|galaxy)", "samsung"),
        (r"^(?:ilce-|dsc-|ilca-|slt-|zv-|dslr-a|xperia|xq-)", "sony"),
        (r"^canon\b", "canon"),
        (r"^nikon\b|^coolpix\b", "nikon"),
        (r"^(?:finepix|x-[eths]\d|x100|gfx)", "fujifilm"),
        (r"^(?:dmc-|dc-)", "panasonic"),
        (r"^(?:e-m\d|e-pl|om-\d|pen-)", "olympus|om digital"),
        (r"^pentax\b", "pentax|ricoh|asahi"),
        (r"^leica\b", "leica"),
        (r"^hero\d", "gopro"),
    )
)
_LENSES = (
    ("iphone", "apple"), ("ipad", "apple"), ("pixel", "google"), ("galaxy", "samsung"),
)  # fmt: skip
_EDITORS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"\bphotoshop\b", "Adobe Photoshop"),
        (r"\blightroom\b", "Adobe Lightroom"),
        (r"\bcamera raw\b", "Adobe Camera Raw"),
        (r"\bgimp\b", "GIMP"),
        (r"\bsnapseed\b", "Snapseed"),
        (r"\baffinity\b", "Affinity Photo"),
        (r"\bcapture one\b", "Capture One"),
        (r"\bdarktable\b", "darktable"),
        (r"\brawtherapee\b", "RawTherapee"),
        (r"\bpicsart\b", "Picsart"),
        (r"\bfacetune\b", "Facetune"),
        (r"\bfaceapp\b", "FaceApp"),
        (r"\bmeitu\b", "Meitu"),
        (r"\bcanva\b", "Canva"),
        (r"\bpixelmator\b", "Pixelmator"),
        (r"\bluminar\b", "Luminar"),
        (r"\bpaint\.net\b", "Paint.NET"),
        (r"\bimagemagick\b", "ImageMagick"),
        (r"\btopaz\b", "Topaz"),
        (r"\bpremiere\b", "Adobe Premiere"),
        (r"\bafter effects\b", "Adobe After Effects"),
        (r"\bdavinci resolve\b", "DaVinci Resolve"),
        (r"\bfinal cut\b", "Final Cut Pro"),
        (r"\bcapcut\b", "CapCut"),
        (r"\binshot\b", "InShot"),
        (r"\baudacity\b", "Audacity"),
        (r"\badobe audition\b", "Adobe Audition"),
    )
)


def editors(programs: list[str]) -> list[str]:
    """The editing programs among the names that programs left, each once."""
    named = (name for text in programs for pattern, name in _EDITORS if pattern.search(text))
    return list(dict.fromkeys(named))


def checks(
    camera: Mapping[str, str | None],
    exif: Mapping[str, Any],
    *,
    size: tuple[int, int] | None,
    thumbnail: Mapping[str, Any] | None,
    edited_with: list[str],
) -> list[dict[str, Any]]:
    """All rows; ``size`` is that of the picture in pixels as it is."""
    return [
        _maker(camera),
        _lens(camera),
        _size(exif, size),
        _times(exif),
        _thumbnail(thumbnail),
        _software(edited_with),
    ]


def _row(what: str, sentence: str, *, fits: bool | None) -> dict[str, Any]:
    return {"what": what, "fits": fits, "sentence": sentence}


def _maker(camera: Mapping[str, str | None]) -> dict[str, Any]:
    make, model = (camera.get("make") or "").lower(), camera.get("model") or ""
    known = next((makers for pattern, makers in _MODELS if pattern.search(model)), None)
    if not make or known is None:
        return _row("make", "Maker and model were not compared: too little is said.", fits=None)
    if any(maker in make for maker in known):
        return _row("make", "The model is one that the named maker makes.", fits=True)
    return _row(
        "make",
        f"The model {model} is not made by the named maker {camera.get('make')}.",
        fits=False,
    )


def _lens(camera: Mapping[str, str | None]) -> dict[str, Any]:
    make, lens = (camera.get("make") or "").lower(), (camera.get("lens") or "").lower()
    maker = next((maker for word, maker in _LENSES if word in lens), None)
    if not make or maker is None:
        return _row("lens", "The lens was not compared: it does not name a camera.", fits=None)
    if maker in make:
        return _row("lens", "The lens is one of the named camera's.", fits=True)
    return _row(
        "lens", f"The lens {camera.get('lens')} does not belong to the named camera.", fits=False
    )


def _size(exif: Mapping[str, Any], size: tuple[int, int] | None) -> dict[str, Any]:
    told = [side for key in ("width", "height") if isinstance(side := exif.get(key), int)]
    if size is None or len(told) != 2 or min(told) <= 0:
        return _row("size", "The size was not compared: the camera's is not told.", fits=None)
    if sorted(told) == sorted(size):
        return _row("size", "The picture has the size that the camera wrote down.", fits=True)
    return _row(
        "size",
        f"The picture has {size[0]} x {size[1]} pixels and the camera wrote down {told[0]} x "
        f"{told[1]}: it was resized or cropped afterwards.",
        fits=False,
    )


def _times(exif: Mapping[str, Any]) -> dict[str, Any]:
    taken, changed = _time(exif.get("taken")), _time(exif.get("changed"))
    if taken is None:
        return _row("time", "The times were not compared: no time of capture is told.", fits=None)
    # A camera's clock knows no time zone: a day's grace.
    if (taken - datetime.now(UTC).replace(tzinfo=None)).days >= 1:
        return _row("time", f"The time of capture, {taken}, has not come yet.", fits=False)
    if changed is not None and changed < taken:
        return _row(
            "time",
            f"The file was last changed ({changed}) before it was taken ({taken}).",
            fits=False,
        )
    return _row("time", "The times follow one another as they should.", fits=True)


def _time(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value)[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _thumbnail(thumbnail: Mapping[str, Any] | None) -> dict[str, Any]:
    matches = (thumbnail or {}).get("matches")
    if matches is None:
        return _row("thumbnail", "There is no small preview that could be compared.", fits=None)
    if matches:
        return _row("thumbnail", "The small preview shows the same as the picture.", fits=True)
    return _row("thumbnail", "The small preview does not show the same as the picture.", fits=False)


def _software(edited_with: list[str]) -> dict[str, Any]:
    if not edited_with:
        return _row("software", "No editing program left its name.", fits=None)
    names = ", ".join(edited_with)
    return _row("software", f"After the camera, {names} wrote the file.", fits=False)
