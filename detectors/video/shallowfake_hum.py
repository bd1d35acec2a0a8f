"""Mains hum that lies where no mains does: the sound was slowed, or sped up, with its pitch.

The mains keep 50 or 60 Hz within a hundredth or two, and their hum has lines at every multiple.
Other speed moves all lines by one factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detectors.audio.stream import Floats, Sound
from detectors.video.shallowfake_measure import Measure

RATE, LOW_RATE = 16_000, 2_000
SECONDS, STEP_SECONDS = 4, 1
MAINS_HZ = (50.0, 60.0)
WITHIN = 0.02
BASES_HZ = np.arange(25.0, 130.0, 0.05)
LINES = 4
NEAR_HZ, APART_HZ = 8.0, 1.0
MOST_DB = 25.0
SPEEDS = (0.5, 2.0)
NOTE_HZ, NOTE_WITHIN = 440.0, 0.01

SOURCE = (
    "Commission Regulation (EU) 2016/1388, annex I: 49.0 to 51.0 Hz without limit of time; the "
    "same share of 60 Hz is taken"
)


def hummed(sound: Sound, *, p: Mapping[str, float]) -> Measure:
    """The measure of sound at 16 kHz."""
    ranges = tuple((hertz * (1 - WITHIN), hertz * (1 + WITHIN)) for hertz in MAINS_HZ)

    blank = Measure(name="hum", unit="Hz", ranges=ranges, source=SOURCE)
    if sound.size < (SECONDS + 3 * STEP_SECONDS) * RATE:
        return replace(blank, not_judged="The sound is too short.")
    base, height, lines = comb(sound)
    if height < p["hum_height_db"] or lines < p["hum_lines"]:
        return replace(blank, not_judged="There is no steady hum in the sound.")
    more = {"height_db": round(height, 2), "lines": lines}
    value = round(base, 2)
    if _is_mains(base):
        return replace(blank, value=value, more=more)
    if _is_note(base):
        return replace(
            blank, value=value, more=more, not_judged="The hum may be a held note of music."
        )
    fitting = [
        (mains, base / mains) for mains in MAINS_HZ if SPEEDS[0] <= base / mains <= SPEEDS[1]
    ]
    mains, factor = min(fitting, key=lambda one: abs(np.log(one[1])))
    words = " or ".join(f"{hertz:.0f} Hz at {share:.2f} of its speed" for hertz, share in fitting)
    return replace(
        blank,
        value=value, factor=round(factor, 3), more=more | {"mains_hz": mains},
        remark=f"A steady hum lies at {base:.1f} Hz and its multiples, where no mains does; mains "
               f"of {words} would sound so",
    )  # fmt: skip


def comb(sound: Sound) -> tuple[float, float, int]:
    """The base (hertz) of the lines that stand out most at its first multiples, by how many
    decibels on average, and how many of them stand out at all."""
    step, level = _steady(sound)
    wide, hole = (round(one / step) for one in (NEAR_HZ, APART_HZ))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(level, wide, mode="edge"), 2 * wide + 1
    )
    beside = np.delete(windows, np.s_[wide - hole : wide + hole + 1], axis=1)
    # nothing that is rounding noise stands out
    above = np.clip(level - np.maximum(_third_quarter(beside), -60.0), 0.0, MOST_DB)
    sharp = np.maximum(above, np.maximum(np.roll(above, 1), np.roll(above, -1)))
    order = np.arange(1, LINES + 1)
    places = np.round(BASES_HZ[:, None] * order / step).astype(int)
    heights = sharp[places]
    total = heights.mean(axis=1)
    best = int(np.argmax(total))
    return float(BASES_HZ[best]), float(total[best]), int((heights[best] >= MOST_DB / 3).sum())


def _third_quarter(rows: Floats) -> Floats:
    """The 75th percentile of each row of finite numbers; whole short rows are sorted in a quarter
    of the time that finding two of their places takes."""
    ordered = np.sort(rows, axis=1)
    place = 0.75 * (rows.shape[1] - 1)
    low, high = ordered[:, int(place)], ordered[:, min(int(place) + 1, rows.shape[1] - 1)]
    return np.asarray(low + (high - low) * (place - int(place)), dtype=np.float64)


def _steady(sound: Sound) -> tuple[float, Floats]:
    """The level (dB) that each frequency keeps nearly all the time, up to what is needed, and by
    how many hertz they are apart."""
    few = round(sound.size * LOW_RATE / RATE)
    low = np.fft.irfft(np.fft.rfft(sound)[: few // 2 + 1], few)
    length = SECONDS * LOW_RATE
    step = LOW_RATE / (4 * length)
    most = round((BASES_HZ[-1] * LINES + NEAR_HZ) / step) + 3
    frames = np.lib.stride_tricks.sliding_window_view(low, length)[:: STEP_SECONDS * LOW_RATE]
    seen = np.fft.rfft(frames * np.hanning(length), 4 * length, axis=1)[:, :most]
    level = 10 * np.log10(np.percentile(np.square(np.abs(seen)), 20, axis=0) + 1e-9)
    return step, np.asarray(level, np.float64)


def _is_mains(base: float) -> bool:
    """Whether a line of the mains, or of a device that halves or doubles them, lies there."""
    known = [hertz * share for hertz in MAINS_HZ for share in (0.5, 1.0, 2.0)]
    return any(abs(base / hertz - 1) <= WITHIN for hertz in known)


def _is_note(base: float) -> bool:
    """Whether a note of the equal temperament lies there."""
    steps = 12 * float(np.log2(base / NOTE_HZ))
    return abs(2 ** ((steps - round(steps)) / 12) - 1) <= NOTE_WITHIN
