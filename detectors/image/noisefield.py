"""How much noise each part of a picture carries, and how much its brightness lets expect.

Noise is what a filter that is blind to edges leaves (Immerkaer 1996), taken from the quietest
squares of a window, where there is little texture. A sensor's noise depends on brightness, and what
is taken for noise depends on texture; the usual noise is therefore read from all windows of like
brightness and texture (after Liu et al. 2006), and a part is judged by its distance from that.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detectors.image.parts import Floats, Mask, cell_sums, unclipped

CELL = 8
"""Pixels per side of a cell."""

WINDOW = 9
"""Cells per side of the window whose quietest squares are used: 72 pixels."""

QUIETEST = 0.2
"""Share of a window's squares that is taken as free of texture."""

CLASSES = 6
"""Classes of brightness, and of texture, with as many windows each."""

FEW = 200
"""A class with this many windows counts as much as the whole picture."""

FAINTEST = 0.05
"""Noise below this many grey levels is rounding."""

_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6


@dataclass(frozen=True, kw_only=True)
class NoiseField:
    """Per cell, ``excess``: the natural log of the noise over what is usual for brightness
    and texture.

    NaN where the window is mostly black or burnt out. ``typical`` is the picture's median noise, in
    grey levels.
    """

    excess: Floats
    typical: float


def measure(luma: Floats) -> NoiseField:
    """The field of a plane of brightness, 0-255."""
    left = cv2.filter2D(luma, -1, _KERNEL, borderType=cv2.BORDER_REFLECT)
    cells = _mean(np.abs(left)) * np.float32(np.sqrt(np.pi / 2))
    clear = _mean(unclipped(luma).astype(np.float32)) > 0.95
    noise = _quiet(np.where(clear, cells, np.inf).astype(np.float32))
    known = np.isfinite(noise)
    if not known.any():
        return NoiseField(excess=np.full_like(noise, np.nan), typical=0.0)
    logs = np.log(np.maximum(np.where(known, noise, 1), FAINTEST)).astype(np.float32)
    usual = _usual(logs, [_smooth(_mean(luma)), _texture(luma)], known=known)
    return NoiseField(
        excess=np.where(known, logs - usual, np.nan).astype(np.float32),
        typical=float(np.median(noise[known])),
    )


def _mean(plane: Floats) -> Floats:
    return np.asarray(cell_sums(plane, CELL) / np.float32(CELL * CELL), dtype=np.float32)


def _smooth(cells: Floats) -> Floats:
    mean = cv2.blur(cells, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean, dtype=np.float32)


def _quiet(cells: Floats) -> Floats:
    """Per cell, the low quantile over the window around it."""
    padded = np.pad(cells, WINDOW // 2, mode="reflect")
    view = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW, WINDOW))
    flat = view.reshape(*cells.shape, WINDOW * WINDOW)
    place = int(QUIETEST * WINDOW * WINDOW)
    return np.asarray(np.partition(flat, place, axis=2)[..., place], dtype=np.float32)


def _texture(luma: Floats) -> Floats:
    """Strength of coarse detail, which noise hardly changes, per cell (natural log)."""
    soft = cv2.GaussianBlur(luma, (0, 0), 2.0)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
    strength = _smooth(_mean(np.asarray(cv2.magnitude(across, down), dtype=np.float32)))
    return np.asarray(np.log(strength + np.float32(0.5)), dtype=np.float32)


def _usual(values: Floats, traits: list[Floats], *, known: Mask) -> Floats:
    """The median of the known values among cells of the same class of every trait."""
    code = np.zeros(values.shape, dtype=np.int64)
    for trait in traits:
        edges = np.quantile(trait[known], np.linspace(0, 1, CLASSES + 1)[1:-1])
        code = code * CLASSES + np.searchsorted(edges, trait)
    overall = float(np.median(values[known]))
    table = np.full(CLASSES ** len(traits), overall, dtype=np.float32)
    for kind in range(table.size):
        inside = values[known & (code == kind)]
        if inside.size:
            trust = inside.size / (inside.size + FEW)
            table[kind] = trust * float(np.median(inside)) + (1 - trust) * overall
    return np.asarray(table[code], dtype=np.float32)
