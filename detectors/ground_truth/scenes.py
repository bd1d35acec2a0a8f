"""Scenes and a camera: pictures drawn on the spot that have the statistics of photographs.

A scene is a "dead leaves" picture (Lee, Mumford and Huang 2001, International Journal of Computer
Vision 41): objects that hide one another, with sizes by a power law, so that edges, flat parts and
texture appear at all scales. Each object is shaded as a dome from one light. The camera blurs the
scene, samples it through a Bayer mosaic with shot and read noise, interpolates the colours,
balances white and applies a tone curve, so that noise is correlated and depends on brightness as in
a real picture. Everything follows from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float32]
"""Linear light, height x width x 3, about 0 to 1."""

Pixels = NDArray[np.uint8]
"""Height x width x 3, sRGB-like, 0-255."""

SMALLEST_OBJECT = 5.0
OBJECTS_PER_MEGAPIXEL = 2600
BACKDROPS = 90
"""Large objects that cover the ground.

The law of sizes alone would leave most of it bare.
"""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """``shot`` and ``read``: variance of the noise per unit of linear light, and in the dark.

    ``blur`` is the lens's standard deviation in pixels; ``white`` the gains of red and blue.
    """

    shot: float = 0.0012
    read: float = 0.00001
    blur: float = 0.75
    white: tuple[float, float] = (1.0, 1.0)
    edge_aware: bool = False


def camera(seed: int) -> Camera:
    """A camera of its own noise, lens and colour interpolation."""
    chance = np.random.default_rng([seed, 11])
    return Camera(
        shot=float(np.exp(chance.uniform(np.log(0.0012), np.log(0.004)))),
        read=float(np.exp(chance.uniform(np.log(1e-5), np.log(1e-4)))),
        blur=float(chance.uniform(0.55, 0.9)),
        edge_aware=bool(chance.random() < 0.5),
    )


def scene(seed: int, *, size: tuple[int, int], light: float | None = None) -> Light:
    """A scene of ``size`` (width, height); ``light`` is where it is lit from, in radians."""
    chance = np.random.default_rng([seed, 7])
    width, height = size
    angle = float(chance.uniform(0, 2 * np.pi)) if light is None else light
    count = int(OBJECTS_PER_MEGAPIXEL * width * height / 1e6) + BACKDROPS
    objects = _objects(chance, count=count, size=size)
    label = _painted(objects, size=size)
    rows, columns = np.indices((height, width), dtype=np.float32)
    across = (columns - objects.x[label]) / objects.radius[label]
    down = (rows - objects.y[label]) / objects.radius[label]
    dome = np.clip(across * np.cos(angle) + down * np.sin(angle), -1.2, 1.2)
    shade = 0.8 + 0.3 * dome * objects.roundness[label]
    texture = _texture(chance, size=size) * objects.rough[label]
    distance = columns * np.cos(angle) / width + rows * np.sin(angle) / height
    fall = 1 + 0.25 * (distance - distance.mean())
    lit = objects.colour[label] * (shade * np.exp(texture) * fall)[..., None]
    return np.asarray(np.clip(lit, 0.004, 1.0), dtype=np.float32)


def photograph(light: Light, *, by: Camera, seed: int) -> Pixels:
    """What ``by`` makes of a scene: blurred, mosaicked, noisy, interpolated, balanced, toned."""
    chance = np.random.default_rng([seed, 13])
    seen = cv2.GaussianBlur(light, (0, 0), by.blur)
    mosaic = np.empty(seen.shape[:2], dtype=np.float32)
    mosaic[0::2, 0::2] = seen[0::2, 0::2, 0]
    mosaic[0::2, 1::2] = seen[0::2, 1::2, 1]
    mosaic[1::2, 0::2] = seen[1::2, 0::2, 1]
    mosaic[1::2, 1::2] = seen[1::2, 1::2, 2]
    spread = np.sqrt(by.shot * mosaic + by.read)
    mosaic += chance.standard_normal(mosaic.shape, dtype=np.float32) * spread
    counts = np.rint(np.clip(mosaic * 0.9 + 0.02, 0, 1) * 65_535).astype(np.uint16)
    how = cv2.COLOR_BayerRGGB2RGB_EA if by.edge_aware else cv2.COLOR_BayerRGGB2RGB
    colour = (cv2.cvtColor(counts, how).astype(np.float32) / 65_535 - 0.02) / 0.9
    colour *= np.array([by.white[0], 1.0, by.white[1]], dtype=np.float32)
    toned = np.clip(colour, 0, 1) ** np.float32(1 / 2.2)
    return np.rint(toned * 255).astype(np.uint8)


def picture(
    seed: int,
    *,
    size: tuple[int, int],
    by: Camera | None = None,
    light: float | None = None,
) -> Pixels:
    """The photograph of scene ``seed``, by the camera of that seed unless told otherwise."""
    used = by or camera(seed)
    return photograph(scene(seed, size=size, light=light), by=used, seed=seed)


def noisier(by: Camera, factor: float) -> Camera:
    """The same camera with noise of ``factor`` times the standard deviation."""
    return replace(by, shot=by.shot * factor**2, read=by.read * factor**2)


@dataclass(frozen=True)
class _Objects:
    x: Light
    y: Light
    radius: Light
    stretch: Light
    turn: Light
    roundness: Light
    rough: Light
    colour: Light


def _objects(chance: np.random.Generator, *, count: int, size: tuple[int, int]) -> _Objects:
    width, height = size
    largest = 0.3 * min(size)
    # sizes by r^-3 between the bounds: the inverse of their distribution function
    share = chance.random(count)
    inverse = SMALLEST_OBJECT**-2 * (1 - share) + largest**-2 * share
    radius = inverse**-0.5
    radius[:BACKDROPS] = chance.uniform(0.12, 0.45, BACKDROPS) * min(size)
    base = chance.uniform(0.15, 0.85, count) ** 1.6
    tint = 1 + 0.16 * chance.standard_normal((count, 3))
    colour = np.clip(base[:, None] * np.clip(tint, 0.4, 1.6), 0.015, 0.85)
    rough = np.exp(chance.uniform(np.log(0.006), np.log(0.25), count))
    values = (
        chance.uniform(0, width, count), chance.uniform(0, height, count), radius,
        chance.uniform(0.45, 1.0, count), chance.uniform(0, 180, count),
        chance.uniform(0.2, 1.0, count), rough, colour,
    )  # fmt: skip
    return _Objects(*(value.astype(np.float32) for value in values))


def _painted(objects: _Objects, *, size: tuple[int, int]) -> NDArray[np.int32]:
    """The number of the object in front, per pixel; large ones lie behind."""
    label = np.zeros((size[1], size[0]), dtype=np.int32)
    for number in np.argsort(-objects.radius, kind="stable"):
        radius = float(objects.radius[number])
        centre = (round(float(objects.x[number])), round(float(objects.y[number])))
        axes = (max(1, round(radius)), max(1, round(radius * float(objects.stretch[number]))))
        turn = float(objects.turn[number])
        cv2.ellipse(label, centre, axes, turn, 0, 360, int(number), cv2.FILLED)
    return label


def _texture(chance: np.random.Generator, *, size: tuple[int, int]) -> Light:
    """Detail of about equal strength in every octave, standard deviation 1."""
    width, height = size
    total = np.zeros((height, width), dtype=np.float32)
    for step in (1, 2, 4, 8, 16, 32):
        shape = (height // step + 2, width // step + 2)
        layer = chance.standard_normal(shape, dtype=np.float32)
        total += cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(total / total.std(), dtype=np.float32)
