"""The child's side of fingerprints."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundation.fingerprint import sound_codes
from foundation.fingerprint.bits import Pdq
from foundation.fingerprint.borders import without_border
from foundation.fingerprint.pdq import pdq, pdq_variants
from foundation.media import still
from foundation.media.decode import audio_chunks, video_frames
from foundation.media.errors import UnreadableMedia
from foundation.media.kinds import MediaLimits
from foundation.media.pictures import Pixels
from foundation.media.probe import container_of

_LIMITS = MediaLimits()


def of_image(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"path": bytes}`` to eight hashes, and eight more of what a plain border surrounds."""
    return [each.to_dict() for each in looks_of(as_stored(Path(os.fsdecode(payload["path"]))))]


def looks_of(pixels: Pixels) -> tuple[Pdq, ...]:
    """All turns and mirrors of a picture, followed by those of what lies within its border."""
    inner = without_border(pixels)
    return pdq_variants(pixels) + (() if inner is None else pdq_variants(inner))


def of_film(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """``{"path": bytes, "rate": frames a second}`` to hashes with ``at`` in seconds."""
    path = Path(os.fsdecode(payload["path"]))
    return [
        {**pdq(pixels).to_dict(), "at": round(float(at), 3)}
        for at, pixels in video_frames(path, float(payload["rate"]))
    ]


def of_sound(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"path": bytes, "most_seconds": n}`` to ``kept`` codes and ``asked`` ones by speed, each
    as little-endian bytes; both empty for a file without sound."""
    path = Path(os.fsdecode(payload["path"]))
    pieces = [samples for _, samples in audio_chunks(path, sound_codes.RATE)]
    samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    asked = sound_codes.asked_of(samples, most_seconds=float(payload["most_seconds"]))
    kept = sound_codes.codes(samples, every=sound_codes.KEPT_EVERY)
    return {
        "kept": kept.astype("<u4").tobytes(),
        "asked": [[speed, found.astype("<u4").tobytes()] for speed, found in asked.items()],
    }


def aligned(payload: dict[str, Any]) -> dict[str, Any]:
    """Two files, a moment in each and a turn to two JPEG pictures of one size."""
    from foundation.fingerprint import aligning  # only this needs OpenCV

    return aligning.aligned(
        _shown(payload["path"], payload["at"]),
        _shown(payload["other"], payload["other_at"]),
        turn=int(payload["turn"]),
    )


def _shown(path: bytes, at: float | None) -> Pixels:
    file = Path(os.fsdecode(path))
    if at is None:
        return as_stored(file)
    for _, pixels in video_frames(file, start=max(0.0, float(at) - 0.01)):
        return pixels
    raise UnreadableMedia("The film has no picture at this moment.")


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
