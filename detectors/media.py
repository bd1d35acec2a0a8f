"""The decoded forms that a sample hands to detectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BLOCK = 256
"""Frames compared at a time."""

Pixels = NDArray[np.uint8]
"""Upright picture, HxWx3, sRGB, 0-255."""


@dataclass(frozen=True, kw_only=True)
class JpegLuma:
    """A JPEG's luma plane as coded, before any rotation that the file asks for.

    ``luma`` HxW uint8; ``table`` 8x8 quantisation steps (row = vertical frequency);
    ``quality`` the nearest quality of the standard tables, 1-100; ``orientation`` EXIF 1-8.
    """

    luma: NDArray[np.uint8]
    table: NDArray[np.int64]
    quality: float
    standard_table: bool
    orientation: int

    def upright(self, plane: NDArray[np.generic]) -> NDArray[np.generic]:
        """Turn a map of the coded picture (any scale) the way a person sees the picture."""
        turned = plane
        if self.orientation in (2, 3, 4, 5, 6, 7, 8):
            flips = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True)}
            flips |= {6: (3, False), 7: (1, True), 8: (1, False)}
            quarters, mirrored = flips[self.orientation]
            turned = np.rot90(turned, quarters)
            turned = np.fliplr(turned) if mirrored else turned
        return turned


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Frames of the first video stream: ``times`` (N,) seconds, ``images`` NxHxWx3 uint8."""

    times: NDArray[np.float64]
    images: NDArray[np.uint8]
    truncated: bool

    @cached_property
    def change(self) -> NDArray[np.float64]:
        """Mean absolute difference of each frame to the one before, in grey levels (N-1,)."""
        found = np.empty(max(0, len(self.images) - 1))
        for start in range(0, len(found), BLOCK):
            end = min(start + BLOCK, len(found))
            # three channels in 16 bits: five minutes of video must not need gigabytes
            part = self.images[start : end + 1]
            grey = part[..., 0].astype(np.int16)
            grey += part[..., 1]
            grey += part[..., 2]
            found[start:end] = np.abs(np.diff(grey, axis=0)).mean(axis=(1, 2)) / 3
        found.flags.writeable = False
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One coded frame: presentation time and duration in seconds, size in bytes."""

    time: float
    duration: float
    size: int
    keyframe: bool


PacketList = Sequence[Packet]
"""Packets in presentation order."""


@dataclass(frozen=True, kw_only=True)
class Audio:
    """Mono sound: ``samples`` (N,) float32 in [-1, 1] at ``rate`` per second.

    ``start`` is the time of the first sample in seconds from the start of the file.
    """

    samples: NDArray[np.float32]
    rate: int
    start: float
    truncated: bool

    @property
    def seconds(self) -> float:
        """Length of ``samples``."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, kw_only=True)
class AudioBlock:
    """A piece of mono sound: ``samples`` (N,) float32 in [-1, 1] at ``rate`` per second,
    ``start`` seconds from the start of the file."""

    samples: NDArray[np.float32]
    rate: int
    start: float
