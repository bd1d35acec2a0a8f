"""Shallowfakes: repeated or missing frames, changed speed, jumps, order, re-encoded parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.draw import clock
from detectors.video.edits import (
    Curve,
    beat_of,
    coarser,
    keys_of,
    slowed,
    unusual_rate,
)
from detectors.video.jumps import Change, changes, order
from detectors.video.shallowfake_cut import jumps
from detectors.video.shallowfake_speed import listen, measures
from detectors.video.timeline import timeline
from detectors.video.timing import gaps_of, repeated, uneven


@dataclass
class Found:
    """What was found: marked stretches, and remarks that have no place."""

    tracks: list[Track] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


class Shallowfake:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with every place; abstains on a handful of frames."""
        p = {name: float(value) for name, value in parameters.items()}
        packets = sample.packets()
        frames = sample.frames()
        if len(frames.times) < p["least_frames"]:
            raise Abstain(
                f"The video has {len(frames.times)} pictures; at least {p['least_frames']:.0f} are "
                "needed to tell an edit from its surroundings."
            )
        change = frames.change
        usual = float(np.median(np.diff(frames.times)))
        if usual <= 0:
            raise Abstain("The time stamps of the frames do not advance, so nothing can be timed.")
        found = Found()
        camera = not sample.probe.animated  # animations are timed by hand, in hundredths
        steady = _pace(found, frames.times, change, usual=usual, camera=camera, p=p)
        seen = changes(frames.images, change, key=keys_of(packets, frames.times), p=p)
        cuts, heard = jumps(sample, seen, frames.times, p=p)
        _jumps(found, frames.times, cuts, heard=heard, moved=order(frames.images, seen, p=p))
        part = coarser(packets, frames.times, change, p=p)
        if part is not None:
            found.tracks.append(part)
        pictures_end = None if frames.truncated else float(frames.times[-1]) + usual
        _hear(found, sample, pictures_end=pictures_end, p=p)
        found.details |= {
            "frames_per_second": round(1 / usual, 4), "steady_rate": steady, "jumps": len(cuts),
            "encoded_differently": part is not None, "only_first_part": frames.truncated,
        }  # fmt: skip
        tracks = _strongest(found.tracks, most=int(p["most_tracks"]))
        end = float(frames.times[-1]) + usual
        return Outcome(
            sentence=_sentence(found, tracks),
            score=round(min(100.0, sum(track.strength for track in found.tracks)
                            + p["remark_weight"] * len(found.remarks)), 4),
            tracks=tracks,
            details=found.details,
            pictures=(
                timeline(
                    packets, times=frames.times, change=change, tracks=tracks, end=end,
                    caption=f"Bytes and change of each frame; {len(tracks)} places marked.",
                ),
            ),
        )  # fmt: skip


def _pace(
    found: Found,
    times: Curve,
    change: Curve,
    *,
    usual: float,
    camera: bool,
    p: Mapping[str, float],
) -> bool:
    """Repeats, gaps and speed; whether the rate is steady. ``camera``: it should be a usual one."""
    steps = np.diff(times)
    steady = float(np.median(np.abs(steps - usual))) <= p["most_spread"] * usual
    gaps = gaps_of(times, steps, usual=usual, p=p) if steady else []
    repeats = repeated(times, change, usual=usual, p=p)
    every = beat_of(change, p=p)
    ordinary = uneven(gaps + repeats, seconds=float(times[-1] - times[0]), p=p)
    found.tracks += [track for track in gaps if track not in ordinary]
    # a conversion repeats a frame or two at its beat
    least = p["least_repeats"] if every is None else p["beat_repeats"]
    long = [track for track in repeats if track.strength >= least / 25]
    found.tracks += [track for track in long if track not in ordinary]
    before = slowed(every, usual) if camera else None
    odd = unusual_rate(usual) if steady and camera else None
    found.details |= {
        "gaps": len(gaps), "repeats": len(repeats), "beat_frames": every,
        "rate_before_conversion": round(before, 3) if before else None,
        "unusual_rate": round(odd, 3) if odd else None,
    }  # fmt: skip
    if before is not None:
        found.remarks.append(
            f"Frames repeat at a beat that leaves {before:.2f} different ones a second, a rate "
            "that no camera makes: the speed was changed"
        )
    elif odd is not None:
        found.remarks.append(
            f"The frames follow at {odd:.2f} a second, a rate that no camera makes: the speed may "
            "have been changed"
        )
    return steady


def _jumps(
    found: Found,
    times: Curve,
    cuts: Sequence[Change],
    *,
    heard: Sequence[Change],
    moved: Sequence[tuple[int, int]],
) -> None:
    """``heard``: those of the cuts that the picture alone would not tell."""
    for first, end in moved:
        found.tracks.append(
            Track(start=round(float(times[first]), 3), end=round(float(times[end - 1]), 3),
                  label="a piece that seems out of order", strength=0.9)
        )  # fmt: skip
    inside = {border for piece in moved for border in piece}
    for jump in cuts:
        if jump.at not in inside:
            found.tracks.append(
                Track(start=round(float(times[jump.at - 1]), 3),
                      end=round(float(times[jump.at]), 3),
                      label="picture and sound jump within a scene" if jump in heard
                            else "the picture jumps within a scene",
                      strength=round(min(1.0, jump.times / 30), 4))
            )  # fmt: skip
    found.details |= {"out_of_order": len(moved), "jumps_heard": len(heard)}


def _hear(
    found: Found, sample: Sample, *, pictures_end: float | None, p: Mapping[str, float]
) -> None:
    """The speed of the sound, and whether it ends with the pictures where their end is known."""
    heard = listen(sample, seconds=p["speed_seconds"], to_the_end=pictures_end is not None)
    told = measures(heard.sound if heard else None, p=p)
    found.details["sound_speed"] = {one.name: one.to_details() for one in told}
    found.remarks += [one.remark for one in told if one.remark]
    if heard is None or heard.end is None or pictures_end is None:
        return
    apart = heard.end - pictures_end
    found.details["sound_longer_by_seconds"] = round(apart, 3)
    if abs(apart) >= p["least_apart_seconds"]:
        longer = "sound" if apart > 0 else "picture"
        found.remarks.append(f"The {longer} lasts {abs(apart):.1f} s longer than the other")


def _strongest(tracks: Sequence[Track], *, most: int) -> tuple[Track, ...]:
    strongest = sorted(tracks, key=lambda track: (-track.strength, track.start))[:most]
    return tuple(sorted(strongest, key=lambda track: track.start))


def _sentence(found: Found, tracks: Sequence[Track]) -> str:
    if not tracks and not found.remarks:
        return (
            "Pace, order and encoding of the frames are even throughout. Careful cutting between "
            "scenes and edits that were smoothed over would not show."
        )
    parts = []
    if tracks:
        first = tracks[0]
        at = clock(round(first.start, 1))
        parts.append(
            f"One place stands out, at {at}: {first.label}."
            if len(tracks) == 1
            else f"{len(tracks)} places stand out, first at {at}: {first.label}."
        )
    parts += [f"{remark}." for remark in found.remarks]
    return " ".join(parts) + (
        " Ordinary editing, screen recording and bad connections leave the same traces."
    )
