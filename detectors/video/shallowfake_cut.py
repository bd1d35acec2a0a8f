"""Sound that breaks off where the picture jumps: what taking a piece out of both leaves.

Within a take the spectrum of sound moves on by small steps, and a voice repeats its last period.
At a cut both break within a few thousandths of a second. A consonant or a knock does the same, so
this only adds to the evidence of a change of the picture at the same moment. How much a moment
sounds like a cut is a logistic regression over what :class:`Break` holds; its weights stand on the
card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detectors.api import DecodingFailed, Sample
from detectors.audio.stream import Floats, Sound
from detectors.video.jumps import Change

RATE, HOP = 16_000, 32
SHORT, LONG = 128, 256
"""Samples of a short and a long look (8 and 16 ms); all looks begin ``HOP`` samples apart."""

BANDS = {SHORT: 12, LONG: 20}
BAND_HZ = (80.0, 7600.0)
PERIODS = (40, 256)
"""Samples (2.5 to 16 ms) after which a voice repeats itself."""

BEFORE, INSIDE, AFTER = (-6, -3), (-1, 2), (6, 10)
"""Looks before, at and after a moment between which a voice loses its period and finds it again."""

AROUND_SECONDS = 0.08
MOST_OFF_SECONDS = 0.025
MOST_HEARD = 20

CUT_WEIGHTS = ("cut_base", "cut_per_step", "cut_per_above", "cut_per_lost")


@dataclass(frozen=True, kw_only=True)
class Break:
    """The strongest of each within half a frame of a moment.

    ``step``: logarithm of how far the spectrum is from that of 8 ms before (RMS over bands of
    natural logarithms). ``above``: by how much (logarithm) the spectrum changes more in 16 ms than
    right before and after. ``lost``: by how much a voice is less like its last period than before
    and after (0 to 2).
    """

    step: float
    above: float
    lost: float

    def evidence(self, p: Mapping[str, float]) -> float:
        """Natural logarithm of how many times likelier a cut sounds so than uncut sound does."""
        row = (1.0, self.step, self.above, self.lost)
        return float(sum(p[name] * value for name, value in zip(CUT_WEIGHTS, row, strict=True)))


def jumps(
    sample: Sample, seen: Sequence[Change], times: Floats, *, p: Mapping[str, float]
) -> tuple[list[Change], list[Change]]:
    """The changes that are told as jumps by picture and sound, in order, and those among them that
    the picture alone would not tell."""
    alone = [one for one in seen if told(one, None, p=p)]
    least = p["heard_evidence"] - p["cut_most"]
    near = [one for one in seen if least <= one.evidence(p) < p["jump_evidence"]]
    near = sorted(near, key=lambda one: -one.evidence(p))[:MOST_HEARD]
    if not near:
        return alone, []
    frame = float(np.median(np.diff(times)))
    heard = breaks(sample, [float(times[one.at]) for one in near], frame=frame)
    both = [one for one, sound in zip(near, heard, strict=True) if told(one, sound, p=p)]
    return sorted(alone + both, key=lambda one: one.at), both


def told(change: Change, heard: Break | None, *, p: Mapping[str, float]) -> bool:
    """Whether a change is a jump by its picture, or by its picture and its sound.

    Speech has many a break, so only a clear one counts (``cut_least``), and up to ``cut_most``.
    Sound that goes on takes nothing away, for pictures may be cut alone.
    """
    evidence = change.evidence(p)
    if evidence >= p["jump_evidence"]:
        return True
    more = heard.evidence(p) if heard is not None else 0.0
    return more >= p["cut_least"] and evidence + min(p["cut_most"], more) >= p["heard_evidence"]


def breaks(sample: Sample, moments: Sequence[float], *, frame: float) -> list[Break | None]:
    """Of each moment (seconds); None where there is no sound around it. ``frame`` in seconds."""
    if not moments:
        return []
    off = min(frame / 2, MOST_OFF_SECONDS)
    reach = round((off + AROUND_SECONDS) * RATE)
    sound, start = _until(sample, max(moments) + off + AROUND_SECONDS)
    floor = 1e-7 + 1e-4 * float(np.mean(np.square(sound))) if sound.size else 0.0
    found: list[Break | None] = []
    for moment in moments:
        middle = round((moment - start) * RATE)
        whole = reach <= middle <= sound.size - reach
        piece = sound[middle - reach : middle + reach].astype(np.float64) if whole else None
        found.append(None if piece is None else _break(piece, off=round(off * RATE), floor=floor))
    return found


def _until(sample: Sample, end: float) -> tuple[Sound, float]:
    """The sound up to ``end``, and when it begins; empty where none can be read."""
    pieces: list[Sound] = []
    start = 0.0
    try:
        for block in sample.audio_blocks():
            start = start if pieces else block.start
            pieces.append(block.samples)
            if block.start + block.samples.size / block.rate >= end:
                break
    except DecodingFailed:
        return np.zeros(0, np.float32), 0.0
    return (np.concatenate(pieces) if pieces else np.zeros(0, np.float32)), start


def _break(sound: Floats, *, off: int, floor: float) -> Break:
    """Of the middle of ``sound``, or up to ``off`` samples from it."""
    step, at = _steps(sound, length=SHORT, floor=floor)
    longer, places = _steps(sound, length=LONG, floor=floor)
    near = np.flatnonzero(_within(places, sound, off))
    beside = np.maximum(longer[near - LONG // HOP], longer[near + LONG // HOP])
    lost, starts = _lost(sound, floor=floor)
    return Break(
        step=float(np.log(step[_within(at, sound, off)] + 0.05).max()),
        above=float(np.log((longer[near] + 0.1) / (beside + 0.1)).max()),
        lost=float(lost[_within(starts, sound, off + HOP)].max()),
    )


def _within(at: NDArray[np.int64], sound: Floats, off: int) -> NDArray[np.bool_]:
    return np.asarray(np.abs(at - sound.size // 2) <= off)


def _steps(sound: Floats, *, length: int, floor: float) -> tuple[Floats, NDArray[np.int64]]:
    """How far the spectra before and after each place lie apart, and those places (samples)."""
    looks = np.lib.stride_tricks.sliding_window_view(sound, length)[::HOP] * np.hanning(length)
    power = np.square(np.abs(np.fft.rfft(looks, LONG, axis=1))) @ _bands(BANDS[length]) / length
    level = np.log(power + floor)
    way = length // HOP
    apart: Floats = np.sqrt(np.square(level[way:] - level[:-way]).mean(axis=1))
    return apart, (np.arange(apart.size) + way) * HOP


@cache
def _bands(count: int) -> Floats:
    """Triangles of equal width in mel (frequencies x ``count``)."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in BAND_HZ)
    edge = 700 * (10 ** (np.linspace(low, high, count + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(LONG, 1 / RATE)[:, None]
    rising = (hertz - edge[:-2]) / (edge[1:-1] - edge[:-2])
    falling = (edge[2:] - hertz) / (edge[2:] - edge[1:-1])
    return np.asarray(np.clip(np.minimum(rising, falling), 0.0, None), np.float64)


def _lost(sound: Floats, *, floor: float) -> tuple[Floats, NDArray[np.int64]]:
    """By how much each place is less like its last period than those before and after it are,
    and those places (samples)."""
    like, starts = _periodic(sound, floor=floor)
    first, last = -BEFORE[0], like.size - AFTER[1]
    middles = np.arange(first, last + 1)

    def of(looks: tuple[int, int]) -> Floats:
        return np.asarray(like[middles[:, None] + np.arange(*looks)], np.float64)

    ends = np.minimum(of(BEFORE).max(axis=1), of(AFTER).max(axis=1))
    return ends - of(INSIDE).mean(axis=1), starts[first : last + 1]


def _periodic(sound: Floats, *, floor: float) -> tuple[Floats, NDArray[np.int64]]:
    """How like 8 ms are to the most alike ones a period before (-1 to 1), and where they begin."""
    low, high = PERIODS
    even = sound - np.convolve(sound, np.full(160, 1 / 160), "same")
    starts = np.arange(high, even.size - SHORT, HOP)
    windows = np.lib.stride_tricks.sliding_window_view(even, high - low + SHORT)
    before, now = windows[starts - high], even[starts[:, None] + np.arange(SHORT)]
    spectra = np.fft.rfft(before, 2 * LONG, axis=1) * np.conj(np.fft.rfft(now, 2 * LONG, axis=1))
    products = np.fft.irfft(spectra, axis=1)[:, : high - low + 1]
    sums = np.concatenate(([0.0], np.cumsum(np.square(even))))
    size = np.sqrt(sums[SHORT:] - sums[:-SHORT] + SHORT * floor / 100)
    past = np.lib.stride_tricks.sliding_window_view(size, high - low + 1)[starts - high]
    return (products / (past * size[starts, None])).max(axis=1), starts
