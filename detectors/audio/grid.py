"""The grid that a lossy encoder leaves in sound: where its blocks began.

AAC and MP3 turn overlapping blocks into frequencies and round most of them to zero. Whoever cuts
decoded sound into blocks at the same places finds those zeros again; one sample aside they are
gone: R. Yang, Z. Qu and J. Huang, Detecting Digital Audio Forgeries by Checking Frame Offsets, ACM
Multimedia and Security Workshop 2008, and Exposing MP3 Audio Forgeries Using Frame Offsets, ACM
TOMM 8(S2), 2012. MP3's filter bank is approximated here by the transform inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.audio.chance import log10_at_least
from detectors.audio.stream import Floats, Sound

LOW_HZ, HIGH_HZ = 1000.0, 9000.0
ONE_STEP = 1.0
"""Half a step of 16 bits is the rounding of the decoder; a coefficient below a step counts as 0."""

LEAST_RMS = 6.0
"""Frequencies whose coefficients stay below this many steps carry nothing that could be lost."""

KAISER_ALPHA = 4.0
LEAST_BINS = 24
AT_ONCE = 16
"""Places tried in one transform."""


@dataclass(frozen=True, kw_only=True)
class Codec:
    """``block`` new samples enter each overlapping block of twice the length.

    ``blur`` is how many samples aside an imperfect transform still finds the grid.
    """

    name: str
    block: int
    window: Floats
    blur: int = 0


def _sine(length: int) -> Floats:
    return np.sin(np.pi * (np.arange(length) + 0.5) / length)


def _kaiser_derived(length: int) -> Floats:
    """ISO/IEC 13818-7, the KBD window of long blocks."""
    total = np.cumsum(np.kaiser(length // 2 + 1, np.pi * KAISER_ALPHA))
    half = np.sqrt(total[:-1] / total[-1])
    return np.concatenate([half, half[::-1]])


CLEAR = (
    Codec(name="AAC", block=1024, window=_kaiser_derived(2048)),
    Codec(name="AAC", block=1024, window=_sine(2048)),
)
FAINT = Codec(name="MP3", block=576, window=_sine(1152), blur=12)


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Share of coefficients that are zero for every place (``block`` of them) of the grid's first
    sample in the file, and how far the best stands out (in robust standard deviations)."""

    codec: Codec
    zeros: Floats

    @property
    def offset(self) -> int:
        """The best place."""
        return int(np.argmax(self.zeros))

    @property
    def height(self) -> float:
        """How far it stands out."""
        usual = float(np.median(self.zeros))
        spread = 1.4826 * float(np.median(np.abs(self.zeros - usual)))
        return (float(self.zeros.max()) - usual) / max(spread, 1e-4)


def trace(sound: Sound, *, first: int, rate: int, codec: Codec, blocks: int) -> Trace | None:
    """Try every place of the grid on the ``blocks`` loudest blocks of a piece of sound.

    ``first`` is the number of its first sample in the file. None when it is too quiet or short.
    """
    block = codec.block
    skip = -first % block
    starts = np.arange(skip, sound.size - 3 * block, block)
    if starts.size < 2:
        return None
    energy = np.square(sound[skip : skip + starts.size * block]).reshape(-1, block).sum(axis=1)
    loudest = np.sort(starts[np.argsort(energy, kind="stable")[::-1][:blocks]])
    low, high = (round(hertz * 2 * block / rate) for hertz in (LOW_HZ, min(HIGH_HZ, 0.4 * rate)))
    used = np.arange(low, high)
    loud = _coefficients(sound, loudest + block // 2, codec=codec)[:, used]
    used = used[np.sqrt(np.mean(np.square(loud), axis=0)) >= LEAST_RMS]
    if used.size < LEAST_BINS:
        return None
    small = np.empty(block)
    for place in range(0, block, AT_ONCE):
        places = np.arange(place, min(block, place + AT_ONCE))
        starts = (places[:, None] + loudest).ravel()
        zero = np.abs(_coefficients(sound, starts, codec=codec)[:, used]) < ONE_STEP
        small[places] = zero.reshape(len(places), -1).mean(axis=1)
    return Trace(codec=codec, zeros=small)


def _coefficients(sound: Sound, starts: NDArray[np.int64], *, codec: Codec) -> Sound:
    """MDCT of the blocks that begin at ``starts`` (count x block), in steps of 16 bits.

    Folded to a DCT-IV, and that to a transform of half as many complex numbers.
    """
    block = codec.block
    half = block // 2
    frames = sound[starts[:, None] + np.arange(2 * block)] * codec.window.astype(np.float32)
    a, b, c, d = (frames[:, quarter * half : (quarter + 1) * half] for quarter in range(4))
    folded = np.concatenate([-c[:, ::-1] - d, a - b[:, ::-1]], axis=1)
    turn = np.exp(-1j * np.pi / block * (np.arange(half) + 0.125)).astype(np.complex64)
    pairs = (folded[:, ::2] + 1j * folded[:, ::-2]) * turn
    spectrum = np.fft.fft(pairs, axis=1) * turn
    out = np.empty((len(starts), block), dtype=np.float32)
    out[:, ::2] = spectrum.real
    out[:, ::-2] = -spectrum.imag
    return out * np.float32(np.sqrt(2 / block) * 32_768)


def agreement(traces: Sequence[Trace]) -> float:
    """Minus the decimal logarithm of the chance that so many pieces put the grid at one place.

    For transforms whose peak is too blurred to stand out from its neighbours.
    """
    codec = traces[0].codec
    offsets = np.array([one.offset for one in traces])
    apart = np.abs(offsets[:, None] - offsets)
    near = np.minimum(apart, codec.block - apart) <= codec.blur
    agreeing = int(near.sum(axis=1).max()) - 1
    share, others = (2 * codec.blur + 1) / codec.block, len(traces) - 1
    chance = log10_at_least(agreeing, of=others, share=share) + np.log10(len(traces))
    return max(0.0, -float(chance))


def boundary(sound: Sound, *, first: int, rate: int, codec: Codec, offsets: tuple[int, int]) -> int:
    """The sample (of ``sound``) at which one grid gives way to the other."""
    low, high = (
        round(hertz * 2 * codec.block / rate) for hertz in (LOW_HZ, min(HIGH_HZ, 0.4 * rate))
    )
    shares = []
    for offset in offsets:
        starts = np.arange(
            (offset - first) % codec.block, sound.size - 2 * codec.block, codec.block
        )
        small = np.abs(_coefficients(sound, starts, codec=codec)[:, low:high]) < ONE_STEP
        middles = starts + codec.block
        at = np.arange(0, sound.size, codec.block // 4)
        shares.append(np.interp(at, middles, small.mean(axis=1)))
    gain = shares[0] - shares[1]
    before, after = np.cumsum(gain), np.cumsum(-gain[::-1])[::-1]
    return int(np.argmax(before + after) * (codec.block // 4))
