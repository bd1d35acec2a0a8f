"""Clipping: tops of the wave cut off flat, and whether the cut lies below the file's own limit.

Plateaus of equal extreme samples betray it (S. Aleinik and Y. Matveev, Detection of Clipped
Fragments in Speech Signals, 2014; J. Eaton and P. Naylor, Detection of Clipping in Coded Speech
Signals, EUSIPCO 2013). A recording that was cut off and then made quieter, or that is cut off in
one part only, has been through more than one pair of hands.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectors.api import Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.spectrogram import Curve, spectrogram_chart
from detectors.audio.stream import Floats, runs
from detectors.media import AudioBlock

FULL_SCALE = 0.985
"""Cut off at or above this, the converter itself was overdriven."""


class _Plateaus:
    """Flat tops: time, samples and height of each run of equal samples that tower over others."""

    def __init__(self, *, least_samples: int, tolerance: float, least_height: float) -> None:
        self._least = least_samples
        self._tolerance = tolerance
        self._height = least_height
        self.found: list[tuple[float, int, float]] = []

    def add(self, block: AudioBlock, /) -> None:
        sound = block.samples
        high = np.abs(sound[1:]) >= self._height
        flat = (np.abs(np.diff(sound)) <= self._tolerance) & high
        for first, last in runs(flat):
            count = int(last - first) + 1
            if count >= self._least and self._is_top(sound, first, last + 1):
                self.found.append(
                    (block.start + first / block.rate, count, float(np.abs(sound[first])))
                )

    def _is_top(self, sound: np.ndarray, first: int, last: int) -> bool:
        """Whether the wave comes from below and goes back below."""
        height = float(np.abs(sound[first])) - self._tolerance
        before = float(np.abs(sound[first - 1])) if first else 0.0
        after = float(np.abs(sound[last])) if last < sound.size else 0.0
        return before <= height and after <= height


class Clipping:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the stretches that are cut off; abstains on short or silent sound."""
        p = cue.numbers(parameters)
        plateaus = _Plateaus(
            least_samples=int(p["least_samples"]),
            tolerance=p["tolerance"],
            least_height=p["least_height"],
        )
        heard = cue.listen(sample, plateaus)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        at, count, height = _columns(plateaus.found)
        top = _common_height(height, count, least=int(p["least_plateaus"]))
        kept = np.abs(height - top) <= p["height_spread"] * max(top, 1e-9)
        if kept.sum() < p["least_plateaus"]:
            kept[:] = False
        seconds = _seconds(at[kept], count[kept], start=heard.start, length=heard.seconds)
        tracks = _tracks(at[kept], top=top, join=p["join_seconds"], least=p["least_plateaus"])
        share = float(count[kept].sum() / (heard.seconds * heard.rate))
        per_mille = 1000 * share
        return Outcome(
            sentence=_sentence(tracks, top=top, peak=heard.peak, per_mille=per_mille),
            score=round(min(per_mille, 1000.0), 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "clipped_per_mille": round(per_mille, 4),
                "height": round(top, 5) if kept.any() else None,
                "peak": round(heard.peak, 5),
                "plateaus": int(kept.sum()),
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="clipping",
                    caption=f"Spectrogram and flat tops per second; {cue.marked(tracks)}.",
                    curve=Curve(
                        times=np.arange(len(seconds), dtype=np.float64) + heard.start + 0.5,
                        values=seconds,
                        label="samples in flat tops, each second",
                        low=0.0,
                        high=float(max(10.0, seconds.max(initial=0.0))),
                    ),
                ),
            ),
        )


def _columns(found: list[tuple[float, int, float]]) -> tuple[Floats, Floats, Floats]:
    table = np.array(found, dtype=np.float64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _common_height(height: Floats, count: Floats, *, least: int) -> float:
    """The height at which most flat samples lie: a limiter cuts at one level."""
    if height.size < least:
        return 0.0
    weights, edges = np.histogram(height, bins=np.linspace(0, 1.001, 401), weights=count)
    best = int(np.argmax(weights))
    inside = (height >= edges[best]) & (height < edges[best + 1])
    return float(np.median(height[inside]))


def _seconds(at: Floats, count: Floats, *, start: float, length: float) -> Floats:
    places = np.clip((at - start).astype(int), 0, None)
    return np.bincount(places, weights=count, minlength=max(1, int(length))).astype(np.float64)


def _tracks(at: Floats, *, top: float, join: float, least: float) -> tuple[Track, ...]:
    if not at.size:
        return ()
    groups = np.split(at, np.flatnonzero(np.diff(at) > join) + 1)
    label = f"cut off at {top:.0%} of full scale"
    return cue.strongest(
        cue.track(group[0], group[-1], label=label, strength=0.3 + len(group) / 200)
        for group in groups
        if len(group) >= min(least, 3)
    )


def _sentence(tracks: tuple[Track, ...], *, top: float, peak: float, per_mille: float) -> str:
    if not tracks:
        return "The wave is not cut off anywhere: no flat tops were found."
    first = (
        f"The wave is cut off flat at {top:.0%} of full scale, first at "
        f"{cue.moment(tracks[0].start)}; {per_mille:.1f} of 1,000 samples lie in such tops."
    )
    if top < FULL_SCALE and peak > 1.02 * top:
        return (
            f"{first} Elsewhere the sound rises higher, so these parts were cut off before they "
            "came into this file. Joining recordings does this; so does a limiter in one channel."
        )
    if top < FULL_SCALE:
        return (
            f"{first} The cut lies below the file's own limit, so the level was lowered afterwards."
            " Editing and exporting do this; so do limiters and some phones."
        )
    return f"{first} The recording was too loud for its device; loud rooms and music do this."
