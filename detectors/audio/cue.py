"""What the detectors of physical cues share: one pass over the sound, marks, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detectors.api import Abstain, Sample, Track, Value
from detectors.audio.spectrogram import Spectrogram
from detectors.draw import clock
from detectors.media import AudioBlock

MOST_TRACKS = 12
LEAST_LEVEL_DB = -75.0
EDGE_SECONDS = 0.25
"""Encoders pad the ends of a file and editors fade them: nothing this near to an end is marked."""


class Taker(Protocol):
    """Something that measures while the sound streams by."""

    def add(self, block: AudioBlock, /) -> None:
        """Take in the next block."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What every cue needs to know; ``level`` is the RMS in dB of full scale."""

    spectrogram: Spectrogram
    rate: int
    start: float
    seconds: float
    level: float
    peak: float

    @property
    def end(self) -> float:
        """Seconds of the file at which the sound ends."""
        return self.start + self.seconds

    def inside(self, first: float, last: float) -> bool:
        """Whether a stretch (seconds of the file) stays clear of both ends."""
        return first > self.start + EDGE_SECONDS and last < self.end - EDGE_SECONDS


def listen(sample: Sample, *takers: Taker) -> Heard:
    """Give every block to every taker, in order."""
    spectrogram = Spectrogram()
    energy, count, peak = 0.0, 0, 0.0
    for block in sample.audio_blocks():
        energy += float(np.square(block.samples, dtype=np.float64).sum())
        count += block.samples.size
        peak = max(peak, float(np.abs(block.samples).max(initial=0.0)))
        for taker in (spectrogram, *takers):
            taker.add(block)
    return Heard(
        spectrogram=spectrogram,
        rate=spectrogram.rate,
        start=spectrogram.start,
        seconds=spectrogram.seconds,
        level=10 * float(np.log10(max(energy / max(count, 1), 1e-14))),
        peak=peak,
    )


def refuse_unfit(heard: Heard, *, least_seconds: float) -> None:
    """Raise :class:`Abstain` on short or silent sound."""
    if heard.seconds < least_seconds:
        raise Abstain(
            f"The sound lasts {heard.seconds:.1f} s; at least {least_seconds:g} s are needed."
        )
    if heard.level < LEAST_LEVEL_DB:
        raise Abstain("The sound track is silent, or so quiet that nothing can be measured in it.")


def numbers(parameters: Mapping[str, Value]) -> dict[str, float]:
    """The card's parameters, all of which are numbers here."""
    return {name: float(value) for name, value in parameters.items()}


def track(first: float, last: float, *, label: str, strength: float) -> Track:
    """A mark with rounded times and a strength kept to [0, 1]."""
    return Track(
        start=round(float(max(first, 0.0)), 4),
        end=round(float(max(last, first, 0.0)), 4),
        label=label,
        strength=round(float(min(max(strength, 0.0), 1.0)), 4),
    )


def strongest(tracks: Iterable[Track]) -> tuple[Track, ...]:
    """At most MOST_TRACKS, in order of time."""
    chosen = sorted(tracks, key=lambda one: (-one.strength, one.start))[:MOST_TRACKS]
    return tuple(sorted(chosen, key=lambda one: one.start))


def times(count: int) -> str:
    """ "once", "3 times"."""
    return "once" if count == 1 else f"{count} times"


def moment(seconds: float) -> str:
    """A time of the file for a person."""
    return clock(round(seconds, 1))


def marked(tracks: Sequence[Track]) -> str:
    """The end of a caption."""
    return f"{len(tracks)} marked" if tracks else "nothing marked"
