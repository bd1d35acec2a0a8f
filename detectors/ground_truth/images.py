"""Pictures with a known alteration, each beside its untouched twin.

Every maker draws two photographs, alters one and knows where. The twin went through the same
encoder with nothing altered, so that only the alteration tells the two apart.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from PIL import Image

from detectors.ground_truth.scenes import Pixels, camera, noisier, picture

SIZE = (1024, 768)
OTHER = 500_000
"""Added to a seed for the picture that a part is taken from."""


class Kind(StrEnum):
    """What was done to a picture."""

    SPLICE = "splice"
    OFF_GRID = "off-grid"
    NOISE = "noise"
    RESAMPLED = "resampled"
    COPY_MOVE = "copy-move"
    UPSAMPLED = "upsampled"
    ZOOMED = "zoomed"
    COLOUR = "colour"
    LIGHT = "light"


MADE_FOR: Mapping[str, Kind] = {
    "image.jpeg_ghost": Kind.SPLICE,
    "image.double_quantisation": Kind.SPLICE,
    "image.block_grid": Kind.OFF_GRID,
    "image.noise": Kind.NOISE,
    "image.resampling": Kind.RESAMPLED,
    "image.copy_move": Kind.COPY_MOVE,
    "image.spectrum": Kind.UPSAMPLED,
    "image.sharpness": Kind.ZOOMED,
    "image.colour": Kind.COLOUR,
    "image.lighting": Kind.LIGHT,
}
"""The kind that each built-in detector is made to find."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Truth:
    """An altered file, its untouched twin, and where the first was altered.

    ``boxes`` is empty when the picture was altered as a whole; a copied part comes second, after
    the place that it was copied to. ``suffix`` is that of both files.
    """

    kind: Kind
    seed: int
    altered: bytes
    untouched: bytes
    suffix: str
    boxes: tuple[Box, ...]


def make(kind: Kind, *, seed: int, size: tuple[int, int] = SIZE) -> Truth:
    """The truth of one kind; the same seed gives the same files, byte for byte."""
    return _MAKERS[kind](seed, size)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two rectangles, 0 to 1."""
    right = min(one.x + one.width, other.x + other.width)
    bottom = min(one.y + one.height, other.y + other.height)
    shared = max(0, right - max(one.x, other.x)) * max(0, bottom - max(one.y, other.y))
    return shared / (one.width * one.height + other.width * other.height - shared)


def jpeg(pixels: Pixels, quality: int, *, subsampling: int = 2) -> bytes:
    """The picture as a JPEG (``subsampling`` as in Pillow: 0 = none, 2 = halved colour)."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=subsampling)
    return out.getvalue()


def png(pixels: Pixels) -> bytes:
    """The picture without loss."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def decoded(data: bytes) -> Pixels:
    """The pixels of a file made here."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)


def place(seed: int, *, size: tuple[int, int], share: float = 0.34) -> Box:
    """Where a part goes: ``share`` of the shorter side, give or take, away from the border."""
    chance = np.random.default_rng([seed, 17])
    side = share * min(size)
    width, height = (int(side * factor) for factor in chance.uniform(0.9, 1.2, 2))
    x = int(chance.integers(24, size[0] - width - 24))
    y = int(chance.integers(24, size[1] - height - 24))
    return Box(x=x, y=y, width=width, height=height)


def pasted(ground: Pixels, part: Pixels, box: Box) -> Pixels:
    """``ground`` with ``part`` (at least as large as the box) laid over the box."""
    made = ground.copy()
    made[box.y : box.y + box.height, box.x : box.x + box.width] = part[: box.height, : box.width]
    return made


def cut(pixels: Pixels, box: Box) -> Pixels:
    """The pixels inside the box."""
    return pixels[box.y : box.y + box.height, box.x : box.x + box.width]


def _quality(seed: int, low: int, high: int) -> int:
    return int(np.random.default_rng([seed, 19]).integers(low, high + 1))


def _splice(seed: int, size: tuple[int, int]) -> Truth:
    """A part that was never a JPEG, laid over a picture that was; then both saved."""
    first, last = _quality(seed, 60, 80), _quality(seed + 1, 90, 95)
    ground = decoded(jpeg(picture(seed, size=size), first))
    box = place(seed, size=size)
    part = cut(picture(seed + OTHER, size=size, by=camera(seed)), box)
    return _saved(Kind.SPLICE, seed, pasted(ground, part, box), ground, box=box, quality=last)


def _off_grid(seed: int, size: tuple[int, int]) -> Truth:
    """A part of a JPEG laid over a JPEG of the same quality, at another phase of the blocks."""
    quality = _quality(seed, 65, 85)
    ground = decoded(jpeg(picture(seed, size=size), quality))
    other = decoded(jpeg(picture(seed + OTHER, size=size, by=camera(seed)), quality))
    box = place(seed, size=size)
    shift = np.random.default_rng([seed, 23]).integers(2, 7, 2)
    # the part keeps its own grid, which the paste then sets off by at least two pixels each way
    left = (box.x % 8 + int(shift[0])) % 8
    top = (box.y % 8 + int(shift[1])) % 8
    part = other[top : top + box.height, left : left + box.width]
    return _saved(Kind.OFF_GRID, seed, pasted(ground, part, box), ground, box=box, quality=None)


def _noise(seed: int, size: tuple[int, int]) -> Truth:
    """A part from a camera with 2.5 times, or 0.3 times, the noise."""
    by = camera(seed)
    box = place(seed, size=size)
    other = noisier(by, 2.5 if seed % 2 else 0.3)
    part = cut(picture(seed + OTHER, size=size, by=other), box)
    ground = picture(seed, size=size, by=by)
    return _saved(Kind.NOISE, seed, pasted(ground, part, box), ground, box=box, quality=95)


def _resampled(seed: int, size: tuple[int, int]) -> Truth:
    """A part enlarged by 1.2 to 1.7 before it was laid over."""
    chance = np.random.default_rng([seed, 29])
    scale = float(chance.uniform(1.2, 1.7))
    how = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[seed % 2]
    other = picture(seed + OTHER, size=size, by=camera(seed))
    grown = np.asarray(cv2.resize(other, None, fx=scale, fy=scale, interpolation=how), np.uint8)
    box = place(seed, size=size, share=0.42)
    ground = picture(seed, size=size)
    made = pasted(ground, cut(grown, box), box)
    return _saved(Kind.RESAMPLED, seed, made, ground, box=box, quality=None)


def _copy_move(seed: int, size: tuple[int, int]) -> Truth:
    """A part copied elsewhere in its own picture; every other one also turned and enlarged."""
    ground = picture(seed, size=size)
    source = place(seed, size=size, share=0.24)
    target = next(
        box
        for box in (place(seed + n, size=size, share=0.24) for n in range(1, 400))
        if overlap(source, replace(box, width=source.width, height=source.height)) == 0
        and box.x + source.width < size[0] - 8
        and box.y + source.height < size[1] - 8
    )
    target = replace(target, width=source.width, height=source.height)
    moved = ground
    if seed % 2:
        centre = (source.x + source.width / 2, source.y + source.height / 2)
        turn = cv2.getRotationMatrix2D(centre, 12.0, 1.08)
        moved = np.asarray(cv2.warpAffine(ground, turn, size, flags=cv2.INTER_CUBIC), np.uint8)
    made = pasted(ground, cut(moved, source), target)
    return _saved(
        Kind.COPY_MOVE, seed, made, ground, box=target, quality=_quality(seed, 80, 92), more=source
    )


def _upsampled(seed: int, size: tuple[int, int]) -> Truth:
    """The whole picture doubled and doubled again as decoders of generators do it.

    Zeros are put between and filtered away; the filter's phases do not weigh the same, which leaves
    a checkerboard (Odena et al. 2016).
    """
    made = picture(seed, size=(size[0] // 4, size[1] // 4)).astype(np.float32)
    kernel = np.outer([0.5, 1.06, 0.5], [0.5, 1.06, 0.5]).astype(np.float32)
    chance = np.random.default_rng([seed, 41])
    for _ in range(2):
        spread = np.zeros((made.shape[0] * 2, made.shape[1] * 2, 3), dtype=np.float32)
        spread[::2, ::2] = made
        made = np.asarray(cv2.filter2D(spread, -1, kernel), dtype=np.float32)
        made += chance.normal(0, 1.2, made.shape[:2])[..., None].astype(np.float32)
    fine = np.rint(np.clip(made, 0, 255)).astype(np.uint8)
    quality = None if seed % 2 else 95
    return _saved(Kind.UPSAMPLED, seed, fine, picture(seed, size=size), box=None, quality=quality)


def _zoomed(seed: int, size: tuple[int, int]) -> Truth:
    """A part enlarged by 2.2 to 3: softer and smoother than its surroundings."""
    scale = float(np.random.default_rng([seed, 31]).uniform(2.2, 3.0))
    other = picture(seed + OTHER, size=size, by=camera(seed))
    grown = cv2.resize(other, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    box = place(seed, size=size, share=0.4)
    ground = picture(seed, size=size)
    made = pasted(ground, cut(np.asarray(grown, np.uint8), box), box)
    return _saved(Kind.ZOOMED, seed, made, ground, box=box, quality=92)


def _colour(seed: int, size: tuple[int, int]) -> Truth:
    """A part photographed with the white balance of another light."""
    by = camera(seed)
    warm = (1.55, 0.6) if seed % 2 else (0.62, 1.5)
    box = place(seed, size=size, share=0.44)
    part = cut(picture(seed + OTHER, size=size, by=replace(by, white=warm)), box)
    ground = picture(seed, size=size, by=by)
    return _saved(Kind.COLOUR, seed, pasted(ground, part, box), ground, box=box, quality=90)


def _light(seed: int, size: tuple[int, int]) -> Truth:
    """A part whose light comes from the other side, or from 120 degrees away."""
    by = camera(seed)
    angle = float(np.random.default_rng([seed, 37]).uniform(0, 2 * np.pi))
    other = angle + (np.pi if seed % 2 else 2 * np.pi / 3)
    box = place(seed, size=size, share=0.44)
    part = cut(picture(seed + OTHER, size=size, by=by, light=other), box)
    ground = picture(seed, size=size, by=by, light=angle)
    return _saved(Kind.LIGHT, seed, pasted(ground, part, box), ground, box=box, quality=92)


def _saved(
    kind: Kind,
    seed: int,
    altered: Pixels,
    untouched: Pixels,
    *,
    box: Box | None,
    quality: int | None,
    more: Box | None = None,
) -> Truth:
    """Both through the same encoder: a JPEG of ``quality``, or without loss (None)."""

    def write(pixels: Pixels) -> bytes:
        return png(pixels) if quality is None else jpeg(pixels, quality)

    return Truth(
        kind=kind,
        seed=seed,
        altered=write(altered),
        untouched=write(untouched),
        suffix=".png" if quality is None else ".jpg",
        boxes=tuple(one for one in (box, more) if one is not None),
    )


_MAKERS: dict[Kind, Callable[[int, tuple[int, int]], Truth]] = {
    Kind.SPLICE: _splice,
    Kind.OFF_GRID: _off_grid,
    Kind.NOISE: _noise,
    Kind.RESAMPLED: _resampled,
    Kind.COPY_MOVE: _copy_move,
    Kind.UPSAMPLED: _upsampled,
    Kind.ZOOMED: _zoomed,
    Kind.COLOUR: _colour,
    Kind.LIGHT: _light,
}
