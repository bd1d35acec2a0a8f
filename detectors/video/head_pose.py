"""Head pose: whether the middle of the face looks where the whole face looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.faces import Faces, Track
from detectors.video.lanes import Lane, chart
from detectors.video.people import main_person, stretches

OUTER = (
    10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377,
    400, 378, 379, 365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338,
)  # fmt: skip
INNER = (
    33, 133, 362, 263, 70, 107, 300, 336, 168, 6, 197, 195, 5, 4, 1, 98, 327, 2, 61, 291, 0, 17,
    50, 280, 205, 425,
)  # fmt: skip
"""Eyes, brows, nose, mouth and cheeks: what a swap replaces."""

WHOLE = OUTER + INNER


@dataclass(frozen=True, kw_only=True)
class Poses:
    """``times`` (M,) s; ``whole`` and ``inner`` (M, 3): unit vectors out of the face."""

    times: NDArray[np.float64]
    whole: NDArray[np.float64]
    inner: NDArray[np.float64]

    @property
    def apart(self) -> NDArray[np.float64]:
        """Degrees between both directions (M,)."""
        cosine = np.clip((self.whole * self.inner).sum(axis=1), -1, 1)
        return np.asarray(np.degrees(np.arccos(cosine)), dtype=np.float64)

    @property
    def wander(self) -> float:
        """Degrees by which the difference of both directions varies over time (robust)."""
        difference = self.inner - self.whole
        away = np.linalg.norm(difference - np.median(difference, axis=0), axis=1)
        return float(np.degrees(np.median(away)))


class HeadPose:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the angle; abstains on too few usable frames."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        found = measured(main_person(faces), faces, most=int(p["most_frames"]))
        if len(found.times) < p["least_frames"]:
            raise Abstain(
                f"A frontal face can be measured in {len(found.times)} pictures; at least "
                f"{p['least_frames']:.0f} are needed to compare directions."
            )
        angle, wander = float(np.median(found.apart)), found.wander
        return Outcome(
            sentence=(
                f"Eyes, nose and mouth point {angle:.1f} degrees away from the whole face (median "
                f"of {len(found.times)} pictures); that difference wanders by {wander:.1f} "
                "degrees. Faces differ from the average face that is fitted, and so do lenses; "
                "landmark networks pull altered faces into shape as well."
            ),
            score=round(min(angle, 90.0), 5),
            details={
                "angle_degrees": round(angle, 3),
                "wander_degrees": round(wander, 3),
                "pictures": len(found.times),
            },
            pictures=(
                chart(
                    [Lane(label="degrees between whole face and its middle", times=found.times,
                          values=found.apart, low=0.0,
                          high=max(10.0, float(np.percentile(found.apart, 99))))],
                    end=faces.windows[-1].end,
                    note="Both directions come from one average face fitted to two sets of points.",
                    name="head-pose",
                    caption="Angle between the whole face and its middle over time.",
                ),
            ),
        )  # fmt: skip


def measured(person: Sequence[Track], faces: Faces, *, most: int) -> Poses:
    """Directions in at most ``most`` usable frames spread evenly over a person's tracks."""
    frames = [
        (track, number)
        for track in person
        for part in stretches(track)
        for number in range(part.start, part.stop)
    ]
    step = max(1, -(-len(frames) // most))
    rows: list[NDArray[np.float64]] = []
    for track, number in frames[::step]:
        flat = track.points[number, :, :2].astype(np.float64)
        directions = [_direction(flat, faces, chosen) for chosen in (WHOLE, INNER)]
        if directions[0] is not None and directions[1] is not None:
            rows.append(np.concatenate(([track.times[number]], *directions)))  # type: ignore[arg-type]
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    return Poses(times=table[:, 0], whole=table[:, 1:4], inner=table[:, 4:7])


def _direction(
    flat: NDArray[np.float64], faces: Faces, chosen: tuple[int, ...]
) -> NDArray[np.float64] | None:
    """Out of the face, in the camera's axes, from the metric face model and these points."""
    reach = float(max(faces.width, faces.height))
    camera = np.array([[reach, 0, faces.width / 2], [0, reach, faces.height / 2], [0, 0, 1.0]])
    # the model looks along +z with y up, the camera along +z with y down
    model = faces.model[list(chosen)] * np.array([1.0, -1.0, -1.0])
    solved, turn, _ = cv2.solvePnP(
        np.ascontiguousarray(model), np.ascontiguousarray(flat[list(chosen)]), camera, None,
        flags=cv2.SOLVEPNP_SQPNP,
    )  # fmt: skip
    if not solved:
        return None
    rotation, _ = cv2.Rodrigues(turn)
    return np.asarray(-rotation[:, 2], dtype=np.float64)
