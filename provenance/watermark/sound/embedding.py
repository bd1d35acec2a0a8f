"""Putting the pattern in: every place is made a little louder or softer.

Multiplicative spread spectrum in the short-time spectrum (Cox, Kilian, Leighton, Shamoon, "Secure
spread spectrum watermarking for multimedia", IEEE Trans. Image Processing 6(12), 1997; Kirovski,
Malvar, "Spread-spectrum watermarking of audio signals", IEEE Trans. Signal Processing 51(4), 2003).
A change in proportion to what is there is masked by it, and silence stays silent.

Sound is worked through in blocks of 8 s (1000 slots exactly) with a second of neighbourhood on
either side, so that memory stays flat and any rate fits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from foundation.media.decode import Samples
from provenance.watermark.sound.pattern import BAND, HIGH, LOW, RATE, SLOT, SLOTS, Floats

STRENGTH = 0.17
"""The relative change of a place's loudness (1.4 dB)."""

BLOCK_SECONDS = 8
_MARGIN_SECONDS = 1
_HOP = SLOT // 2
_WINDOW = np.sin(np.pi * (np.arange(SLOT) + 0.5) / SLOT).astype(np.float32)


@dataclass
class Loudness:
    """What the mark costs, gathered while it is put in."""

    signal: float = 0.0
    noise: float = 0.0
    segments: list[float] = field(default_factory=list)
    rate: int = 0

    def add(self, before: Samples, change: Samples, *, rate: int) -> None:
        """Take account of one block (channels x samples)."""
        self.rate = rate
        self.signal += float(np.square(before, dtype=np.float64).sum())
        self.noise += float(np.square(change, dtype=np.float64).sum())
        length = rate // 50
        count = before.shape[1] // length
        if not count:
            return
        cut = (slice(None), slice(0, count * length))
        powers = [
            np.square(part[cut], dtype=np.float64).reshape(-1, count, length).sum(axis=(0, 2))
            for part in (before, change)
        ]
        heard = (powers[0] > 1e-7 * length) & (powers[1] > 0)
        ratios = 10 * np.log10(powers[0][heard] / powers[1][heard])
        self.segments += np.clip(ratios, -10, 35).tolist()

    def to_dict(self) -> dict[str, float]:
        """``snr`` and ``segmental_snr`` (pieces of 20 ms, each held to -10..35 dB), in dB."""
        if not self.noise or not self.segments:
            return {}
        return {
            "snr": round(10 * math.log10(self.signal / self.noise), 2),
            "segmental_snr": round(float(np.mean(self.segments)), 2),
        }


def marked(
    pieces: Iterator[tuple[int, Samples]], chips: Floats, *, cost: Loudness
) -> Iterator[tuple[int, Samples]]:
    """The same sound, with ``chips`` (slots x bands, +1 or -1) in every period of it."""
    for rate, number, around in _blocks(pieces):
        before = around.own()
        change = _change(around, number=number, rate=rate, chips=chips)
        cost.add(before, change, rate=rate)
        yield rate, np.clip(before + change, -1, 1)


@dataclass(frozen=True)
class _Around:
    """A block with its neighbourhood: ``samples`` from ``lead`` samples before the block on."""

    samples: Samples
    lead: int
    length: int

    def own(self) -> Samples:
        """The block alone."""
        return self.samples[:, self.lead : self.lead + self.length]


def _blocks(pieces: Iterator[tuple[int, Samples]]) -> Iterator[tuple[int, int, _Around]]:
    """Rate, number and surroundings of each block of 8 s; the last one may be shorter."""
    held: Samples | None = None
    number, lead, rate = 0, 0, 0
    for rate, piece in pieces:
        held = piece if held is None else np.concatenate([held, piece], axis=1)
        block, margin = BLOCK_SECONDS * rate, _MARGIN_SECONDS * rate
        while held.shape[1] >= lead + block + margin:
            yield rate, number, _Around(held[:, : lead + block + margin], lead, block)
            held, lead, number = held[:, lead + block - margin :], margin, number + 1
    if held is not None and held.shape[1] > lead:
        # what is left may still be longer than one block, by less than the margin
        left = held.shape[1] - lead
        first = min(left, BLOCK_SECONDS * rate)
        yield rate, number, _Around(held, lead, first)
        if left > first:
            yield rate, number + 1, _Around(held, lead + first, left - first)


def _change(around: _Around, *, number: int, rate: int, chips: Floats) -> Samples:
    """What is added to a block (channels x samples)."""
    begin = number * BLOCK_SECONDS * RATE - around.lead * RATE // rate
    common = math.gcd(rate, RATE)
    up, down = RATE // common, rate // common
    out = np.zeros((around.samples.shape[0], around.length), dtype=np.float32)
    for place, channel in enumerate(around.samples):
        narrow = resample_poly(channel, up, down).astype(np.float32)
        wide = resample_poly(_added(narrow, begin=begin, chips=chips), down, up)
        part = wide[around.lead : around.lead + around.length]
        out[place, : part.size] = part
    return out


def _added(sound: npt.NDArray[np.float32], *, begin: int, chips: Floats) -> Floats:
    """The change of sound at 16 kHz whose first sample is number ``begin`` of the file."""
    first = begin // _HOP - 1
    before = begin - first * _HOP
    count = (before + sound.size) // _HOP + 2
    padded = np.zeros((count + 1) * _HOP, dtype=np.float32)
    padded[before : before + sound.size] = sound
    frames = np.lib.stride_tricks.sliding_window_view(padded, SLOT)[::_HOP]
    spectra = np.fft.rfft(frames * _WINDOW, axis=1)
    gains = np.zeros(spectra.shape, dtype=np.float32)
    # a frame that begins with a slot has its chips; one between two slots the mean of both
    numbers = first + np.arange(frames.shape[0])
    both = (chips[numbers // 2 % SLOTS] + chips[(numbers + 1) // 2 % SLOTS]) / 2
    gains[:, LOW:HIGH] = np.repeat(both, BAND, axis=1)
    changes = np.fft.irfft(spectra * gains * STRENGTH, n=SLOT, axis=1) * _WINDOW
    total = np.zeros(padded.size, dtype=np.float64)
    for half in (0, 1):
        part = changes[:, half * _HOP : (half + 1) * _HOP].ravel()
        total[half * _HOP : half * _HOP + part.size] += part
    return total[before : before + sound.size].astype(np.float32)
