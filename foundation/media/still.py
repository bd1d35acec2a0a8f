"""Opening a picture with Pillow under limits. Child only."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from foundation.media.errors import DecodesTooLarge, TooManyPixels, UnreadableMedia
from foundation.media.kinds import MediaLimits, Probe
from foundation.media.sniff import Container

CUT_NOTE = "The file ends early: a part of the picture is missing."
_LOADED_SHARE = 0.5
# EXIF orientation (tag 274) to degrees clockwise; mirrored ones share the turn of their twin
_TURNS = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}


@contextmanager
def opened(path: Path, container: Container, *, limits: MediaLimits) -> Iterator[Image.Image]:
    """The picture, header read and within the limits, nothing decoded yet.

    Raises TooManyPixels, DecodesTooLarge, UnreadableMedia.
    """
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=[str(container.pillow)])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(_declared(str(error)), limits) from error
    except UnidentifiedImageError as error:
        raise unreadable(container) from error
    except MemoryError:
        raise
    except Exception as error:
        if "Decompressed data too large" in str(error):
            raise DecodesTooLarge(
                "The file hides a text or colour block that unpacks to far more than it should. "
                "Save the picture anew and send that copy."
            ) from error
        raise unreadable(container) from error
    with image:
        yield image


def _declared(message: str) -> int:
    found = re.search(r"\((\d+) pixels\)", message)
    return int(found.group(1)) if found else 0


def _too_many(pixels: int, limits: MediaLimits) -> TooManyPixels:
    claim = f"declares {pixels / 1e6:,.0f} megapixels" if pixels else "declares too many pixels"
    return TooManyPixels(
        f"The picture {claim}; at most {limits.max_pixels / 1e6:,.0f} are read. "
        "Send a smaller copy."
    )


def unreadable(container: Container) -> UnreadableMedia:
    """The refusal for a picture that begins well and cannot be read."""
    return UnreadableMedia(
        f"The file begins like {container.title} but is too damaged or cut off to read. "
        "Send it again from the source."
    )


def look(path: Path, container: Container, *, limits: MediaLimits, size: int) -> Probe:
    """Probe one picture or animation: header, limits, then the pixels of its first frame."""
    with opened(path, container, limits=limits) as image:
        frames, duration = _count(image, container, limits)
        rotation = _turn(image)
        note = _load(image, container)
        width, height = image.size if rotation in (0, 180) else (image.height, image.width)
        animated = frames > 1 and container.format in ("gif", "webp", "png", "avif")
        return Probe(
            kind=container.kind,
            media_type=container.media_type,
            format=container.format,
            bytes=size,
            width=width,
            height=height,
            duration=duration if animated else None,
            frames=frames,
            fps=round(frames / duration, 3) if animated and duration else None,
            codecs=(str(image.format or container.pillow).lower(),),
            rotation=rotation,
            animated=animated,
            note=note,
        )


def _count(
    image: Image.Image, container: Container, limits: MediaLimits
) -> tuple[int, float | None]:
    """Frames and seconds, from headers only; refuses animations beyond the budget."""
    width, height = image.size
    if width * height > limits.max_pixels:
        raise _too_many(width * height, limits)
    try:
        frames = int(getattr(image, "n_frames", 1))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(_declared(str(error)), limits) from error
    except MemoryError:
        raise
    except Exception:
        frames = 1
    if frames == 1 or container.format in ("tiff", "jpeg"):
        return max(1, frames), None
    decoded = width * height * 4 * frames
    if width * height > limits.max_video_pixels or decoded > limits.max_decoded_bytes:
        raise DecodesTooLarge(
            f"The animation has {frames:,} frames of {width} x {height} pixels, "
            f"{decoded / 2**30:,.1f} GiB when unpacked; at most "
            f"{limits.max_decoded_bytes / 2**30:,.0f} GiB are read. Send a shorter or smaller copy."
        )
    return frames, _duration(image, frames)


def _duration(image: Image.Image, frames: int) -> float:
    """Seconds of an animation; frame times are known only while walking, so long ones are
    measured on their first 500 frames."""
    walked, milliseconds = 0, 0.0
    for place in range(min(frames, 500)):
        try:
            image.seek(place)
        except EOFError:
            break
        except MemoryError:
            raise
        except Exception:
            break
        milliseconds += float(image.info.get("duration") or 100.0)
        walked += 1
    image.seek(0)
    return round(milliseconds / 1000 * frames / max(1, walked), 3)


def _turn(image: Image.Image) -> int:
    try:
        return _TURNS.get(int(image.getexif().get(274, 1)), 0)
    except MemoryError:
        raise
    except Exception:
        return 0


def _load(image: Image.Image, container: Container) -> str:
    """Decode the first frame. A file that is cut off is taken when at least half of its rows came
    through: rows that were not reached are all alike."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        return _load_rest(image, container, error)
    return ""


def _load_rest(image: Image.Image, container: Container, first: Exception) -> str:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image.load()
    except MemoryError:
        raise
    except Exception:
        raise unreadable(container) from first
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if loaded_share(image) < _LOADED_SHARE:
        raise unreadable(container) from first
    return CUT_NOTE


def loaded_share(image: Image.Image) -> float:
    """Share of rows above the run of equal rows at the bottom, 0..1."""
    pixels = np.asarray(image.convert("L"))
    changes = np.flatnonzero((pixels[1:] != pixels[:-1]).any(axis=1))
    return 0.0 if changes.size == 0 else float(changes[-1] + 1) / pixels.shape[0]
