"""Blinking: how often, how long and how regularly a person blinks, against published rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Sample, Track, Value
from detectors.faces import Faces
from detectors.faces import Track as Face
from detectors.faces.tracks import usable_seconds
from detectors.promised import NOT_MEASURED
from detectors.video.eyelids import Closure, Lids, lids
from detectors.video.lanes import Lane, chart
from detectors.video.people import main_person, rate
from detectors.video.rates import CONVERSATION, READING

HIGHEST = 12.0


class Blink:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with every blink; abstains on too short, too coarse or turned-away footage."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        try:
            person = main_person(faces)
        except Abstain as nobody:
            raise Abstain(nobody.sentence, details=NOT_MEASURED["video.blink"]) from nobody
        parts = list(chain.from_iterable(lids(track, p=p) for track in person))
        seconds = usable_seconds(person)
        details = _details(faces, person, parts, seconds=seconds, p=p)
        if (why := _unfit(person, seconds=seconds, p=p)) is not None:
            shown = (_picture(faces, parts, _all(parts, "blinks")),) if parts else ()
            raise Abstain(why, details=details, pictures=shown)
        return _outcome(faces, parts, seconds=seconds, details=details)


def _unfit(person: Sequence[Face], *, seconds: float, p: Mapping[str, float]) -> str | None:
    per_second = rate(person)
    if per_second < p["least_rate"] - 0.05:
        return (
            f"The video shows {per_second:.1f} pictures a second; below {p['least_rate']:.0f} a "
            "blink can fall between two of them, so none were counted as missing."
        )
    if seconds < p["least_seconds"]:
        return (
            f"The eyes can be measured for {seconds:.0f} s; many people do not blink for so long, "
            f"so a rate is only judged from {p['least_seconds']:.0f} s on."
        )
    return None


def _details(
    faces: Faces,
    person: Sequence[Face],
    parts: Sequence[Lids],
    *,
    seconds: float,
    p: Mapping[str, float],
) -> dict[str, Any]:
    blinks = _all(parts, "blinks")
    lasting = [blink.seconds + 1 / max(rate(person), 1.0) for blink in blinks]
    return {
        "blinks": [blink.to_dict() for blink in blinks],
        "incomplete_blinks": [blink.to_dict() for blink in _all(parts, "incomplete")],
        "long_closures": [blink.to_dict() for blink in _all(parts, "long")],
        "person": person[0].person,
        "people": len(faces.people()),
        "usable_seconds": round(seconds, 2),
        "frames_per_second": round(rate(person), 2),
        "blinks_per_minute": round(60 * len(blinks) / seconds, 2) if seconds > 0 else None,
        "median_blink_seconds": round(float(np.median(lasting)), 3) if lasting else None,
        "interval_variation": variation(parts, least=int(p["least_intervals"])),
        "whole_file": faces.whole,
    }


def variation(parts: Sequence[Lids], *, least: int) -> float | None:
    """Standard deviation over mean of the times between blinks; None below ``least`` intervals.

    0 is a clock, 1 pure chance; people lie around 0.5 to 1.
    """
    apart = np.concatenate(
        [np.diff([blink.start for blink in part.blinks]) for part in parts] or [np.empty(0)]
    )
    if apart.size < least or apart.mean() <= 0:
        return None
    return round(float(apart.std() / apart.mean()), 3)


def _all(parts: Sequence[Lids], which: str) -> list[Closure]:
    return list(chain.from_iterable(getattr(part, which) for part in parts))


def _outcome(
    faces: Faces, parts: Sequence[Lids], *, seconds: float, details: dict[str, Any]
) -> Outcome:
    blinks = _all(parts, "blinks")
    few = READING.at_most(len(blinks), seconds=seconds)
    few_talking = CONVERSATION.at_most(len(blinks), seconds=seconds)
    many = CONVERSATION.at_least(len(blinks), seconds=seconds)
    details |= {
        "chance_of_so_few_reading": round(few, 6),
        "chance_of_so_few_in_conversation": round(few_talking, 6),
        "chance_of_so_many_in_conversation": round(many, 6),
    }
    score = min(HIGHEST, -float(np.log10(max(few, 1e-15))))
    return Outcome(
        sentence=_sentence(
            len(blinks), seconds=seconds, few=few_talking, reading=few, many=many,
            even=details["interval_variation"],
        ),
        score=round(max(0.0, score), 4),
        tracks=tuple(
            Track(start=blink.start, end=max(blink.end, blink.start), label="blink", strength=0.2)
            for blink in blinks
        ),
        details=details,
        pictures=(_picture(faces, parts, blinks),),
    )  # fmt: skip


def _sentence(
    count: int, *, seconds: float, few: float, reading: float, many: float, even: float | None
) -> str:
    words = (
        f"{count} {'blink' if count == 1 else 'blinks'} in {seconds:.0f} s of measurable face "
        f"({60 * count / seconds:.1f} a minute); the published 95 % range is 10.5–32.5 a minute in "
        "conversation and 1.4–14.4 while reading."
    )
    if 60 * count / seconds < CONVERSATION.low:
        words += (
            f" So few or fewer happen with a chance of {_chance(few)} in conversation and "
            f"{_chance(reading)} while reading."
        )
    elif 60 * count / seconds > CONVERSATION.high:
        words += f" So many or more happen with a chance of {_chance(many)} in conversation."
    if even is not None and even < 0.25:
        words += f" They follow one another unusually evenly (variation {even:.2f})."
    return words + " Attention, reading, lenses and habit change blinking; by itself it is weak."


def _chance(value: float) -> str:
    if value < 0.0005:
        return "less than 0.05 %"
    return f"{100 * value:.2g} %" if value < 0.995 else "almost 100 %"


def _picture(faces: Faces, parts: Sequence[Lids], blinks: Sequence[Closure]) -> Picture:
    times = np.concatenate([part.times for part in parts])
    lane = Lane(
        label="how far the eyes are open (1 = this person's open eye); a mark for each blink",
        times=times,
        values=np.concatenate([part.openness for part in parts]),
        low=0.0,
        high=1.3,
        ticks=tuple((blink.start + blink.end) / 2 for blink in blinks),
    )
    return chart(
        [lane],
        end=max(float(times[-1]), faces.windows[-1].end),
        note=f"{len(blinks)} blinks counted from eye contours and blendshapes together.",
        name="blinking",
        caption=f"Openness of the eyes over time, {len(blinks)} blinks marked.",
    )
