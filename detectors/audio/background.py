"""Background sound: joins betray themselves by what lies between the words.

The quietest moments of a recording carry its background (Martin 2001). Two recordings joined
together change it at once (Pan, Zhang and Lyu 2012). Changes of bandwidth and stretches of digital
silence have detectors of their own; a change of the background that is only their echo is left to
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Sample, Track, Value
from detectors.audio import cue, steps
from detectors.audio.bands import Bands, BandTaker
from detectors.audio.bandwidth import find_cuts
from detectors.audio.chart import background_chart
from detectors.audio.silence import Still
from detectors.audio.spectrogram import spectrogram_chart


class Background:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with tracks and a curve; abstains on short, silent or unbroken sound."""
        p = cue.numbers(parameters)
        still = Still(amplitude=p["silence_amplitude"], least_seconds=p["silence_seconds"])
        taker = BandTaker()
        heard = cue.listen(sample, still, taker)
        cue.refuse_unfit(heard, least_seconds=p["least_seconds"])
        if (
            sum(end - start for start, end in still.ended())
            > p["most_silent_share"] * heard.seconds
        ):
            raise Abstain("Nearly all of the sound track is perfect digital silence.")
        bands = taker.ended()
        course = steps.follow(
            bands,
            window=p["window_seconds"],
            spread=p["steady_spread_db"],
            share=p["least_steady_share"],
        )
        measured = float(np.mean(~np.isnan(course.change))) if course.change.size else 0.0
        if measured < p["least_measured_share"]:
            raise Abstain(
                "The sound hardly ever pauses, so its background cannot be heard on its own.",
                details={"measured_share": round(measured, 4)},
            )
        found = steps.find(
            bands,
            course,
            window=p["window_seconds"],
            spread=p["steady_spread_db"],
            least=p["least_step_db"],
            times_usual=p["times_usual"],
        )
        told = [(start - heard.start, end - heard.start) for start, end in still.ended()]
        told += [
            (cut.start, cut.end)
            for cut in find_cuts(bands, window=p["window_seconds"], least=p["bandwidth_step_db"])
        ]
        seen = _Seen(
            joins=[step for step in found if not _told(step, told)],
            measured=measured,
            seconds=heard.seconds,
        )
        return _outcome(seen, heard=heard, bands=bands, p=p)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """The changes of the background, and the share of the time in which it could be heard."""

    joins: list[steps.Step]
    measured: float
    seconds: float


def _told(step: steps.Step, spans: list[tuple[float, float]]) -> bool:
    """Whether a change into or out of silence, or of the bandwidth, explains the step."""
    return any(start - 0.2 <= step.end and step.start <= end + 0.2 for start, end in spans)


def _outcome(seen: _Seen, *, heard: cue.Heard, bands: Bands, p: Mapping[str, float]) -> Outcome:
    per_minute = len(seen.joins) / max(heard.seconds / 60, 0.25)
    switches = len(seen.joins) > 3 and per_minute >= p["many_steps_per_minute"]
    tracks = () if switches else _tracks(seen, start=heard.start)
    biggest = max((step.size for step in seen.joins), default=0.0)
    details: dict[str, Any] = {
        "seconds": round(heard.seconds, 3),
        "measured_share": round(seen.measured, 4),
        "changes": [_step_details(step, start=heard.start) for step in seen.joins],
    }
    return Outcome(
        sentence=_sentence(seen, switches=switches, offset=heard.start),
        score=0.0 if switches else round(min(biggest, 120.0), 4),
        tracks=tracks,
        details=details,
        pictures=_pictures(bands, tracks=tracks, heard=heard),
    )


def _tracks(seen: _Seen, *, start: float) -> tuple[Track, ...]:
    """``start`` is the time of the first sample: tracks count from the start of the file."""
    return cue.strongest(
        cue.track(step.start + start, step.end + start, label=_kind(step), strength=step.size / 30)
        for step in seen.joins
    )


def _kind(step: steps.Step) -> str:
    rises = float(step.change[step.steady].mean()) > 0
    return "the background rises" if rises else "the background drops"


def _step_details(step: steps.Step, *, start: float) -> dict[str, Any]:
    return {
        "start": round(step.start + start, 4),
        "end": round(step.end + start, 4),
        "size_db": round(step.size, 3),
        "bands_compared": int(step.steady.sum()),
    }


def _sentence(seen: _Seen, *, switches: bool, offset: float) -> str:
    if switches:
        return (
            f"The background switches {len(seen.joins)} times. Something that opens and closes "
            "with the voice does this, such as a noise gate or call software, so no single moment "
            "is marked."
        )
    if seen.joins:
        biggest = max(seen.joins, key=lambda step: step.size)
        return (
            f"The background changes suddenly {cue.times(len(seen.joins))}, by {biggest.size:.0f} "
            f"dB at {cue.moment(biggest.start + offset)}. A join between two recordings sounds "
            "like this; so do a switched microphone, automatic gain or a device that starts."
        )
    share = f" in the {seen.measured:.0%} of the time where it can be heard"
    return (
        f"The background keeps its character{share if seen.measured < 0.6 else ''}. A join between "
        "recordings with the same background would not show here."
    )


def _pictures(
    bands: Bands, *, tracks: tuple[Track, ...], heard: cue.Heard
) -> tuple[Picture, Picture]:
    marks = cue.marked(tracks)
    chart = background_chart(
        bands,
        tracks=tracks,
        start=heard.start,
        seconds=heard.seconds,
        caption=f"Loudness over time and the background beneath it; {marks}.",
    )
    spectrum = spectrogram_chart(
        heard.spectrogram,
        tracks=tracks,
        name="background-spectrogram",
        caption=f"Spectrogram; {marks}.",
    )
    return chart, spectrum
