"""Sound that was stretched and kept its pitch: the splices of overlap and add.

To fill the time, such software lays short pieces of the sound over one another so that they agree
(W. Verhelst and M. Roelands, ICASSP 1993). Noise and consonants, which nature never repeats, are
then heard twice within some hundredths of a second, and that at a steady beat: once in each step of
the software. Measured is how much the likeness of the sound to itself swings at that beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.audio.stream import Floats, Sound
from detectors.video.shallowfake_measure import Measure

RATE = 16_000
LENGTH, HOP = 512, 64
"""Samples: one look (32 ms) and the way to the next (4 ms)."""

BAND_HZ = (3000.0, 7600.0)
"""Where speech is mostly noise, and its pitch no longer repeats strictly."""

WHITE_HZ = 500.0
LAGS = (32, 400)
"""Samples (2 to 25 ms) after which a piece may be heard again."""

BEATS_HZ = (24.0, 100.0)
"""Slower beats are drowned by syllables, and by the blocks of some formats at low rates."""

MOST_LIKE, LIKE = 0.8, 0.5
MOST_ALWAYS = 0.9
FAINT = -45.0
AT_ONCE = 1024

Looks = NDArray[np.float32]

SOURCE = (
    "W. Verhelst and M. Roelands, ICASSP 1993, for the method; the range is that of untouched "
    "development media"
)


@dataclass(frozen=True, kw_only=True)
class Splices:
    """``beat`` in hertz; ``swing`` of the likeness at it (0 to 1); ``stands_out`` against other
    beats (ratio of power); ``lag_share`` mean time after which sound is heard again, as a share of
    a beat; ``like_share`` how much of the time of the splices it is; ``always`` how much of the
    time away from them sound repeats all the same."""

    beat: float
    swing: float
    stands_out: float
    lag_share: float
    like_share: float
    always: float


def stretched(sound: Sound, *, p: Mapping[str, float]) -> Measure:
    """The measure of sound at 16 kHz."""
    limit = p["splice_swing"]

    blank = Measure(name="splices", unit="swing of the likeness, 0 to 1",
                    ranges=((0.0, limit),), source=SOURCE)  # fmt: skip
    if sound.size < p["speed_least_seconds"] * RATE:
        return replace(blank, not_judged="The sound is too short.")
    if _faint(sound):
        return replace(blank, not_judged="The sound holds next to nothing above 3 kHz.")
    found = splices(sound)
    if found.always > MOST_ALWAYS:
        return replace(blank, not_judged="The sound repeats itself all the time, as held tones do.")
    sure = found.swing >= limit and found.stands_out >= p["splice_stands_out"]
    factor = slowed_to(found, p=p) if sure else None
    remark = None if factor is None else (
        f"The sound repeats short pieces of itself {found.beat:.0f} times a second, as stretching "
        f"it without a change of pitch does: it was slowed, to about {factor:.2f} of its speed"
    )  # fmt: skip
    return replace(
        blank,
        value=round(found.swing, 4), factor=factor, remark=remark,
        more={"beat_hz": round(found.beat, 2), "stands_out": round(found.stands_out, 1)},
    )  # fmt: skip


def slowed_to(found: Splices, *, p: Mapping[str, float]) -> float:
    """The speed that leaves such splices: the slower, the later and the more is heard again."""
    share = (
        p["stretch_base"]
        + p["stretch_per_lag"] * found.lag_share
        + p["stretch_per_like"] * found.like_share
    )
    return round(float(np.clip(1 - share, 0.5, 0.95)), 3)


def splices(sound: Sound) -> Splices:
    """The strongest beat of the likeness of the sound to itself."""
    like, lag = _likeness(sound)
    course = like - like.mean()
    power = np.square(np.abs(np.fft.rfft(course * np.hanning(course.size))))
    hertz = np.fft.rfftfreq(course.size, HOP / RATE)
    inside = (hertz > BEATS_HZ[0]) & (hertz < BEATS_HZ[1])
    best = int(np.flatnonzero(inside)[np.argmax(power[inside])])
    usual = max(float(np.median(power[inside])), 1e-12)
    beat, swing, phase = _finely(course, near=float(hertz[best]), step=float(hertz[1]))
    on, off = phase > 0.7, phase < -0.7
    strong = like > LIKE
    # what repeats away from the splices, such as the pitch of a voice, repeats at them too
    scale = on.sum() / max(1, off.sum())
    count = float((strong & on).sum() - scale * (strong & off).sum())
    lags = float(lag[strong & on].sum() - scale * lag[strong & off].sum())
    return Splices(
        beat=beat, swing=swing, stands_out=float(power[best]) / usual,
        lag_share=lags / max(count, 1.0) * beat, like_share=count / max(1, on.sum()),
        always=float(strong[off].mean()) if off.any() else 0.0,
    )  # fmt: skip


def _likeness(sound: Sound) -> tuple[Floats, Floats]:
    """Every 4 ms how like the sound is to itself (0 to 1) some milliseconds later, and how many
    seconds later."""
    window = np.hanning(LENGTH).astype(np.float32)
    hertz = np.fft.rfftfreq(2 * LENGTH, 1 / RATE)
    inside = np.flatnonzero((hertz > BAND_HZ[0]) & (hertz < BAND_HZ[1]))
    band = slice(int(inside[0]), int(inside[-1]) + 1)
    shape = np.correlate(window, window, "full")[LENGTH - 1 :]
    shape = np.maximum(shape / shape[0], 0.1)[slice(*LAGS)].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, LENGTH)[::HOP]
    found = np.empty((len(frames), LAGS[1] - LAGS[0]), dtype=np.float32)
    for first in range(0, len(frames), AT_ONCE):
        again = _again(frames[first : first + AT_ONCE] * window, band, step=float(hertz[1]))
        found[first : first + AT_ONCE] = (
            again[:, slice(*LAGS)] / np.maximum(again[:, :1], 1e-9) / shape
        )
    found -= _middle(found)  # an echo of the room is there always
    like = np.minimum(found.max(axis=1), MOST_LIKE).astype(np.float64)
    return like, (found.argmax(axis=1) + LAGS[0]) / RATE


def _again(looks: Looks, band: slice, *, step: float) -> Looks:
    """How each look (N, LENGTH) agrees with itself after each lag (N, 2 LENGTH), every frequency of
    the band (places in the spectrum, ``step`` hertz apart) made as loud as its neighbourhood.

    OpenCV turns many spectra back at once in an eighth of the time; it takes a spectrum as the
    first real part, then real and imaginary parts in turn.
    """
    power = np.square(np.abs(np.fft.rfft(looks, 2 * LENGTH, axis=1)))
    around = _around(power, wide=round(WHITE_HZ / step))
    white = np.zeros((len(looks), 2 * LENGTH), dtype=np.float32)
    white[:, 2 * band.start - 1 : 2 * band.stop - 1 : 2] = power[:, band] / np.maximum(
        around[:, band], 1e-12
    )
    back = cv2.DFT_ROWS | cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT
    return np.asarray(cv2.dft(white, flags=back), dtype=np.float32)


def _around(power: Looks, *, wide: int) -> Looks:
    """The mean power of each frequency's neighbourhood; beyond the edges the edge goes on."""
    return np.asarray(cv2.blur(power, (wide, 1), borderType=cv2.BORDER_REPLICATE), dtype=np.float32)


def _middle(table: Looks) -> Looks:
    """The median of each column of finite numbers; of an even count the mean of the middle two."""
    lying, half = np.ascontiguousarray(table.T), len(table) // 2
    if len(table) % 2:
        return np.asarray(np.partition(lying, half, axis=1)[:, half], dtype=np.float32)
    part = np.partition(lying, (half - 1, half), axis=1)
    return np.asarray(part[:, half - 1 : half + 1].mean(axis=1), dtype=np.float32)


def _finely(course: Floats, *, near: float, step: float) -> tuple[float, float, Floats]:
    """The exact beat, its swing, and where each moment lies in it (cosine; 1 is the most like)."""
    at = np.arange(course.size) * HOP / RATE
    beats = near + step * np.linspace(-1.5, 1.5, 31)
    turned = [np.exp(-2j * np.pi * beat * at) @ course / course.size for beat in beats]
    best = int(np.argmax(np.abs(turned)))
    phase = np.cos(2 * np.pi * beats[best] * at + np.angle(turned[best]))
    return float(beats[best]), 2 * float(np.abs(turned[best])), phase


def _faint(sound: Sound) -> bool:
    power = np.square(np.abs(np.fft.rfft(sound[: 10 * RATE])))
    hertz = np.fft.rfftfreq(min(sound.size, 10 * RATE), 1 / RATE)
    high = float(power[(hertz > BAND_HZ[0]) & (hertz < BAND_HZ[1])].sum())
    low = float(power[(hertz > 100) & (hertz < BAND_HZ[0])].sum())
    return bool(10 * np.log10(max(high, 1e-12) / max(low, 1e-9)) < FAINT)
