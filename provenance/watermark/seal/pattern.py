"""The semi-fragile layer: every block carries a keyed pattern that handling keeps and editing does
not.

Low coefficients of 8 x 8 blocks are moved onto keyed lattices (quantisation index modulation: Chen,
Wornell, "Quantization index modulation", IEEE Trans. Information Theory 47(4), 2001; for
authentication: Lin, Chang, "Semifragile watermarking for authenticating JPEG visual content", Proc.
SPIE 3971, 2000). The lattice is even after a logarithm, so that its steps are small in plain areas
and large in busy ones, as the eye's own are (Weber). Offsets depend on key, work, epoch and place:
a block from elsewhere in the picture, or from another sealed picture, does not fit (against the
collage of Holliman, Memon, IEEE Trans. Image Processing 9(3), 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from provenance.watermark.seal import streams
from provenance.watermark.seal.identifier import resized

Floats = npt.NDArray[np.float32]

BLOCK = 8
_KNEE = np.float32(60.0)
_PLACES = (
    (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0), (1, 3), (3, 1),
)  # fmt: skip
CARRIERS = len(_PLACES)
FREQUENCIES = np.array([(u * u + v * v) / 10 for u, v in _PLACES], dtype=np.float32)
"""Of each carrier, squared, the highest being 1."""


def _basis() -> Floats:
    """One row of 64 for each carrying coefficient, orthonormal."""
    rows = []
    for place in _PLACES:
        block = np.zeros((BLOCK, BLOCK), dtype=np.float32)
        block[place] = 1
        rows.append(cv2.idct(block).ravel())
    return np.array(rows, dtype=np.float32)


_BASIS = _basis()


@dataclass(frozen=True)
class Held:
    """``values``, rows x columns x carriers: what the blocks of a picture hold; ``light``, rows x
    columns: their mean brightness (grey levels)."""

    values: Floats
    light: Floats


def held(plane: Floats, *, rows: int, columns: int) -> Held:
    """What the blocks of a brightness plane hold."""
    small = resized(plane, width=columns * BLOCK, height=rows * BLOCK)
    blocks = small.reshape(rows, BLOCK, columns, BLOCK).transpose(0, 2, 1, 3)
    flat = blocks.reshape(rows, columns, BLOCK * BLOCK)
    return Held(values=flat @ _BASIS.T, light=flat.mean(axis=2))


def change(values: Floats, *, width: int, height: int) -> Floats:
    """The change of a plane of that size that adds ``values`` to its coefficients."""
    rows, columns, _ = values.shape
    blocks = (values @ _BASIS).reshape(rows, columns, BLOCK, BLOCK)
    small = np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(rows * BLOCK, -1)
    return resized(small, width=width, height=height)


@dataclass(frozen=True)
class Lattice:
    """Where coefficients may lie. ``offsets``: … x carriers, 0 <= x < 1; ``step``: the distance of
    two places in plain areas, in grey levels a coefficient."""

    offsets: Floats
    step: float

    def rank(self, values: Floats) -> Floats:
        """Coefficients counted in steps."""
        size = np.log1p(np.abs(values) / _KNEE) * (_KNEE / np.float32(self.step))
        return np.copysign(size, values)

    def value(self, ranks: Floats) -> Floats:
        """The inverse of ``rank``."""
        size = np.expm1(np.abs(ranks) * (np.float32(self.step) / _KNEE)) * _KNEE
        return np.copysign(size, ranks)

    def nearest(self, values: Floats) -> Floats:
        """The coefficients nearest to ``values`` that lie on the lattice."""
        return self.value(np.rint(self.rank(values) - self.offsets) + self.offsets)

    def fit(self, values: Floats) -> Fit:
        """How well coefficients lie on the lattice."""
        phase = np.cos(np.float32(2 * np.pi) * (self.rank(values) - self.offsets))
        steps = np.float32(self.step) * (1 + np.abs(values) / _KNEE)
        return Fit(phase=phase, steps=steps.astype(np.float32))

    def at(self, places: npt.NDArray[np.intp]) -> Lattice:
        """The lattice of some blocks, by their number in reading order."""
        return Lattice(offsets=self.offsets.reshape(-1, CARRIERS)[places], step=self.step)


@dataclass(frozen=True)
class Fit:
    """… x carriers. ``phase``: how well each coefficient lies on the lattice, 1 (on it) to -1
    (between); ``steps``: the width of the lattice there, in grey levels."""

    phase: Floats
    steps: Floats


def lattice(key: bytes, name: str, *, rows: int, columns: int, step: float) -> Lattice:
    """The lattice that belongs to a name under a key."""
    count = rows * columns * CARRIERS
    drawn = streams.offsets(key, f"pattern {name}", count)
    return Lattice(offsets=drawn.reshape(rows, columns, CARRIERS), step=step)
