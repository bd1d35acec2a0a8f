"""Simple edits of a real clip, each at a known place, beside the clip encoded with nothing altered.

What people do with any editor: slow a clip down, show frames twice, take a second out, change the
order of two pieces, put a part in that was saved once more. Places follow from a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from foundation.media import decode

Pictures = Sequence[NDArray[np.uint8]]
"""Frames, height x width x 3, red-green-blue, all of one size."""

SLOWER = Fraction(3, 4)
REPEATED = 10
PIECE_SECONDS = 1.6
AGAIN_SECONDS = 3.0
QUALITY, AGAIN_QUALITY = 20, 36
LEAST_SECONDS = 6.0


class Edit(StrEnum):
    """What was done to the clip."""

    NONE = "untouched"
    SLOWED = "slowed to 0.75 by its stamps"
    STRETCHED = "slowed to 0.75 with frames shown twice"
    REPEATED = "ten frames repeated"
    REMOVED = "a second removed"
    REORDERED = "two pieces swapped"
    REENCODED = "three seconds encoded once more"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The file, and where it was altered in its own seconds; None where that is everywhere."""

    edit: Edit
    path: Path
    place: tuple[float, float] | None


def make(edit: Edit, pictures: Pictures, *, fps: Fraction, folder: Path, seed: int) -> Truth:
    """Write the edited clip into ``folder`` (MP4, H.264). Raises ValueError below six seconds."""
    if len(pictures) < LEAST_SECONDS * fps:
        raise ValueError(f"an edit needs {LEAST_SECONDS:.0f} s; these are {len(pictures)} frames")
    path = folder / f"{edit.name.lower()}.mp4"
    given = list(pictures)
    at = _start(len(given), fps=fps, seed=seed)
    rate, place = fps, None
    if edit is Edit.SLOWED:
        rate = fps * SLOWER
    elif edit is Edit.STRETCHED:
        given = [given[int(number * SLOWER)] for number in range(int(len(given) / SLOWER))]
    elif edit is Edit.REPEATED:
        given[at:at] = [given[at]] * REPEATED
        place = (at, at + REPEATED)
    elif edit is Edit.REMOVED:
        del given[at : at + round(fps)]
        place = (at, at)
    elif edit is Edit.REORDERED:
        size = round(PIECE_SECONDS * fps)
        first, second = given[at : at + size], given[at + size : at + 2 * size]
        given[at : at + 2 * size] = second + first
        place = (at, at + 2 * size)
    elif edit is Edit.REENCODED:
        size = round(AGAIN_SECONDS * fps)
        given[at : at + size] = _once_more(given[at : at + size], fps=fps)
        place = (at, at + size)
    encode(path, given, fps=rate)
    return Truth(edit=edit, path=path, place=place and _seconds(place, fps=rate))


def encode(path: Path, pictures: Pictures, *, fps: Fraction, quality: int = QUALITY) -> Path:
    """H.264 at a constant rate factor, in the container that the path's suffix asks for."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(
            "libx264", rate=fps, options={"crf": str(quality), "preset": "veryfast", "threads": "1"}
        )
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, 1 / fps
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def clip(path: Path, *, height: int, seconds: float) -> list[NDArray[np.uint8]]:
    """The first frames of a trusted file, at most ``height`` lines, with even sides for H.264."""
    found = []
    for at, picture in decode.video_frames(path, end=seconds):
        rows, columns = picture.shape[:2]
        scale = min(1.0, height / rows)
        size = (int(columns * scale) // 2 * 2, int(rows * scale) // 2 * 2)
        found.append(_fitted(picture, size))
        if at >= seconds:
            break
    return found


def _fitted(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    import cv2

    if picture.shape[1::-1] == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _start(count: int, *, fps: Fraction, seed: int) -> int:
    """A frame with a second before it, and room for the longest edit and a second after it."""
    room = count - round((2 * PIECE_SECONDS + 1) * fps)
    return int(np.random.default_rng([seed, 23]).integers(round(fps), max(round(fps) + 1, room)))


def _seconds(place: tuple[int, int], *, fps: Fraction) -> tuple[float, float]:
    return float(place[0] / fps), float(place[1] / fps)


def _once_more(pictures: Pictures, *, fps: Fraction) -> list[NDArray[np.uint8]]:
    with TemporaryDirectory() as folder:
        path = encode(Path(folder) / "part.mp4", pictures, fps=fps, quality=AGAIN_QUALITY)
        again = [picture for _, picture in decode.video_frames(path)]
    return again[: len(pictures)]
