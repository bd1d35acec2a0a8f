"""Frames at chosen moments, cut to what is asked for. Child only: this decodes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundation.media import decode
from foundation.media.pictures import Pixels

MAX_SIDE = 1280
NEAR = 2.0
"""Moments closer together than this are read in one go."""

WORK_SECONDS = 60.0
"""Of processor time; what is not read by then stays empty."""

BOX_NEAR = 0.6
"""Seconds within which a face's box still holds."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A cell: the frame shown at ``time`` (s), or the part ``box`` of it (x, y, width, height in
    pixels of the upright picture), fitted into ``size`` (width, height)."""

    time: float
    size: tuple[int, int]
    box: Box | None = None


def gather(path: Path, wanted: Sequence[Wanted], *, width: int | None) -> dict[Wanted, Image.Image]:
    """The pictures of all cells that could be read; ``width`` is that of the upright picture."""
    stop = time.process_time() + WORK_SECONDS
    found: dict[Wanted, Image.Image] = {}
    for run in _runs(sorted(wanted, key=lambda one: one.time)):
        if time.process_time() > stop:
            break
        _read(path, run, width=width, found=found, stop=stop)
    return found


def box_at(faces: Mapping[str, Any], *, time: float, part: str, person: int | None) -> Box | None:
    """The box of ``part`` ("boxes", "eyes" or "mouth") nearest in time, if near enough."""
    best: tuple[float, Box] | None = None
    for track in faces.get("tracks", []):
        if not track[part] or (person is not None and track["person"] != person):
            continue
        at = int(np.argmin(np.abs(np.asarray(track["times"]) - time)))
        away = abs(track["times"][at] - time)
        if away <= BOX_NEAR and (best is None or away < best[0]):
            best = (away, tuple(track[part][at]))
    return best[1] if best else None


def _runs(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    run: list[Wanted] = []
    for one in wanted:
        if run and one.time - run[-1].time > NEAR:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _read(
    path: Path,
    run: Sequence[Wanted],
    *,
    width: int | None,
    found: dict[Wanted, Image.Image],
    stop: float,
) -> None:
    """Give each cell the last frame that is shown at its moment, or the first one there is."""
    waiting = list(run)
    before: Pixels | None = None
    start = max(0.0, run[0].time - 0.5)
    for at, rgb in decode.video_frames(path, None, start=start, max_side=MAX_SIDE):
        while waiting and waiting[0].time < at - 1e-6:
            one = waiting.pop(0)
            found[one] = _cut(before if before is not None else rgb, one, width=width)
        if not waiting or time.process_time() > stop:
            return
        before = rgb
    if before is not None:
        for one in waiting:
            found[one] = _cut(before, one, width=width)


def _cut(rgb: Pixels, one: Wanted, *, width: int | None) -> Image.Image:
    picture = Image.fromarray(rgb)
    if one.box is not None:
        scale = rgb.shape[1] / (width or rgb.shape[1])
        x, y, wide, high = (value * scale for value in _shaped(one.box, one.size))
        picture = picture.transform(
            one.size, Image.Transform.EXTENT, (x, y, x + wide, y + high), Image.Resampling.BICUBIC
        )
        return picture
    picture.thumbnail(one.size, Image.Resampling.LANCZOS)
    return picture


def _shaped(box: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The box grown to the shape of its cell, around the same middle."""
    x, y, width, height = (float(value) for value in box)
    wide = max(width, height * size[0] / size[1])
    high = wide * size[1] / size[0]
    return x + (width - wide) / 2, y + (height - high) / 2, wide, high
