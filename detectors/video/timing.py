"""Frame timing: when frames are shown, which repeat, and what an earlier encoding left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.draw import clock
from detectors.media import Frames, PacketList
from detectors.video.rhythm import Rhythm, find_rhythm
from detectors.video.timeline import timeline

Floats = NDArray[np.float64]


class Timing:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with tracks and a timeline; abstains on very short or single-frame video."""
        p = {name: float(value) for name, value in parameters.items()}
        packets = sample.packets()
        if not packets:
            raise Abstain(
                "An animation has pictures and no coded frames with stamps, so the rhythm of its "
                "encoding cannot be read."
            )
        if len(packets) < p["least_frames"]:
            raise Abstain(
                f"The video has {len(packets)} frames; at least {p['least_frames']:.0f} are needed "
                "to know its rhythm."
            )
        times = np.array([packet.time for packet in packets])
        steps = np.diff(times)
        usual = float(np.median(steps))
        if usual <= 0:
            raise Abstain("The time stamps of the frames do not advance, so nothing can be timed.")
        steady = float(np.median(np.abs(steps - usual))) <= p["most_spread"] * usual
        gaps = gaps_of(times, steps, usual=usual, p=p) if steady else []
        frames = sample.frames()
        change = frames.change
        repeats = repeated(frames.times, change, usual=usual, p=p)
        rhythm = find_rhythm(packets, p=p)
        return _outcome(
            packets, change=change, frames=frames, gaps=gaps, repeats=repeats,
            rhythm=rhythm, steady=steady, usual=usual, p=p,
        )  # fmt: skip


def gaps_of(times: Floats, steps: Floats, *, usual: float, p: Mapping[str, float]) -> list[Track]:
    """Stamps that are missing: longer than ``gap_frames`` usual steps."""
    wide = np.flatnonzero(steps > p["gap_frames"] * usual)
    missing = [max(1, round(float(steps[at]) / usual) - 1) for at in wide]
    return [
        Track(
            start=round(float(times[at]), 4),
            end=round(float(times[at + 1]), 4),
            label=f"about {count} frames missing" if count > 1 else "a frame missing",
            strength=round(min(1.0, count / 25), 4),
        )
        for at, count in zip(wide, missing, strict=True)
    ]


def repeated(times: Floats, change: Floats, *, usual: float, p: Mapping[str, float]) -> list[Track]:
    """Runs of frames equal to the one before, between frames that move."""
    moving = float(np.median(change)) if change.size else 0.0
    if moving < p["least_motion"]:
        return []
    same = change <= max(p["still_difference"], p["duplicate_share"] * moving)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    return [
        Track(
            start=round(float(times[first + 1]), 4),
            end=round(float(times[last] + usual), 4),
            label=f"{last - first} repeated frames" if last - first > 1 else "a repeated frame",
            strength=round(min(1.0, (last - first) / 25), 4),
        )
        for first, last in edges.reshape(-1, 2)
    ]


def beat(repeats: Sequence[Track], usual: float) -> float | None:
    """The steady distance between repeats in seconds, as a change of frame rate leaves it."""
    if len(repeats) < 5:
        return None
    distance = np.diff([track.start for track in repeats])
    middle = float(np.median(distance))
    regular = np.abs(distance - middle) <= 1.5 * usual
    return middle if float(regular.mean()) >= 0.8 else None


def uneven(tracks: Sequence[Track], *, seconds: float, p: Mapping[str, float]) -> list[Track]:
    """The small ones (one or two frames), when there are so many that none of them means a cut.

    Cameras, phones and converters that cannot keep an even pace drop and repeat single frames.
    """
    small = [track for track in tracks if track.strength <= 2 / 25]
    many = len(small) / max(seconds / 60, 0.25) >= p["many_small_per_minute"]
    return small if many and len(small) >= p["many_small"] else []


def _outcome(
    packets: PacketList,
    *,
    change: Floats,
    frames: Frames,
    gaps: list[Track],
    repeats: list[Track],
    rhythm: Rhythm | None,
    steady: bool,
    usual: float,
    p: Mapping[str, float],
) -> Outcome:
    end = packets[-1].time + packets[-1].duration
    seconds = end - packets[0].time
    regular = beat(repeats, usual)
    ordinary = uneven(gaps + repeats, seconds=seconds, p=p)
    gaps = [track for track in gaps if track not in ordinary]
    repeats = [track for track in repeats if regular is not None or track not in ordinary]
    marked = gaps + (repeats if regular is None else [])
    strongest = sorted(marked, key=lambda track: (-track.strength, track.start))
    kept = strongest[: int(p["most_tracks"])]
    tracks = tuple(sorted(kept, key=lambda track: track.start))
    details: dict[str, Any] = {
        "frames": len(packets),
        "frames_per_second": round(1 / usual, 4),
        "steady_rate": steady,
        "gaps": len(gaps),
        "repeats": len(repeats),
        "small_irregularities": len(ordinary),
        "beat_seconds": round(regular, 4) if regular else None,
        "key_frames": sum(packet.keyframe for packet in packets),
        "earlier_period_frames": rhythm.period if rhythm else None,
        "earlier_period_strength": round(rhythm.strength, 3) if rhythm else None,
        "only_first_part": frames.truncated,
    }
    words = _sentence(gaps, repeats, regular=regular, rhythm=rhythm, steady=steady)
    if ordinary and regular is None:
        words = (
            f"{_irregular(len(ordinary))} {words}"
            if marked or rhythm
            else _irregular(len(ordinary))
        )
    return Outcome(
        sentence=words,
        score=round(min(100.0, len(marked) / max(seconds / 60, 0.25)), 4),
        tracks=tracks,
        details=details,
        pictures=(
            timeline(
                packets, times=frames.times, change=change, tracks=tracks, end=end,
                caption="Bytes of each frame and how much the picture changes; "
                + (f"{len(tracks)} places marked." if tracks else "nothing marked."),
            ),
        ),
    )  # fmt: skip


def _sentence(
    gaps: list[Track],
    repeats: list[Track],
    *,
    regular: float | None,
    rhythm: Rhythm | None,
    steady: bool,
) -> str:
    parts = []
    if gaps:
        parts.append(
            f"Frames are missing in {_places(gaps)}. Cutting without encoding anew leaves "
            "this; so do a camera or network that could not keep up."
        )
    if repeats and regular is not None:
        parts.append(
            f"A frame repeats every {regular:.2f} s: the frame rate was converted. That is usual."
        )
    elif repeats:
        parts.append(
            f"Frames repeat in {_places(repeats)} while the picture moves. Slowing or filling a "
            "video leaves this; so do screen recorders and bad connections."
        )
    if rhythm:
        parts.append(
            f"Every {rhythm.period} frames the data swells without a key frame: the video was "
            "encoded before with another rhythm. Every upload to a platform does that."
        )
    if not parts:
        parts.append(
            "The frames follow one another evenly, none is missing or repeated. A cut that was "
            "encoded anew would not show here."
        )
    if not steady:
        parts.append("The frame rate varies, as phones record it, so gaps were not judged.")
    return " ".join(parts)


def _irregular(count: int) -> str:
    return (
        f"In {count} places a frame or two are missing or repeated: the video was recorded or "
        "converted at an uneven pace, as phones and web services do, so these are not marked."
    )


def _places(tracks: Sequence[Track]) -> str:
    first = clock(round(tracks[0].start, 1))
    return (
        f"one place, at {first}" if len(tracks) == 1 else f"{len(tracks)} places, first at {first}"
    )
