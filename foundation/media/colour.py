"""Colours as they are meant: a picture's ICC profile applied, so that numbers are sRGB. Child only.

Sources: ICC.1:2022 (profile header, 7.2), IEC 61966-2-1 (sRGB). Little CMS does the arithmetic.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageCms

MOST_BYTES = 4 * 1024**2
"""A larger profile is left alone; device profiles with big tables have about half of this."""

_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def to_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """``image`` (RGB, L or CMYK) in sRGB, as RGB.

    A profile that is damaged, too large or made for other channels is left out, as browsers do;
    one that already is sRGB changes nothing.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MOST_BYTES:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if not _applies(source, image.mode):
            return image.convert("RGB")
        turned = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except MemoryError:
        raise
    except Exception:  # the library raises many kinds on a damaged profile
        return image.convert("RGB")
    return turned if turned is not None else image.convert("RGB")


def _applies(source: ImageCms.ImageCmsProfile, mode: str) -> bool:
    space = str(source.profile.xcolor_space).strip()
    named = str(source.profile.profile_description or "")
    return _SPACES.get(mode) == space and "srgb" not in named.lower()
