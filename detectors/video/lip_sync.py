"""Lip-sync: by how much the sound comes before or after the lips, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Picture, Sample, Value
from detectors.faces import Faces, Track
from detectors.promised import NOT_MEASURED
from detectors.video.lip_sync_pictures import pictures
from detectors.video.mouth import openings
from detectors.video.people import NOBODY, stretches
from detectors.video.speech import RATE, Curve, Speech, listen, loudness_curves
from detectors.video.sync import Match, Pair, match, prepared, read

LEAST_STRETCH = 2.0
UNKNOWN = NOT_MEASURED["video.lip_sync"]
"""What a script reads where lips and sound could not even be laid beside one another."""

EARLY, LATE = 45, 125
"""Milliseconds from which on viewers notice early and late sound (ITU-R BT.1359)."""


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """One person against the sound; ``seconds`` of usable face with sound, ``movement`` of the
    mouth as a share of the distance of the eyes."""

    person: int
    found: Match
    seconds: float
    movement: float
    tracks: tuple[Track, ...]


class LipSync:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the offset; abstains without speech, mouth or a clear match."""
        p = {name: float(value) for name, value in parameters.items()}
        if not sample.probe.sample_rate:
            raise Abstain(
                "The video has no sound, so lips and speech cannot be compared.", details=UNKNOWN
            )
        faces = sample.faces()
        speech = listen(sample.audio_blocks())
        if speech.loudness < p["least_loudness_db"]:
            raise Abstain(
                "The sound is silent, so lips and speech cannot be compared.", details=UNKNOWN
            )
        speakers = [_speaker(group, speech, p=p) for group in faces.people() if _mouths(group)]
        if not speakers:
            raise Abstain(NOBODY, details=UNKNOWN)
        best = max(speakers, key=lambda one: (one.found.clearness, one.seconds))
        details = _details(best, speakers, p=p)
        if (why := _unfit(best, p=p)) is not None:
            raise Abstain(
                why,
                details=details | {"judged": False},
                pictures=_pictures(best, faces, speech, p=p) if best.seconds > 0 else (),
            )
        return _outcome(best, faces, speech, details=details, p=p)


def _mouths(group: Sequence[Track]) -> bool:
    return any(track.usable.any() for track in group)


def _speaker(group: tuple[Track, ...], speech: Speech, *, p: Mapping[str, float]) -> Speaker:
    reach = round(p["reach_seconds"] * RATE)
    loud = loudness_curves(speech)
    by_slope = [*_pairs(group, speech, loud, slope=True, drift=p["slope_drift"], reach=reach)]
    by_level = [*_pairs(group, speech, loud, slope=False, drift=p["level_drift"], reach=reach)]
    slope = match(by_slope, reach=reach)
    both = read((slope.correlation + match(by_level, reach=reach).correlation) / 2, reach=reach)
    moving = [
        openings(track, part)[0].std() for track in group for part in stretches(track, least=3)
    ]
    return Speaker(
        person=group[0].person,
        found=slope if slope.clearness >= both.clearness else both,
        seconds=sum(len(pair.mouth[0]) for pair in by_slope) / RATE,
        movement=float(max(moving, default=0.0)),
        tracks=group,
    )


def _pairs(
    group: Sequence[Track],
    speech: Speech,
    loud: Sequence[Curve],
    *,
    slope: bool,
    drift: float,
    reach: int,
) -> Iterator[Pair]:
    """Each stretch of a face with the sound around it; stretches without sound are left out."""
    if speech.seconds < LEAST_STRETCH:
        return
    steps = round(drift * RATE)
    sound = [prepared(curve, smooth=11, drift=steps, slope=slope) for curve in loud]
    for track in group:
        for part in stretches(track, least=8):
            times = track.times[part]
            grid = np.arange(times[0], times[-1], 1 / RATE)
            if grid.size < LEAST_STRETCH * RATE or not sound:
                continue
            wide = grid[0] + np.arange(-reach, grid.size + reach) / RATE
            at = np.round((wide - speech.start) * RATE).astype(np.int64)
            there = (at >= 0) & (at < len(sound[0]))
            if there.mean() < 0.5:
                continue
            mouth = [np.interp(grid, times, values) for values in openings(track, part)]
            yield Pair(
                mouth=[prepared(m, smooth=9, drift=steps, slope=slope) for m in mouth],
                sound=[np.where(there, s[np.clip(at, 0, len(s) - 1)], np.nan) for s in sound],
            )


def offset_ms(found: Match, *, p: Mapping[str, float]) -> int:
    """Milliseconds by which the sound is late; mouths open before they sound, which is no delay."""
    return round(1000 * found.offset - p["mouth_lead_ms"])


def _unfit(best: Speaker, *, p: Mapping[str, float]) -> str | None:
    if best.seconds < p["least_seconds"]:
        return (
            f"A face and sound go together for {best.seconds:.0f} s; at least "
            f"{p['least_seconds']:.0f} s are needed to tell a match from chance."
        )
    if best.movement < p["least_movement"]:
        return "The mouth hardly moves while there is sound, so the voice is not this person's."
    if best.found.clearness < p["least_clearness"]:
        return (
            "No mouth follows the sound clearly at any delay (best match "
            f"{best.found.clearness:.1f}, needed {p['least_clearness']:.1f}): speech off screen, "
            "music, several voices or dubbing. Lip-sync cannot be judged here."
        )
    return None


def _details(
    best: Speaker, speakers: Sequence[Speaker], *, p: Mapping[str, float]
) -> dict[str, Any]:
    return {
        "offset_ms": offset_ms(best.found, p=p),
        "raw_offset_ms": round(1000 * best.found.offset),
        "uncertainty_ms": uncertainty_ms(best.found),
        "clearness": round(best.found.clearness, 2),
        "correlation": round(best.found.peak, 3),
        "speaker": best.person,
        "judged": True,
        "usable_seconds": round(best.seconds, 2),
        "people": [
            {"person": one.person, "clearness": round(one.found.clearness, 2),
             "offset_ms": offset_ms(one.found, p=p)}
            for one in speakers
        ],
    }  # fmt: skip


def uncertainty_ms(found: Match) -> int:
    """Half the width of the peak where it has lost one standard deviation of chance."""
    if found.clearness <= 0:
        return round(1000 * float(found.lags[-1]))
    drop = found.peak / max(found.clearness, 1e-9)
    top = int(np.argmax(found.correlation))
    left = right = top
    while left > 0 and found.correlation[left - 1] > found.peak - drop:
        left -= 1
    while right < len(found.lags) - 1 and found.correlation[right + 1] > found.peak - drop:
        right += 1
    return max(10, round(1000 * (right - left + 1) / (2 * RATE)))


def _outcome(
    best: Speaker,
    faces: Faces,
    speech: Speech,
    *,
    details: dict[str, Any],
    p: Mapping[str, float],
) -> Outcome:
    offset = int(details["offset_ms"])
    return Outcome(
        sentence=_sentence(best, offset=offset, details=details, several=len(faces.people()) > 1),
        score=float(min(abs(offset), 2000)),
        details=details,
        pictures=_pictures(best, faces, speech, p=p),
    )


def _pictures(
    best: Speaker, faces: Faces, speech: Speech, *, p: Mapping[str, float]
) -> tuple[Picture, ...]:
    return pictures(
        best.tracks, speech=speech, found=best.found, lead=p["mouth_lead_ms"] / 1000,
        end=max(faces.windows[-1].end, speech.seconds),
    )  # fmt: skip


def _sentence(best: Speaker, *, offset: int, details: Mapping[str, Any], several: bool) -> str:
    side = "after" if offset >= 0 else "before"
    words = (
        f"The sound comes {abs(offset)} ms {side} the lips (± {details['uncertainty_ms']} ms, "
        f"match {best.found.clearness:.1f} over {best.seconds:.0f} s"
        f"{f', person {best.person + 1}' if several else ''}). "
    )
    if -EARLY <= offset <= LATE:
        words += f"That lies within what viewers do not notice ({EARLY} ms early, {LATE} ms late)."
    else:
        words += (
            f"Viewers notice sound from {EARLY} ms early or {LATE} ms late. A replaced sound track "
            "leaves this; so do editing, streaming, wireless microphones and conversion."
        )
    return words + " Modern lip-sync generators keep lips and sound together."
