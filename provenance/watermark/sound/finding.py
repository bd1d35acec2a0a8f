"""Finding the pattern again: even out the spectrum, lay all periods on one another, look where the
known part fits, and read the bits there.

Evening out is what whitening is to a correlator (Kirovski, Malvar 2003): each place is compared
with its neighbours in time and frequency, so that speech and music themselves nearly cancel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter

from provenance.watermark.sound.identifier import Read, read
from provenance.watermark.sound.pattern import BAND, BANDS, HIGH, LOW, SLOT, SLOTS, Floats, pattern

STARTS = 4
"""Places within a slot at which the pattern is looked for (every 2 ms)."""

CANDIDATES = 6
"""The best places that are read; each is a try."""

_NEAR = (3, 3)
_FAR = (25, 5)
_MOST = 1.5
_FLOOR = 1e-7
_HANN = np.hanning(SLOT + 1)[:SLOT].astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The best reading: where in the pattern the sound begins (samples at 16 kHz), how surely the
    known part was found (standard deviations), and how many places were read."""

    read: Read
    begins: int
    certainty: float
    tries: int


def find(sound: Floats, *, key: bytes) -> Found | None:
    """Look for the mark in sound at 16 kHz; None when it is shorter than one slot."""
    folds = [_folded(sound[start * SLOT // STARTS :]) for start in range(STARTS)]
    if any(fold is None for fold in folds):
        return None
    laid = np.stack([fold for fold in folds if fold is not None])
    places = sorted(_fits(laid, key=key), reverse=True)[:CANDIDATES]
    best: Found | None = None
    for certainty, start, shift in places:
        seen = np.roll(laid[start], shift, axis=0)
        said = read(_even(pattern(key).gathered(seen)), key=key)
        found = Found(
            read=said,
            begins=(shift * SLOT - start * SLOT // STARTS) % (SLOTS * SLOT),
            certainty=certainty,
            tries=len(places),
        )
        if said.fits:
            return found
        best = best or found
    return best


def _even(soft: Floats) -> Floats:
    return np.asarray(soft / (np.abs(soft).mean() + 1e-9), dtype=np.float32)


def _folded(sound: Floats) -> Floats | None:
    """All slots of the sound, evened out and added up by their place in the pattern."""
    count = sound.size // SLOT
    if not count:
        return None
    frames = sound[: count * SLOT].reshape(count, SLOT) * _HANN
    power = np.square(np.abs(np.fft.rfft(frames, axis=1)[:, LOW:HIGH]))
    power = power.reshape(count, BANDS, BAND).sum(axis=2).astype(np.float32)
    floor = _FLOOR * float(np.quantile(power, 0.99)) + 1e-12
    level = np.log(power + floor) / 2
    detail = level - uniform_filter(level, _NEAR, mode="nearest")
    spread = np.sqrt(uniform_filter(np.square(detail), _FAR, mode="nearest")) + 1e-3
    fair = np.clip(detail / spread, -_MOST, _MOST)
    whole = np.zeros((-(-count // SLOTS) * SLOTS, BANDS), dtype=np.float32)
    whole[:count] = fair
    return np.asarray(whole.reshape(-1, SLOTS, BANDS).sum(axis=0), dtype=np.float32)


def _fits(laid: Floats, *, key: bytes) -> Iterator[tuple[float, int, int]]:
    """For every place: how well the known part fits, start within a slot, slots to shift."""
    wanted = pattern(key).signs * pattern(key).known
    target = np.fft.rfft(wanted, axis=0)
    for start, fold in enumerate(laid):
        spectrum = np.fft.rfft(fold, axis=0)
        # the sum over frequencies of the cross-correlation along time
        product = np.fft.irfft((target * spectrum.conj()).sum(axis=1), n=SLOTS)
        power = float(np.sqrt(np.square(fold).mean() * np.square(wanted).sum())) + 1e-9
        for shift, value in enumerate(product / power):
            yield float(value), start, shift
