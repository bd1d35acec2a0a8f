"""Background sound: joins betray themselves by what lies between the words.

The quietest moments of a recording carry its background (Martin 2001). Two recordings joined
together change it at once (Pan, Zhang and Lyu 2012). Editors also leave perfect digital silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Sample, Track, Value
from detectors.audio import steps
from detectors.audio.bands import Bands, in_bands
from detectors.audio.chart import background_chart
from detectors.draw import clock
from detectors.media import Audio

EDGE_SECONDS = 0.25
"""Encoders pad the ends of a file with zeros; silence within this of an end is not marked."""

MOST_TRACKS = 12


class Background:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with tracks and a curve; abstains on short, silent or unbroken sound."""
        audio = sample.audio()
        p = {name: float(value) for name, value in parameters.items()}
        _refuse_short(audio, p)
        silences = _silences(audio, p)
        _refuse_silent(audio, silences, p)
        bands = in_bands(audio.samples, rate=audio.rate)
        course = steps.follow(
            bands,
            window=p["window_seconds"],
            spread=p["steady_spread_db"],
            share=p["least_steady_share"],
        )
        measured = float(np.mean(~np.isnan(course.change))) if course.change.size else 0.0
        if measured < 0.1 and not silences:
            raise Abstain(
                "The sound hardly ever pauses, so its background cannot be heard.",
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
        return _outcome(audio, bands=bands, found=found, silences=silences, measured=measured, p=p)


def _refuse_short(audio: Audio, p: Mapping[str, float]) -> None:
    if audio.seconds < p["least_seconds"]:
        raise Abstain(
            f"The sound lasts {audio.seconds:.1f} s; at least {p['least_seconds']:.0f} s are "
            "needed to compare the background before and after a moment."
        )


def _refuse_silent(
    audio: Audio, silences: list[tuple[float, float]], p: Mapping[str, float]
) -> None:
    power = float(np.mean(np.square(audio.samples, dtype=np.float64)))
    if 10 * np.log10(max(power, 1e-14)) < p["least_level_db"]:
        raise Abstain("The sound track is silent, or so quiet that nothing can be measured in it.")
    silent = sum(end - start for start, end in silences)
    if silent > 0.9 * audio.seconds:
        raise Abstain("Nearly all of the sound track is perfect digital silence.")


def _silences(audio: Audio, p: Mapping[str, float]) -> list[tuple[float, float]]:
    """Stretches of samples below half a 16-bit step, in seconds."""
    zero = np.abs(audio.samples) <= p["silence_amplitude"]
    turns = np.flatnonzero(np.diff(np.concatenate(([False], zero, [False])).astype(np.int8)))
    runs = turns.reshape(-1, 2) / audio.rate
    long = runs[(runs[:, 1] - runs[:, 0]) >= p["silence_seconds"]]
    return [(float(start), float(end)) for start, end in long]


def _outcome(
    audio: Audio,
    *,
    bands: Bands,
    found: list[steps.Step],
    silences: list[tuple[float, float]],
    measured: float,
    p: Mapping[str, float],
) -> Outcome:
    inner = [
        run for run in silences if run[0] > EDGE_SECONDS and run[1] < audio.seconds - EDGE_SECONDS
    ]
    joins = [step for step in found if not _at_silence(step, silences)]
    switched = _rate(len(found) + len(inner), audio) >= p["many_steps_per_minute"]
    tracks = _tracks(joins, inner, p) if not switched or len(joins) + len(inner) <= 3 else ()
    largest = max((step.size for step in joins), default=0.0)
    details: dict[str, Any] = {
        "seconds": round(audio.seconds, 3),
        "only_first_part": audio.truncated,
        "measured_share": round(measured, 4),
        "changes": [_step_details(step) for step in joins],
        "digital_silences": [[round(start, 4), round(end, 4)] for start, end in silences[:200]],
        "digital_silence_count": len(silences),
    }
    return Outcome(
        sentence=_sentence(joins, inner, tracks=tracks, measured=measured),
        score=round(min(largest, 120.0), 4) if tracks else 0.0,
        tracks=tracks,
        details=details,
        pictures=(_picture(bands, tracks=tracks, audio=audio),),
    )


def _rate(count: int, audio: Audio) -> float:
    return count / max(audio.seconds / 60, 0.25)


def _at_silence(step: steps.Step, silences: list[tuple[float, float]]) -> bool:
    """A change into or out of digital silence is told as silence, once."""
    return any(start - 0.2 <= step.end and step.start <= end + 0.2 for start, end in silences)


def _tracks(
    joins: list[steps.Step], inner: list[tuple[float, float]], p: Mapping[str, float]
) -> tuple[Track, ...]:
    tracks = [
        Track(
            start=round(step.start, 4),
            end=round(step.end, 4),
            label=_kind(step, p),
            strength=round(min(1.0, step.size / 30), 4),
        )
        for step in joins
    ]
    tracks += [
        Track(start=round(start, 4), end=round(end, 4), label="digital silence", strength=0.5)
        for start, end in inner
    ]
    strongest = sorted(tracks, key=lambda track: (-track.strength, track.start))[:MOST_TRACKS]
    return tuple(sorted(strongest, key=lambda track: track.start))


def _kind(step: steps.Step, p: Mapping[str, float]) -> str:
    """Bandwidth when only the upper bands change, and by much; else the floor as a whole."""
    size = np.abs(step.change)
    half = size.size // 2
    high = float(size[-3:].mean())
    if high >= p["bandwidth_step_db"] and float(np.median(size[:half])) < p["least_step_db"]:
        return "the bandwidth changes"
    rises = float(step.change[step.steady].mean()) > 0
    return "the background rises" if rises else "the background drops"


def _step_details(step: steps.Step) -> dict[str, Any]:
    return {
        "start": round(step.start, 4),
        "end": round(step.end, 4),
        "size_db": round(step.size, 3),
        "bands_compared": int(step.steady.sum()),
    }


def _sentence(
    joins: list[steps.Step],
    inner: list[tuple[float, float]],
    *,
    tracks: tuple[Track, ...],
    measured: float,
) -> str:
    if (joins or inner) and not tracks:
        return (
            f"The background switches {len(joins) + len(inner)} times. Something that opens and "
            "closes with the voice does this, such as a noise gate or call software, so no single "
            "moment is marked."
        )
    parts = []
    if joins:
        biggest = max(joins, key=lambda step: step.size)
        count = "once" if len(joins) == 1 else f"{len(joins)} times"
        parts.append(
            f"The background changes suddenly {count}, most at {clock(round(biggest.start, 1))} "
            f"(by {biggest.size:.0f} dB). A join between two recordings sounds like this; so do a "
            "switched microphone, automatic gain or a device that starts."
        )
    if inner:
        count = "one place" if len(inner) == 1 else f"{len(inner)} places"
        parts.append(
            f"There is perfect digital silence in {count}, first at "
            f"{clock(round(inner[0][0], 1))}. Editing leaves this; so do a mute button, "
            "a noise gate and some call software."
        )
    if parts:
        return " ".join(parts)
    share = "" if measured >= 0.6 else f" (it could be heard in {measured:.0%} of the time)"
    return (
        f"The background keeps its character from start to end{share}. A join between recordings "
        "with the same background would not show here."
    )


def _picture(bands: Bands, *, tracks: tuple[Track, ...], audio: Audio) -> Picture:
    marks = f"{len(tracks)} marked" if tracks else "nothing marked"
    return background_chart(
        bands,
        tracks=tracks,
        seconds=audio.seconds,
        caption=f"Loudness over time and the background beneath it; {marks}.",
    )
