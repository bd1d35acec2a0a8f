"""Whether a few seconds of sound are speech, decided without a model.

Speech comes in syllables: its level swings by many decibels several times a second, while noise and
most music stay level (J. Saunders, Real-time Discrimination of Broadcast Speech/Music, ICASSP
1996). Its harmonics glide, while the lines of held notes stay where they are (K. Seyerlehner et
al., Automatic Music Detection in Television Productions, DAFx 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detectors.audio.stream import Floats, Sound, decibels

RATE = 16_000
LENGTH, HOP = 1024, 512
VOICE_HZ = (200.0, 4000.0)
RANGE_DB = 40.0
ACTIVE_DB = 20.0
"""A frame within this of the loudest is counted as sounding."""

LINE_DB = 5.0
"""A line stands this far above its neighbourhood of NEAR bins."""

NEAR = 10
LINES = 5
SPAN = 31
"""Frames (one second) over which a line may stay in place."""


class Kind(StrEnum):
    """What a stretch of sound is taken for."""

    SPEECH = "speech"
    SILENCE = "silence"
    STEADY = "steady sound without syllables"
    MUSIC = "music or held tones"


@dataclass(frozen=True, kw_only=True)
class Look:
    """``level`` dB of full scale (loudest frame), ``swing`` dB (standard deviation of the level),
    ``steady`` 0-1 (share of a second for which the steadiest lines stay in place)."""

    kind: Kind
    level: float
    swing: float
    steady: float


def look(sound: Sound, *, least_level_db: float, least_swing_db: float, most_steady: float) -> Look:
    """Judge a few seconds at 16 kHz; at least LENGTH samples."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, LENGTH)[::HOP]
    window = np.hanning(LENGTH)
    power = np.square(np.abs(np.fft.rfft(frames * window, axis=1))) * (2.0 / window.sum() ** 2)
    low, high = (round(edge * LENGTH / RATE) for edge in VOICE_HZ)
    course = decibels(power[:, low:high].sum(axis=1))
    level = float(course.max())
    swing = float(np.maximum(course, level - RANGE_DB).std())
    steady = _steadiness(decibels(power, least=-140.0)[:, low - NEAR : high + NEAR], course)
    kind = Kind.SPEECH
    if level < least_level_db:
        kind = Kind.SILENCE
    elif steady > most_steady:
        kind = Kind.MUSIC
    elif swing < least_swing_db:
        kind = Kind.STEADY
    return Look(kind=kind, level=level, swing=swing, steady=steady)


def _steadiness(power: Floats, course: Floats) -> float:
    """The median over sounding seconds of how long the LINES steadiest lines stay."""
    total = np.cumsum(np.pad(power, ((0, 0), (1, 0))), axis=1)
    width = 2 * NEAR + 1
    around = (total[:, width:] - total[:, :-width]) / width
    lines = power[:, NEAR:-NEAR] - around > LINE_DB
    sounding = course > course.max() - ACTIVE_DB
    shares = []
    for first in range(0, max(1, len(lines) - SPAN + 1), SPAN // 2):
        if sounding[first : first + SPAN].mean() >= 0.5:
            stays = np.sort(lines[first : first + SPAN].mean(axis=0))[-LINES:]
            shares.append(float(stays.mean()))
    return float(np.median(shares)) if shares else 0.0
