"""Pauses: people breathe and hesitate unevenly; assembled or generated speech may not.

Pauses as a mark of cloned voices: S. Barrington, R. Barua, G. Koorma and H. Farid, Single and
Multi-Speaker Cloned Voice Detection, WIFS 2023; L. Attorresi et al., Combining Automatic Speaker
Verification and Prosody Analysis for Synthetic Speech Detection, 2022. What is measured here is
narrower than what those papers learn: pauses that repeat one length to within some milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.audio import cue
from detectors.audio.chance import log10_at_least
from detectors.audio.spectrogram import Curve, spectrogram_chart
from detectors.audio.stream import Floats, Framer, runs
from detectors.media import AudioBlock

LENGTH, HOP = 160, 80
"""Frames of 10 ms every 5 ms at 16 kHz."""

NEIGHBOURHOOD = 8
"""Lengths this many widths to either side tell how crowded they are there."""


class _Level:
    """Level of every 5 ms, in dB of full scale."""

    def __init__(self) -> None:
        self._framer = Framer(length=LENGTH, hop=HOP)
        self._levels: list[Floats] = []

    def add(self, block: AudioBlock, /) -> None:
        frames = self._framer.add(block).frames
        power = np.square(frames, dtype=np.float64).mean(axis=1)
        self._levels.append(10 * np.log10(np.maximum(power, 1e-12)))

    def ended(self) -> Floats:
        return np.concatenate(self._levels)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pauses of one length: ``members`` are places in the list; ``surprise`` is minus the decimal
    logarithm of the chance that as many share a length."""

    members: NDArray[np.int64]
    length: float
    surprise: float


class Pauses:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the pauses that repeat a length; abstains with too few pauses."""
        p = cue.numbers(parameters)
        course = _Level()
        heard = cue.listen(sample, course)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        spans = _pauses(course.ended(), start=heard.start, p=p)
        spans = spans[(spans[:, 0] > heard.start + 0.05) & (spans[:, 1] < heard.end - 0.05)]
        if len(spans) < p["least_pauses"]:
            raise Abstain(
                f"There are {len(spans)} clear pauses; at least {p['least_pauses']:.0f} are needed "
                "to compare their lengths."
            )
        lengths = spans[:, 1] - spans[:, 0]
        group = largest_group(lengths, width=p["same_seconds"])
        told = group.surprise >= p["mark_from"]
        tracks = _tracks(spans, group) if told else ()
        score = min(group.surprise, 60.0)
        return Outcome(
            sentence=_sentence(lengths, group, told=told),
            score=round(score, 4),
            tracks=tracks,
            details={
                "seconds": round(heard.seconds, 3),
                "pauses": [[round(float(a), 3), round(float(b), 3)] for a, b in spans[:500]],
                "median_seconds": round(float(np.median(lengths)), 4),
                "spread": round(float(lengths.std() / lengths.mean()), 4),
                "same_length": len(group.members),
                "same_length_seconds": round(group.length, 4),
            },
            pictures=(
                spectrogram_chart(
                    heard.spectrogram,
                    tracks=tracks,
                    name="pauses",
                    caption=f"Spectrogram and the length of each pause; {cue.marked(tracks)}.",
                    curve=Curve(
                        times=spans.mean(axis=1),
                        values=lengths,
                        label="length of each pause, seconds",
                        low=0.0,
                        high=float(np.ceil(lengths.max() * 2) / 2),
                        line=group.length if told else None,
                    ),
                ),
            ),
        )


def _pauses(level: Floats, *, start: float, p: Mapping[str, float]) -> Floats:
    """Start and end (seconds of the file) of every pause that is long enough."""
    step = HOP / 16_000
    if not level.size:
        return np.zeros((0, 2))
    loud, floor = np.percentile(level, [95, 5])
    if loud - floor < p["least_range_db"]:
        raise Abstain("The voice hardly rises above the background, so pauses cannot be measured.")
    quiet = level < floor + p["pause_share"] * (loud - floor)
    places = runs(_bridged(quiet, most=round(p["bridge_seconds"] / step)))
    spans = np.asarray(places * step + start, dtype=np.float64)
    lengths = spans[:, 1] - spans[:, 0]
    return spans[(lengths >= p["shortest_pause"]) & (lengths <= p["longest_pause"])]


def _bridged(quiet: np.ndarray, *, most: int) -> np.ndarray:
    """Clicks inside a pause do not end it."""
    joined = quiet.copy()
    for first, last in runs(~quiet):
        if last - first <= most and first > 0 and last < quiet.size:
            joined[first:last] = True
    return joined


def largest_group(lengths: Floats, *, width: float) -> Group:
    """The group of lengths within ``width`` seconds that is least likely by chance.

    Chance is taken from the lengths nearby, so that a smooth heap, which people's pauses have too,
    is no coincidence, and is never less than if logarithms were spread evenly over their range.
    """
    low, high = np.percentile(lengths, [10, 90])
    span = max(float(np.log(high / low)), np.log(2.0))
    order = np.argsort(lengths, kind="stable")
    ranked, others = lengths[order], len(lengths) - 1
    first = np.arange(len(ranked))
    past = np.searchsorted(ranked, ranked + width, side="right")
    middle = ranked + width / 2
    reach = NEIGHBOURHOOD * width
    around = np.searchsorted(ranked, middle + reach, side="right") - np.searchsorted(
        ranked, middle - reach
    )
    count = past - first
    nearby = (around - count) / (2 * NEIGHBOURHOOD - 1) / max(1, others)
    share = np.minimum(1.0, np.maximum(width / ranked / span, nearby))
    expected = share * others
    chances = [
        log10_at_least(int(n) - 1, of=others, share=float(one)) if n - 1 > mean else 0.0
        for n, one, mean in zip(count, share, expected, strict=True)
    ]
    best = int(np.argmin(chances))
    inside = np.sort(order[first[best] : past[best]])
    return Group(
        members=inside,
        length=float(lengths[inside].mean()),
        surprise=max(0.0, -chances[best] - float(np.log10(len(lengths)))),
    )


def _tracks(spans: Floats, group: Group) -> tuple[Track, ...]:
    return cue.strongest(
        cue.track(
            spans[place, 0],
            spans[place, 1],
            label=f"pause of {group.length:.2f} s",
            strength=min(0.9, len(group.members) / len(spans)),
        )
        for place in group.members
    )


def _sentence(lengths: Floats, group: Group, *, told: bool) -> str:
    if not told:
        return (
            f"The {len(lengths)} pauses differ in length, as people's do; the median is "
            f"{np.median(lengths):.2f} s. Generated speech can pause unevenly too."
        )
    return (
        f"Of {len(lengths)} pauses, {len(group.members)} last {group.length:.2f} s to within "
        "hundredths of a second. Speech put together from pieces or generated sentence by sentence "
        "pauses like this; so do announcements, language courses and edited podcasts."
    )
