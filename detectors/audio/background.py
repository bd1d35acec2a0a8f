"""Background sound: joins betray themselves by what lies between the words.

The quietest moments of a recording carry its background (Martin 2001). Two recordings joined
together change it at once (Pan, Zhang and Lyu 2012), or change how high their sound reaches.
Editors also leave perfect digital silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Sample, Track, Value
from detectors.audio import steps
from detectors.audio.bands import Bands, in_bands
from detectors.audio.bandwidth import Cut, find_cuts
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
        inner = _inner(silences, audio)
        cuts = find_cuts(bands, window=p["window_seconds"], least=p["bandwidth_step_db"])
        if measured < p["least_measured_share"] and not inner and not cuts:
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
        joins = [step for step in found if not _told(step, silences=silences, cuts=cuts)]
        seen = _Seen(joins=joins, cuts=cuts, inner=inner, silences=silences, measured=measured)
        return _outcome(audio, bands=bands, seen=seen, p=p)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """Everything that was heard; ``inner`` are the silences away from both ends."""

    joins: list[steps.Step]
    cuts: list[Cut]
    inner: list[tuple[float, float]]
    silences: list[tuple[float, float]]
    measured: float

    @property
    def count(self) -> int:
        return len(self.joins) + len(self.cuts) + len(self.inner)


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


def _outcome(audio: Audio, *, bands: Bands, seen: _Seen, p: Mapping[str, float]) -> Outcome:
    per_minute = seen.count / max(audio.seconds / 60, 0.25)
    switches = seen.count > 3 and per_minute >= p["many_steps_per_minute"]
    tracks = () if switches else _tracks(seen, start=audio.start)
    sizes = [step.size for step in seen.joins] + [cut.size for cut in seen.cuts]
    details: dict[str, Any] = {
        "seconds": round(audio.seconds, 3),
        "only_first_part": audio.truncated,
        "measured_share": round(seen.measured, 4),
        "changes": [_step_details(step, start=audio.start) for step in seen.joins],
        "bandwidth_changes": [_cut_details(cut, start=audio.start) for cut in seen.cuts],
        "digital_silences": [
            [round(start + audio.start, 4), round(end + audio.start, 4)]
            for start, end in seen.silences[:200]
        ],
        "digital_silence_count": len(seen.silences),
    }
    return Outcome(
        sentence=_sentence(seen, switches=switches, p=p, offset=audio.start),
        score=0.0 if switches else round(min(max(sizes, default=0.0), 120.0), 4),
        tracks=tracks,
        details=details,
        pictures=(_picture(bands, tracks=tracks, audio=audio),),
    )


def _inner(silences: list[tuple[float, float]], audio: Audio) -> list[tuple[float, float]]:
    end = audio.seconds - EDGE_SECONDS
    return [run for run in silences if run[0] > EDGE_SECONDS and run[1] < end]


def _told(step: steps.Step, *, silences: list[tuple[float, float]], cuts: list[Cut]) -> bool:
    """A change into or out of digital silence, or of the bandwidth, is told once, as that."""
    spans = silences + [(cut.start, cut.end) for cut in cuts]
    return any(start - 0.2 <= step.end and step.start <= end + 0.2 for start, end in spans)


def _tracks(seen: _Seen, *, start: float) -> tuple[Track, ...]:
    """``start`` is the time of the first sample: tracks count from the start of the file."""
    tracks = [
        _track(step.start, step.end, _kind(step), step.size / 30, start=start)
        for step in seen.joins
    ]
    tracks += [
        _track(cut.start, cut.end, _reach(cut), cut.size / 60, start=start) for cut in seen.cuts
    ]
    tracks += [
        _track(first, last, "digital silence", 0.5, start=start) for first, last in seen.inner
    ]
    strongest = sorted(tracks, key=lambda track: (-track.strength, track.start))[:MOST_TRACKS]
    return tuple(sorted(strongest, key=lambda track: track.start))


def _track(first: float, last: float, label: str, strength: float, *, start: float) -> Track:
    return Track(
        start=round(first + start, 4),
        end=round(last + start, 4),
        label=label,
        strength=round(min(1.0, strength), 4),
    )


def _kind(step: steps.Step) -> str:
    rises = float(step.change[step.steady].mean()) > 0
    return "the background rises" if rises else "the background drops"


def _reach(cut: Cut) -> str:
    height = f"{cut.above_hz / 1000:.1f} kHz"
    return f"nothing above {height} from here" if cut.narrows else f"sound above {height} from here"


def _step_details(step: steps.Step, *, start: float) -> dict[str, Any]:
    return {
        "start": round(step.start + start, 4),
        "end": round(step.end + start, 4),
        "size_db": round(step.size, 3),
        "bands_compared": int(step.steady.sum()),
    }


def _cut_details(cut: Cut, *, start: float) -> dict[str, Any]:
    return {
        "start": round(cut.start + start, 4),
        "end": round(cut.end + start, 4),
        "size_db": round(cut.size, 3),
        "above_hz": round(cut.above_hz),
        "narrows": cut.narrows,
    }


def _sentence(seen: _Seen, *, switches: bool, p: Mapping[str, float], offset: float) -> str:
    if switches:
        return (
            f"The background switches {seen.count} times. Something that opens and closes with the "
            "voice does this, such as a noise gate or call software, so no single moment is marked."
        )
    parts = []
    if seen.joins:
        biggest = max(seen.joins, key=lambda step: step.size)
        parts.append(
            f"The background changes suddenly {_times(len(seen.joins))}, by {biggest.size:.0f} dB "
            f"at {_moment(biggest.start + offset)}. A join between two recordings sounds like "
            "this; so do a switched microphone, automatic gain or a device that starts."
        )
    if seen.cuts:
        biggest_cut = max(seen.cuts, key=lambda cut: cut.size)
        height = f"{biggest_cut.above_hz / 1000:.1f} kHz"
        verb = "stops" if biggest_cut.narrows else "starts"
        parts.append(
            f"Sound above {height} {verb} at {_moment(biggest_cut.start + offset)}. A join with a "
            "recording of another quality does this; so does a call that changes its quality."
        )
    if seen.inner:
        parts.append(
            f"There is perfect digital silence {_times(len(seen.inner))}, first at "
            f"{_moment(seen.inner[0][0] + offset)}. Editing leaves this; so do a mute button, a "
            "noise gate and some call software."
        )
    if parts and seen.measured < p["least_measured_share"]:
        parts.append("Elsewhere the sound leaves no pauses in which the background can be heard.")
    return " ".join(parts) if parts else _unmarked(seen.measured)


def _unmarked(measured: float) -> str:
    share = "" if measured >= 0.6 else f" in the {measured:.0%} of the time where it can be heard"
    return (
        f"The background keeps its character{share}. A join between recordings with the same "
        "background would not show here."
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _moment(seconds: float) -> str:
    return clock(round(seconds, 1))


def _picture(bands: Bands, *, tracks: tuple[Track, ...], audio: Audio) -> Picture:
    marks = f"{len(tracks)} marked" if tracks else "nothing marked"
    return background_chart(
        bands,
        tracks=tracks,
        start=audio.start,
        seconds=audio.seconds,
        caption=f"Loudness over time and the background beneath it; {marks}.",
    )
