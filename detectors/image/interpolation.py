"""Periods that enlarging, shrinking or turning leaves in a picture, part by part.

Interpolated pixels depend on their neighbours more closely than others, again and again with a
period that the scale decides. The error of a fixed linear prediction is turned into a map of
dependence (Popescu and Farid 2005; Kirchner 2008), whose spectrum shows the period as a peak.
Peaks that JPEG blocks and colour interpolation leave, and those of the picture as a whole, are
left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.image.parts import Floats, Mask, unclipped

TILE = 64
"""Pixels per side of a tile that is transformed."""

HOP = 48
"""Pixels from tile to tile, below MOST_TILES of them."""

MOST_TILES = 1200

GATHERED = 3
"""Tiles per side whose spectra are averaged: 160 pixels, at the least hop."""

AROUND = 11
"""Bins per side that a peak is compared with."""

LOWEST = 6
"""Bins from the middle that are left out: slow changes of the picture itself."""

_PREDICTOR = np.array([[-0.25, 0.5, -0.25], [0.5, 0.0, 0.5], [-0.25, 0.5, -0.25]], dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class Periods:
    """Per cell of ``hop`` pixels, beginning ``lead`` pixels in: the strongest period of its own.

    ``peak`` is the power there over the power around; ``place`` numbers the frequency, of which
    ``frequency`` gives (down, across) in cycles per pixel. ``whole`` is the strongest peak of the
    picture as a whole.
    """

    hop: int
    lead: int
    peak: Floats
    place: NDArray[np.int64]
    whole: float
    alive: Mask

    def frequency(self, place: int) -> tuple[float, float]:
        """(down, across), in cycles per pixel."""
        row, column = divmod(place, TILE)
        return (row if row <= TILE // 2 else row - TILE) / TILE, column / TILE


def measure(luma: Floats) -> Periods:
    """All tiles of a plane of brightness, 0-255."""
    hop = HOP
    while (luma.shape[0] // hop) * (luma.shape[1] // hop) > MOST_TILES:
        hop += 8
    power, alive = _powers(_dependence(luma), unclipped(luma), hop=hop)
    rows, columns = power.shape[:2]
    whole = np.median(power, axis=(0, 1))
    searched = _searched()
    own = _over_surroundings(whole[None, None])[0, 0]
    # what stands out in the picture as a whole, a resized one for instance, is not a part's own
    free = searched & (own < np.maximum(1.3, np.quantile(own[searched], 0.995)))
    over = _over_surroundings(_gathered(power))
    flat = np.where(free, over, 0).reshape(rows, columns, -1)
    return Periods(
        hop=hop,
        lead=(TILE - hop) // 2,
        peak=np.asarray(flat.max(axis=2), dtype=np.float32),
        place=np.asarray(flat.argmax(axis=2), dtype=np.int64),
        whole=float(own[searched].max()),
        alive=alive,
    )


def _dependence(luma: Floats) -> Floats:
    """Near 1 where a pixel follows from its neighbours, near 0 where it does not."""
    error = luma - cv2.filter2D(luma, -1, _PREDICTOR, borderType=cv2.BORDER_REFLECT)
    return np.asarray(np.exp(-np.square(error) / 4), dtype=np.float32)


def _powers(plane: Floats, clear: Mask, *, hop: int) -> tuple[Floats, Mask]:
    """Power spectra of all tiles (rows x columns x frequencies), each of mean 1."""
    view = np.lib.stride_tricks.sliding_window_view(plane, (TILE, TILE))[::hop, ::hop]
    mask = np.lib.stride_tricks.sliding_window_view(clear, (TILE, TILE))[::hop, ::hop]
    window = np.outer(np.hanning(TILE), np.hanning(TILE)).astype(np.float32)
    power = np.empty((*view.shape[:2], TILE, TILE), dtype=np.float32)
    alive = np.empty(view.shape[:2], dtype=np.bool_)
    for row in range(view.shape[0]):
        tiles = view[row] - view[row].mean(axis=(1, 2), keepdims=True)
        spread = tiles.std(axis=(1, 2))
        alive[row] = (spread > 0.05) & (mask[row].mean(axis=(1, 2)) > 0.8)
        found = np.square(np.abs(np.fft.fft2(tiles * window))).astype(np.float32)
        power[row] = found / np.maximum(found.mean(axis=(1, 2), keepdims=True), 1e-9)
    return power, alive


def _gathered(power: Floats) -> Floats:
    """The mean over neighbouring tiles, frequency by frequency."""
    planes = power.reshape(*power.shape[:2], -1)
    mean = np.empty_like(planes)
    # OpenCV takes at most 512 channels at a time
    for start in range(0, planes.shape[2], 512):
        part = np.ascontiguousarray(planes[..., start : start + 512])
        mean[..., start : start + 512] = cv2.blur(
            part, (GATHERED, GATHERED), borderType=cv2.BORDER_REFLECT
        )
    return mean.reshape(power.shape)


def _over_surroundings(power: Floats) -> Floats:
    """Power over the mean of the bins around it; the spectrum wraps around."""
    planes = power.reshape(-1, TILE, TILE)
    half = AROUND // 2
    wide = np.pad(planes, ((0, 0), (half, half), (half, half)), mode="wrap")
    side = TILE + 2 * half
    mean = cv2.blur(wide.reshape(-1, side), (AROUND, AROUND)).reshape(-1, side, side)
    total = mean[:, half:-half, half:-half] * np.float32(AROUND * AROUND)
    around = (total - planes) / np.float32(AROUND * AROUND - 1)
    return np.asarray(planes / np.maximum(around, 1e-9), dtype=np.float32).reshape(power.shape)


def _searched() -> Mask:
    """Half of all frequencies, less those of slow changes, JPEG blocks and colour sampling."""
    bins = np.minimum(np.arange(TILE), TILE - np.arange(TILE))
    down, across = bins[:, None], bins[None, :]
    eighth = TILE // 8
    on_grid = (bins % eighth <= 1) | (bins % eighth >= eighth - 1)
    half = np.arange(TILE)[None, :] <= TILE // 2
    free = (np.hypot(down, across) >= LOWEST) & ~(on_grid[:, None] & on_grid[None, :]) & half
    return np.asarray(free, dtype=np.bool_)
