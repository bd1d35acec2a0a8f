"""Blend boundary: sharpness and noise of the face, the ring around it, and its surroundings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.video.lanes import Lane, chart
from detectors.video.pairs import Look, looks
from detectors.video.people import main_person
from detectors.video.regions import detail, grey, inside, regions, spread

FLOOR = 0.15
"""Grey levels below which detail is only rounding."""


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """``times`` (M,) s; fine detail in grey levels of ``face``, ``ring`` and ``around`` (M,)."""

    times: NDArray[np.float64]
    face: NDArray[np.float64]
    ring: NDArray[np.float64]
    around: NDArray[np.float64]

    @property
    def step(self) -> NDArray[np.float64]:
        """How much finer or coarser the ring is than face and surroundings, in doublings (M,)."""
        middle = (np.log2(self.face) + np.log2(self.around)) / 2
        found: NDArray[np.float64] = np.log2(self.ring) - middle
        return found

    @property
    def missing(self) -> NDArray[np.float64]:
        """How much less detail the face has than its surroundings, in halvings (M,)."""
        found: NDArray[np.float64] = np.log2(self.around / self.face)
        return found


class BlendBoundary:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the mismatch; abstains without enough usable crops."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        chosen = looks(main_person(faces), most=int(p["most_frames"]))
        found = measured(chosen)
        if len(found.times) < p["least_frames"]:
            raise Abstain(
                f"Only {len(found.times)} pictures show a frontal face with something around it; "
                f"at least {p['least_frames']:.0f} are needed."
            )
        step, missing = float(np.median(found.step)), float(np.median(found.missing))
        details = {
            "face": round(float(np.median(found.face)), 3),
            "ring": round(float(np.median(found.ring)), 3),
            "around": round(float(np.median(found.around)), 3),
            "ring_doublings": round(step, 3),
            "face_halvings": round(missing, 3),
            "pictures": len(found.times),
        }
        return Outcome(
            sentence=(
                f"Fine detail measures {details['face']:.1f} grey levels in the face, "
                f"{details['ring']:.1f} in the ring around it and {details['around']:.1f} beyond. "
                "A face pasted from a smaller picture is blurrer than what surrounds it; so are "
                "make-up, shallow focus and beauty filters."
            ),
            score=round(float(np.clip(missing + step, -10, 10)), 5),
            details=details,
            pictures=(
                chart(
                    [
                        _lane("face", found.times, found.face, found),
                        _lane("ring around the face", found.times, found.ring, found),
                        _lane("surroundings", found.times, found.around, found),
                    ],
                    end=faces.windows[-1].end,
                    note="Robust spread of what is finer than two pixels, in grey levels.",
                    name="boundary",
                    caption="Fine detail of face, ring and surroundings over time.",
                ),
            ),
        )


def measured(chosen: Sequence[Look]) -> Boundary:
    """Detail of the three parts of each crop."""
    rows = []
    for look in chosen:
        parts = regions(look.track, look.track.crops, look.number)
        masks = (parts.skin, parts.ring, parts.surround)
        if min(int(mask.sum()) for mask in masks) < 200:
            continue
        fine = detail(grey(look.image))
        rows.append((look.time, *(max(spread(inside(fine, mask)), FLOOR) for mask in masks)))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Boundary(times=table[:, 0], face=table[:, 1], ring=table[:, 2], around=table[:, 3])


def _lane(
    label: str, times: NDArray[np.float64], values: NDArray[np.float64], found: Boundary
) -> Lane:
    every = np.concatenate((found.face, found.ring, found.around))
    return Lane(label=label, times=times, values=values, low=0.0,
                high=float(np.percentile(every, 99)))  # fmt: skip
