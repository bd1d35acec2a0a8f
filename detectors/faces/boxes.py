"""Boxes of faces in one picture: YuNet where its weights are installed, Haar cascades otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

SIDE = 640
"""Pictures are shrunk to this longest side before faces are looked for."""

NEARLY = 0.02
"""A scale this near to one over a whole number is taken for it."""

LEAST_SCORE = 0.7
OVERLAP = 0.3
LEAST_SIDE = 20
"""Smaller faces (pixels of the shrunk picture) are not reported."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """``x``, ``y``, ``width``, ``height`` in pixels of the picture; ``angle`` of the eye line in
    radians, clockwise positive; ``score`` in [0, 1]."""

    x: float
    y: float
    width: float
    height: float
    score: float
    angle: float = 0.0

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class Finder(Protocol):
    """Looks for faces in a picture."""

    name: str

    def __call__(self, rgb: Picture) -> list[Box]:
        """The faces found, largest first."""


class YuNet:
    """Wu, Peng and Yu, YuNet: A Tiny Millisecond-level Face Detector, 2023."""

    name = "yunet"

    def __init__(self, weights: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(
            str(weights), "", (SIDE, SIDE), LEAST_SCORE, OVERLAP, 50
        )

    def __call__(self, rgb: Picture) -> list[Box]:
        small, scale = shrunk(rgb)
        # the network halves its input five times; other sizes shift the boxes
        rows, columns = (-(-side // 32) * 32 for side in small.shape[:2])
        padded = cv2.copyMakeBorder(
            small, 0, rows - small.shape[0], 0, columns - small.shape[1], cv2.BORDER_CONSTANT
        )
        self._net.setInputSize((columns, rows))
        _, found = self._net.detect(cv2.cvtColor(padded, cv2.COLOR_RGB2BGR))
        # None where there is no face, in spite of the annotation
        faces = np.asarray(found, dtype=np.float32).reshape(-1, 15) if np.ndim(found) else ()
        # in a picture a few pixels high it puts faces at infinity
        boxes = [_yunet_box(row, scale=scale) for row in faces if np.isfinite(row).all()]
        return _largest_first(boxes, least=LEAST_SIDE / scale)


class Haar:
    """Viola and Jones, Rapid Object Detection using a Boosted Cascade of Simple Features, 2001."""

    name = "haar"

    def __init__(self) -> None:
        folder = Path(cv2.__file__).parent / "data"
        self._net = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))

    def __call__(self, rgb: Picture) -> list[Box]:
        small, scale = shrunk(rgb)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        found = self._net.detectMultiScale(grey, 1.1, 6, minSize=(40, 40))
        boxes = [
            Box(x=x / scale, y=y / scale, width=w / scale, height=h / scale, score=0.5)
            for x, y, w, h in (found if len(found) else [])
        ]
        return _largest_first(boxes, least=40 / scale)


def finder(weights: Path | None) -> Finder:
    """YuNet with these weights, or Haar cascades without."""
    return YuNet(weights) if weights is not None else Haar()


def shrunk(rgb: Picture) -> tuple[Picture, float]:
    """The picture at most ``SIDE`` pixels long, and the scale that took it there."""
    rows, columns = rgb.shape[:2]
    scale = min(1.0, SIDE / max(rows, columns))
    if scale == 1.0:
        return rgb, 1.0
    factor = round(1 / scale)
    if abs(scale * factor - 1) < NEARLY:
        # averaging whole squares takes a twentieth of the time
        rgb, scale = rgb[: rows // factor * factor, : columns // factor * factor], 1 / factor
        rows, columns = rgb.shape[:2]
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def _yunet_box(row: NDArray[np.float32], *, scale: float) -> Box:
    x, y, width, height = (float(value) / scale for value in row[:4])
    return Box(
        x=x, y=y, width=width, height=height, score=float(row[14]),
        angle=float(np.arctan2(row[7] - row[5], row[6] - row[4])),
    )  # fmt: skip


def _largest_first(boxes: list[Box], *, least: float) -> list[Box]:
    large = [box for box in boxes if min(box.width, box.height) >= least]
    return sorted(large, key=lambda box: (-box.width * box.height, box.x, box.y))
