"""Motion: the face against the body and the background, and how smoothly the head moves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Picture, Sample, Value
from detectors.faces import Faces, Track
from detectors.media import Frames
from detectors.video.lanes import Lane, chart
from detectors.video.people import NOBODY, main_person

Curve = NDArray[np.float64]
NOSE = 6
STILL = 0.02
"""Face widths a second below which a part counts as still."""

LEAST_SIDE = 16
"""Pixels; the method needs blocks of eight at two scales."""

LEAST_PIXELS = 60

FROZEN = 0.12
"""Mean change in grey levels below which a background is the same picture again."""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """``times`` (M,) s; speeds (M,) in face widths a second of the face, of what lies below it, and
    of the rest; ``change`` (M,) mean difference of the rest in grey levels; ``same`` (M,) whether
    the whole picture is the one before again."""

    times: Curve
    face: Curve
    body: Curve
    rest: Curve
    change: Curve
    same: NDArray[np.bool_]


class Motion:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with speeds and jerk; abstains without a face in enough frames."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        person = _longest(faces)
        found = measured(sample.frames(), person, faces)
        if len(found.times) < p["least_frames"]:
            raise Abstain(
                f"A face is followed through {len(found.times)} neighbouring pictures; at least "
                f"{p['least_frames']:.0f} are needed to compare movements."
            )
        details = summary(found, person)
        if details["face_speed"] < STILL:
            raise Abstain(
                "The head hardly moves, so its movement cannot be compared with the body's.",
                details=details,
            )
        if details["coupling"] is None:
            raise Abstain(
                "Too little of the body is in the picture below the face to compare movements.",
                details=details,
            )
        return Outcome(
            sentence=_sentence(details),
            score=round(1 - float(details["coupling"]), 5),
            details=details,
            pictures=(_picture(found, end=faces.windows[-1].end),),
        )


def _longest(faces: Faces) -> tuple[Track, ...]:
    """The person who can be measured longest; of boxes alone, who is seen longest."""
    if faces.landmarks:
        return main_person(faces)
    if not faces.tracks:
        raise Abstain(NOBODY)
    return faces.people()[0]


def measured(frames: Frames, person: Sequence[Track], faces: Faces) -> Movement:
    """Optical flow (Kroeger et al. 2016) between neighbouring frames that show the person."""
    if min(frames.images.shape[1:3]) < LEAST_SIDE:
        raise Abstain("The picture is too narrow for its movements to be followed.")
    flowing = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    scale = frames.images.shape[1] / faces.height
    usual = float(np.median(np.diff(frames.times))) if len(frames.times) > 1 else 0.0
    rows = []
    last = cv2.cvtColor(frames.images[0], cv2.COLOR_RGB2GRAY)
    for number in range(1, len(frames.times)):
        before, time = frames.times[number - 1], frames.times[number]
        one, last = last, cv2.cvtColor(frames.images[number], cv2.COLOR_RGB2GRAY)
        box = _box(person, float(time))
        if box is None or time - before > 2 * usual:
            continue
        lasting = float(time - before)
        rows.append((time, *_pair(one, last, box * scale, seconds=lasting, flowing=flowing)))
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    return Movement(
        times=table[:, 0], face=table[:, 1], body=table[:, 2], rest=table[:, 3],
        change=table[:, 4], same=table[:, 5] > 0,
    )  # fmt: skip


def summary(found: Movement, person: Sequence[Track]) -> dict[str, Any]:
    """Medians and shares that the finding states."""
    background = found.change[(found.face >= STILL) & np.isfinite(found.change)]
    return {
        "face_speed": round(float(np.median(found.face)), 4),
        "body_speed": _middle(found.body),
        "background_speed": _middle(found.rest),
        "frozen_background_share": round(float((background < FROZEN).mean()), 4)
        if background.size
        else None,
        "repeated_share": round(float(found.same.mean()), 4),
        "coupling": _coupling(found),
        "jerk": jerk(person),
        "pictures": len(found.times),
    }


def jerk(person: Sequence[Track]) -> float | None:
    """Median third difference of the bridge of the nose over its first difference; None where only
    boxes are known."""
    ratios = []
    for track in person:
        if len(track.times) < 8 or track.points.shape[1] == 0:
            continue
        path = track.points[:, NOSE, :2].astype(np.float64) / np.maximum(
            track.eye_distance[:, None], 1e-6
        )
        first = np.linalg.norm(np.diff(path, axis=0), axis=1)
        third = np.linalg.norm(np.diff(path, n=3, axis=0), axis=1)
        ratios.append(float(np.median(third) / max(float(np.median(first)), 1e-6)))
    return round(float(np.median(ratios)), 4) if ratios else None


def _box(person: Sequence[Track], time: float) -> Curve | None:
    """The face's box at a moment: x, y, width, height."""
    for track in person:
        if track.times[0] - 1e-3 <= time <= track.times[-1] + 1e-3:
            at = int(np.argmin(np.abs(track.times - time)))
            return np.asarray(track.boxes[at], dtype=np.float64)
    return None


def _pair(
    one: NDArray[Any],
    two: NDArray[Any],
    box: Curve,
    *,
    seconds: float,
    flowing: cv2.DISOpticalFlow,
) -> tuple[float, float, float, float, bool]:
    flow = flowing.calc(one, two, None)  # type: ignore[call-overload]
    across, down = cv2.split(flow)
    x, y, width, height = box.tolist()
    speed = cv2.magnitude(across, down) / (max(width, 1.0) * max(seconds, 1e-3))
    rows, columns = one.shape
    face = _part(y, y + height, rows), _part(x, x + width, columns)
    wide = _part(x - 0.8 * width, x + 1.8 * width, columns)
    body = _part(y + 1.25 * height, rows, rows), wide
    person = _part(y - 0.5 * height, rows, rows), wide
    change = cv2.absdiff(one, two)
    return (
        _mean(speed[face]), _mean(speed[body]), _around(speed, person), _around(change, person),
        cv2.countNonZero(change) == 0,
    )  # fmt: skip


def _part(low: float, high: float, size: int) -> slice:
    """Whole pixels from ``low`` up to ``high``, inside the picture."""
    first = math.ceil(min(max(low, 0.0), size))
    return slice(first, max(first, math.ceil(min(max(high, 0.0), size))))


def _mean(values: NDArray[Any]) -> float:
    return cv2.sumElems(values)[0] / values.size if values.size >= LEAST_PIXELS else float("nan")


def _around(values: NDArray[Any], part: tuple[slice, slice]) -> float:
    """The mean outside of a part."""
    inside = values[part]
    count = values.size - inside.size
    if count < LEAST_PIXELS:
        return float("nan")
    total = cv2.sumElems(values)[0] - (cv2.sumElems(inside)[0] if inside.size else 0.0)
    return total / count


def _middle(values: Curve) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(np.median(known)), 4) if known.size else None


def _coupling(found: Movement) -> float | None:
    """Correlation of the speeds of face and body (a head sits on a neck)."""
    known = np.isfinite(found.body)
    face, body = found.face[known], found.body[known]
    if face.size < 12 or face.std() < 1e-6 or body.std() < 1e-6:
        return None
    return round(float(np.corrcoef(np.log(face + STILL), np.log(body + STILL))[0, 1]), 4)


def _sentence(details: Mapping[str, Any]) -> str:
    words = f"The face moves by {details['face_speed']:.2f} face widths a second"
    if details["body_speed"] is not None:
        words += f", the body below it by {details['body_speed']:.2f}"
    if details["background_speed"] is not None:
        words += f", the background by {details['background_speed']:.2f}"
    words += f"; face and body speed up together with a correlation of {details['coupling']:.2f}."
    share = details["frozen_background_share"]
    if share is not None and share >= 0.5:
        words += (
            f" In {100 * share:.0f} % of the moving pictures the background does not change at "
            "all, as when a single photo is brought to life, or a tripod meets strong compression."
        )
    return words + " Seated speakers and gestures of the hands also part head and body."


def _picture(found: Movement, *, end: float) -> Picture:
    high = max(0.2, float(np.nanpercentile(np.concatenate((found.face, found.body)), 98)))
    return chart(
        [
            Lane(label="face (face widths a second)", times=found.times, values=found.face,
                 low=0.0, high=high),
            Lane(label="body below the face", times=found.times, values=found.body, low=0.0,
                 high=high),
            Lane(label="change of the background (grey levels)", times=found.times,
                 values=found.change, low=0.0, high=5.0),
        ],
        end=end,
        note="Optical flow between neighbouring pictures.",
        name="motion",
        caption="Speed of face and body, and change of the background, over time.",
    )  # fmt: skip
