"""Lip jitter: how much the lips tremble from frame to frame, beyond what the head does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.faces import Track
from detectors.faces.tracks import Floats, usable_seconds
from detectors.video.bones import EYES, RIGID, moved, similarity
from detectors.video.lanes import Lane, chart
from detectors.video.mouth import LIPS
from detectors.video.people import main_person, rate, smoothed, stretches

Curve = np.ndarray[tuple[int], np.dtype[np.float64]]


class LipJitter:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the jitter; abstains on short, coarse or turned-away footage."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        person = main_person(faces)
        seconds, per_second = usable_seconds(person), rate(person)
        if seconds < p["least_seconds"] or per_second < p["least_rate"]:
            raise Abstain(
                f"The mouth can be measured for {seconds:.1f} s at {per_second:.1f} pictures a "
                f"second; at least {p['least_seconds']:.0f} s at {p['least_rate']:.0f} are needed."
            )
        times, lips, head = measured(person)
        trembling, still = float(np.median(lips)), max(float(np.median(head)), 1e-6)
        width = max(1, round(p["shown_seconds"] * per_second))
        return Outcome(
            sentence=(
                f"From one frame to the next the lips tremble by {trembling:.2f} % of the distance "
                f"of the eyes (median over {seconds:.0f} s), the bones of the face by {still:.2f} "
                f"%: {trembling / still:.1f} times as much. Fast speech raises it as lip-sync "
                "generators do, so it only suggests."
            ),
            score=round(min(trembling / still, 50.0), 5),
            details={
                "lips_percent": round(trembling, 4),
                "head_percent": round(still, 4),
                "usable_seconds": round(seconds, 2),
                "frames_per_second": round(per_second, 2),
                "person": person[0].person,
            },
            pictures=(
                chart(
                    [
                        _lane("lips (% of the distance of the eyes)", times, lips, width, lips),
                        _lane("bones of the face", times, head, width, lips),
                    ],
                    end=faces.windows[-1].end,
                    note="Second difference of 40 lip points, without the head's own motion.",
                    name="lip-jitter",
                    caption="Trembling of lips and of the rest of the face over time.",
                ),
            ),
        )


def measured(person: Sequence[Track]) -> tuple[Curve, Curve, Curve]:
    """Times (K,) and second differences of lips and bones, in % of the distance of the eyes (K,).

    Per second squared at 25 frames a second: other rates are scaled to it.
    """
    times, lips, head = [], [], []
    for track in person:
        for part in stretches(track, least=5):
            still = steadied(track.points[part])
            step = float(np.median(np.diff(track.times[part])))
            second = np.linalg.norm(still[2:] - 2 * still[1:-1] + still[:-2], axis=2)
            second *= 100 * (0.04 / step) ** 2
            times.append(track.times[part][1:-1])
            lips.append(np.median(second[:, list(LIPS)], axis=1))
            head.append(np.median(second[:, list(RIGID)], axis=1))
    if not times:
        raise Abstain("The mouth is never visible for five frames in a row.")
    return np.concatenate(times), np.concatenate(lips), np.concatenate(head)


def steadied(points: Floats) -> Floats:
    """Points (N, 478, 2) with shift, turn and size of the head removed; 1 = distance of the eyes.

    Each frame is laid over the mean of the stretch by its rigid points.
    """
    flat = points[..., :2].astype(np.float64)
    rigid = flat[:, list(RIGID)]
    target = rigid[len(rigid) // 2]
    laid = flat
    for _ in range(2):
        laid = moved(flat, similarity(rigid, target))
        target = laid[:, list(RIGID)].mean(axis=0)
    scale = float(np.linalg.norm(target[EYES[0]] - target[EYES[1]]))
    return np.asarray(laid / max(scale, 1e-6), dtype=np.float32)


def _lane(label: str, times: Curve, values: Curve, width: int, scale: Curve) -> Lane:
    high = max(float(np.percentile(scale, 98)), 1e-3)
    shown = smoothed(np.asarray(values, dtype=np.float64), width)
    return Lane(label=label, times=times, values=shown, low=0.0, high=high)
