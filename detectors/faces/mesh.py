"""478 points and 52 blendshapes of one face: the crop, the two graphs, and the way back.

Google AI Edge, MediaPipe Face Landmarker (model card "Face Mesh V2" and "Blendshape V2"); the crop
follows its public graph: the square around the face, half as large again, turned to the eye line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.faces.boxes import Box, Picture
from detectors.faces.bundle import Bundle
from detectors.faces.tracks import POINTS, Floats
from detectors.runtimes.litert import Graph

SIDE = 256
AROUND = 1.5
LEAST_PRESENCE = 0.5
OUTER_RIGHT, OUTER_LEFT = 33, 263
MESH = 468

SHAPE_POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144,
    145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173,
    176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
)  # fmt: skip
"""The points that the blendshape graph reads (MediaPipe, face_blendshapes_graph.cc)."""

_SHAPE_POINTS = np.array(SHAPE_POINTS)


@dataclass(frozen=True, kw_only=True)
class Square:
    """A turned square of the picture: centre and side in pixels, ``angle`` in radians."""

    x: float
    y: float
    side: float
    angle: float

    def matrix(self, size: int) -> NDArray[np.float64]:
        """(2, 3): pixels of the picture to pixels of the square scaled to ``size``."""
        scale = size / self.side
        cos, sin = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        x, y, middle = self.x, self.y, size / 2
        return np.array(
            [[cos, sin, middle - cos * x - sin * y], [-sin, cos, middle + sin * x - cos * y]]
        )


@dataclass(frozen=True, kw_only=True)
class Face:
    """``points`` (478, 3) in pixels of the picture, ``shapes`` (52,), ``presence`` in [0, 1]."""

    points: Floats
    shapes: Floats
    presence: float

    @cached_property
    def box(self) -> Box:
        """The box of the 468 points of the mesh."""
        across = np.ascontiguousarray(self.points[:MESH, :2].T)  # rows are searched faster
        low, high = np.minimum.reduce(across, axis=1), np.maximum.reduce(across, axis=1)
        return Box(
            x=float(low[0]), y=float(low[1]), width=float(high[0] - low[0]),
            height=float(high[1] - low[1]), score=self.presence, angle=eye_line(self.points),
        )  # fmt: skip


class Mesh:
    """Both graphs, ready to run."""

    def __init__(self, bundle: Bundle) -> None:
        self._landmarks = Graph(bundle.landmarks)
        self._shapes = Graph(bundle.blendshapes)

    def at(self, rgb: Picture, box: Box, *, again: bool = False) -> Face | None:
        """The face in ``box``; None where the graph sees none. ``again`` settles a fresh box."""
        face = self._once(rgb, square(box))
        if face is not None and again:
            face = self._once(rgb, square(face.box)) or face
        return face

    def _once(self, rgb: Picture, where: Square) -> Face | None:
        _write(_cut(rgb, where), self._landmarks.given())
        outputs = self._landmarks.run()
        presence = float(1 / (1 + np.exp(-outputs["Identity_1"].flat[0])))
        if presence < LEAST_PRESENCE:
            return None
        points = _back(outputs["Identity"].reshape(POINTS, 3), where)
        shapes = self._shapes(points.take(_SHAPE_POINTS, axis=0)[None, :, :2])
        values = next(iter(shapes.values())).ravel()
        return Face(points=points, shapes=np.clip(values, 0, 1), presence=presence)


def square(box: Box, *, around: float = AROUND) -> Square:
    """The square around a box, turned to its eye line."""
    x, y = box.centre
    return Square(x=x, y=y, side=max(box.width, box.height, 8.0) * around, angle=box.angle)


def eye_line(points: Floats) -> float:
    """Angle from the outer corner of the right eye to that of the left, in radians."""
    across = points[OUTER_LEFT, :2] - points[OUTER_RIGHT, :2]
    return float(np.arctan2(across[1], across[0]))


def cut(rgb: Picture, where: Square, *, size: int) -> Picture:
    """The square as an upright picture of ``size`` pixels; black beyond the picture's edge."""
    matrix = where.matrix(size)
    halvings = int(np.log2(max(1.0, where.side / size)))
    if halvings:
        # bilinear sampling skips pixels when it shrinks, and what it skips flickers
        rgb, offset = _surroundings(rgb, where)
        factor = 2**halvings
        rgb = rgb[: rgb.shape[0] // factor * factor, : rgb.shape[1] // factor * factor]
        small = (rgb.shape[1] // factor, rgb.shape[0] // factor)
        rgb = np.asarray(cv2.resize(rgb, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        matrix = matrix @ np.array(
            [[factor, 0, offset[0] + (factor - 1) / 2], [0, factor, offset[1] + (factor - 1) / 2],
             [0, 0, 1]]
        )  # fmt: skip
    return np.asarray(cv2.warpAffine(rgb, matrix, (size, size)), dtype=np.uint8)


def _cut(rgb: Picture, where: Square) -> Picture:
    return cut(rgb, where, size=SIDE)


def _write(crop: Picture, given: Floats) -> None:
    """Bytes as numbers from 0 to 1; widened first and then scaled takes a third of the time of both
    at once, and gives the same numbers."""
    np.copyto(given[0], crop)
    np.multiply(given, np.float32(1 / 255), out=given)


def _surroundings(rgb: Picture, where: Square) -> tuple[Picture, tuple[int, int]]:
    """The upright box that holds the square, and its corner."""
    reach = int(np.ceil(where.side * 0.7072)) + 2
    left, top = max(0, int(where.x) - reach), max(0, int(where.y) - reach)
    part = rgb[top : int(where.y) + reach, left : int(where.x) + reach]
    if min(part.shape[:2]) < 64:
        return rgb, (0, 0)
    return part, (left, top)


def _back(points: Floats, where: Square) -> Floats:
    scale = where.side / SIDE
    cos, sin = math.cos(where.angle) * scale, math.sin(where.angle) * scale
    across, down = points[:, 0] - SIDE / 2, points[:, 1] - SIDE / 2
    found = np.empty((POINTS, 3), dtype=np.float32)
    found[:, 0] = cos * across - sin * down + where.x
    found[:, 1] = sin * across + cos * down + where.y
    found[:, 2] = points[:, 2] * scale
    return found
