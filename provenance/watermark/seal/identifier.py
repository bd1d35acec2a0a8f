"""The robust layer: bits spread over the whole picture, found again after honest handling.

Spread spectrum (Cox, Kilian, Leighton, Shamoon, "Secure spread spectrum watermarking for
multimedia", IEEE Trans. Image Processing 6(12), 1997) in the cosine transform of the picture's
brightness, which is first brought to one size and to even local contrast; that makes the reading
independent of size, brightness and contrast and puts the mark where the eye sees least. What is
added depends on the picture (informed embedding: Miller, Doërr, Cox, "Applying informed coding and
embedding to design a robust high-capacity watermark", IEEE Trans. Image Processing 13(6), 2004;
Malvar, Florêncio, "Improved spread spectrum", IEEE Trans. Signal Processing 51(4), 2003).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from provenance.watermark.seal import streams

Floats = npt.NDArray[np.float32]

SIDE = 256
_LOW, _HIGH = 36, 180
_RINGS = 12
_SMOOTH, _SPREAD = 3.0, 6.0
_QUIET = 5.0


@dataclass(frozen=True)
class View:
    """A brightness plane at ``SIDE`` x ``SIDE`` as the mark sees it.

    ``gain`` is the local contrast (grey levels); ``values`` are the coefficients of the band, even
    in all rings; ``scale`` is what they were divided by.
    """

    gain: Floats
    values: Floats
    scale: Floats


def band() -> npt.NDArray[np.intp]:
    """Places in a flattened ``SIDE`` x ``SIDE`` transform that carry the mark."""
    return _band()[0]


@lru_cache(maxsize=1)
def _band() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    radius = np.hypot(rows, columns).ravel()
    places = np.flatnonzero((radius >= _LOW) & (radius < _HIGH))
    rings = ((radius[places] - _LOW) * _RINGS / (_HIGH - _LOW)).astype(np.intp)
    return places, rings


def resized(plane: Floats, *, width: int, height: int) -> Floats:
    """The plane at another size, without aliasing."""
    smaller = width * height < plane.size
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(plane, (width, height), interpolation=way), dtype=np.float32)


def view(plane: Floats) -> View:
    """What the reader sees of a brightness plane (grey levels 0..255, any size)."""
    small = resized(plane, width=SIDE, height=SIDE)
    detail = small - cv2.GaussianBlur(small, (0, 0), _SMOOTH)
    power = cv2.GaussianBlur(detail * detail, (0, 0), _SPREAD)
    gain = np.sqrt(np.maximum(power, 0)) + np.float32(_QUIET)
    places, rings = _band()
    raw = cv2.dct(detail / gain).ravel()[places]
    power_of_ring = np.bincount(rings, raw * raw, _RINGS) / np.bincount(rings, minlength=_RINGS)
    scale = np.sqrt(power_of_ring + 1e-6).astype(np.float32)[rings]
    return View(gain=gain, values=raw / scale, scale=scale)


def change(seen: View, *, values: Floats) -> Floats:
    """The change of the ``SIDE`` x ``SIDE`` plane that adds ``values`` to what is seen."""
    spectrum = np.zeros(SIDE * SIDE, dtype=np.float32)
    spectrum[band()] = values * seen.scale
    plane = cv2.idct(spectrum.reshape(SIDE, SIDE))
    return np.asarray(plane * seen.gain, dtype=np.float32)


class Carrier:
    """Under one key, which coefficients carry which coded bit, and with which sign."""

    def __init__(self, key: bytes, *, bits: int, name: str) -> None:
        count = band().size
        self.bits = bits
        self.share = count // bits
        self._order = streams.order(key, f"{name} order", count)[: self.share * bits]
        self._signs = streams.signs(key, f"{name} signs", self.share * bits)

    def read(self, values: Floats) -> Floats:
        """One number a coded bit: about normal(0, 1) in a picture without the mark."""
        picked = (values[self._order] * self._signs).reshape(self.bits, self.share)
        return np.asarray(picked.sum(axis=1) / np.sqrt(self.share), dtype=np.float32)

    def spread(self, soft: Floats) -> Floats:
        """Coefficients that add ``soft`` to what ``read`` gives."""
        each = np.repeat(soft / np.float32(np.sqrt(self.share)), self.share)
        out = np.zeros(band().size, dtype=np.float32)
        out[self._order] = each * self._signs
        return out
