"""The noise floor and its absence: between words a room goes on sounding.

Recorded speech stands some 30 to 60 dB above its background; clean synthesis pauses far below
that. Levels of quiet frames follow R. Martin, IEEE Transactions on Speech and Audio Processing
9(5), 2001.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.spectrogram import Curve, spectrogram_chart
from detectors.audio.stream import Floats, Framer, decibels, runs
from detectors.media import AudioBlock

LENGTH = 512
BAND_HZ = (150.0, 7000.0)
ZERO_DB = -115.0
"""Below this nothing but zeros is left, which is told as digital silence."""


class _Course:
    """The level of every 32 ms in the band of speech, in dB of full scale."""

    def __init__(self) -> None:
        self._framer = Framer(length=LENGTH, hop=LENGTH)
        self._levels: list[Floats] = []
        self._times: list[Floats] = []

    def add(self, block: AudioBlock, /) -> None:
        window = np.hanning(LENGTH)
        low, high = (round(edge * LENGTH / block.rate) for edge in BAND_HZ)
        part = self._framer.add(block)
        power = np.square(np.abs(np.fft.rfft(part.frames * window, axis=1)))
        scaled = power[:, low:high].sum(axis=1) * (2.0 / window.sum() ** 2)
        self._levels.append(decibels(scaled))
        self._times.append(part.times)

    def ended(self) -> tuple[Floats, Floats]:
        return np.concatenate(self._times), np.concatenate(self._levels)


class NoiseFloor:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the stretches without background; abstains where there are no pauses."""
        p = cue.numbers(parameters)
        course = _Course()
        heard = cue.listen(sample, course)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        at, level = course.ended()
        loud = float(np.percentile(level, p["loud_percentile"]))
        inner = (at > heard.start + cue.EDGE_SECONDS) & (at < heard.end - cue.EDGE_SECONDS)
        heard_at_all = inner & (level > ZERO_DB)
        if (level[heard_at_all] < loud - p["pause_db"]).mean() < p["least_pause_share"]:
            raise Abstain("The sound hardly ever pauses, so what lies behind it cannot be heard.")
        floor = float(np.percentile(level[heard_at_all], p["floor_percentile"]))
        tracks = _tracks(at, level, where=heard_at_all, below=loud - p["absent_db"], p=p)
        distance = loud - floor
        return Outcome(
            sentence=_sentence(distance, tracks=tracks, absent=p["absent_db"]),
            score=round(float(np.clip(distance, 0, 120)), 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "loud_db": round(loud, 2),
                "floor_db": round(floor, 2),
                "absent_seconds": round(sum(one.end - one.start for one in tracks), 3),
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="noise-floor",
                    caption=f"Spectrogram and level over time; {cue.marked(tracks)}.",
                    curve=_curve(at, level, line=loud - p["absent_db"]),
                ),
            ),
        )


def _tracks(
    at: Floats, level: Floats, *, where: np.ndarray, below: float, p: Mapping[str, float]
) -> tuple[Track, ...]:
    step = float(at[1] - at[0])
    found = []
    for first, last in runs(where & (level < below)):
        if (last - first) * step >= p["least_absent_seconds"]:
            depth = below - float(level[first:last].mean())
            found.append(
                cue.track(
                    at[first], at[last - 1] + step, label="no background", strength=0.4 + depth / 30
                )
            )
    return cue.strongest(found)


def _curve(at: Floats, level: Floats, *, line: float) -> Curve:
    """At most 600 points: the quietest moment of each stretch."""
    every = max(1, len(at) // 600)
    count = len(at) // every
    quiet = level[: count * every].reshape(count, every).min(axis=1)
    return Curve(
        times=at[: count * every : every],
        values=quiet,
        label="level, dB of full scale",
        low=-110.0,
        high=0.0,
        line=line,
    )


def _sentence(distance: float, *, tracks: tuple[Track, ...], absent: float) -> str:
    if not tracks:
        return (
            f"Between the words a background goes on, {distance:.0f} dB below the voice. A "
            "background can be added afterwards, so this alone says little."
        )
    return (
        f"The background is missing {cue.times(len(tracks))}, first at "
        f"{cue.moment(tracks[0].start)}: between words the sound falls more than {absent:.0f} dB "
        "below the voice, further than rooms and microphones usually allow. Clean synthesis sounds "
        "like this; so do noise gates, noise reduction and some call software."
    )
