"""The child's side of fingerprints."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundation.fingerprint.pdq import pdq_variants
from foundation.media import still
from foundation.media.errors import UnreadableMedia
from foundation.media.kinds import MediaLimits
from foundation.media.pictures import Pixels
from foundation.media.probe import container_of

_LIMITS = MediaLimits()


def of_image(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"path": bytes}`` to eight hashes."""
    pixels = as_stored(Path(os.fsdecode(payload["path"])))
    return [each.to_dict() for each in pdq_variants(pixels)]


def as_stored(path: Path) -> Pixels:
    """The picture as other hashers see it: not turned by EXIF, transparency dropped."""
    container = container_of(path)
    if container.pillow is None:
        raise UnreadableMedia(f"This is {container.title}; it holds no picture that can be read.")
    with still.opened(path, container, limits=_LIMITS) as image:
        return np.asarray(_plain(image), dtype=np.uint8)


def _plain(image: Image.Image) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow advises against what other hashers do with see-through palettes
            warnings.simplefilter("ignore")
            return image.convert("RGB")
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableMedia("The picture is too damaged or cut off to read.") from error
