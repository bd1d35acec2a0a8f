"""Four published networks for swapped and re-enacted faces, run on the faces of each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Track, Value
from detectors.faces import Track as Face
from detectors.faces.tracks import CROP, CROP_SCALE
from detectors.learned import Gathered, Outputs, TwoHalves
from detectors.video.lanes import Lane, chart
from detectors.video.people import NOBODY

NETWORKS = ("meso4-df", "mesoinception-df", "meso4-f2f", "mesoinception-f2f")
SIDE = 256
WORDS = {
    "meso4-df": "Meso-4 (face swaps)",
    "mesoinception-df": "MesoInception-4 (face swaps)",
    "meso4-f2f": "Meso-4 (re-enactment)",
    "mesoinception-f2f": "MesoInception-4 (re-enactment)",
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """``times`` (M,) of the faces looked at, ``altered`` (4, M): each network's probability."""

    person: int
    times: NDArray[np.float64]
    altered: NDArray[np.float64]

    @property
    def score(self) -> float:
        """Mean over networks and faces."""
        return float(self.altered.mean())


class FaceForgery(TwoHalves):
    """See the module."""

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """The faces of each person, the same for every network; abstains without enough of them."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        if not faces.tracks:
            raise Abstain(NOBODY)
        people, pictures = [], []
        for group in faces.people():
            times, crops = _chosen(group, p=p)
            if len(times) >= p["least_faces"]:
                people.append({"person": group[0].person, "times": times})
                pictures.append(crops)
        if not people:
            raise Abstain(
                f"No face is shown large enough and turned to the camera in at least "
                f"{p['least_faces']:.0f} pictures, which the networks need."
            )
        together = np.concatenate(pictures)
        return Gathered(
            stacks=dict.fromkeys(NETWORKS, together),
            kept={"people": people, "end": faces.windows[-1].end},
        )

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, parameters: Mapping[str, Value], /
    ) -> Outcome:
        """Outcome with each network's mean."""
        p = {name: float(value) for name, value in parameters.items()}
        altered = np.stack([1 - outputs[name].ravel().astype(np.float64) for name in NETWORKS])
        judged, at = [], 0
        for one in kept["people"]:
            times = np.asarray(one["times"], dtype=np.float64)
            upto = at + len(times)
            judged.append(Judged(person=one["person"], times=times, altered=altered[:, at:upto]))
            at = upto
        worst = max(judged, key=lambda one: one.score)
        return _outcome(worst, judged, end=kept["end"], p=p)


def _chosen(
    group: Sequence[Face], *, p: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Crops spread evenly over a person's tracks: times (M,), pictures (M, 256, 256, 3) of bytes.

    The networks saw faces from the side too, so these need not be frontal.
    """
    places = [
        (track, number)
        for track in group
        for number, at in enumerate(track.crops.index)
        if abs(track.pose[at, 0]) <= p["most_yaw"] and track.boxes[at, 2:].max() >= p["least_side"]
    ]
    most, around = int(p["most_faces"]), p["around"]
    spread = np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(int))
    kept = [places[at] for at in spread] if places else []
    times = np.array([float(track.times[track.crops.index[number]]) for track, number in kept])
    margin = round(CROP * (1 - around / CROP_SCALE) / 2)
    cut = [
        cv2.resize(track.crops.images[number][margin : CROP - margin, margin : CROP - margin],
                   (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        for track, number in kept
    ]  # fmt: skip
    return times, np.array(cut, dtype=np.uint8).reshape(-1, SIDE, SIDE, 3)


def _outcome(
    worst: Judged, judged: Sequence[Judged], *, end: float, p: Mapping[str, float]
) -> Outcome:
    means = worst.altered.mean(axis=1)
    details: dict[str, Any] = {
        "networks": {name: round(float(mean), 4)
                     for name, mean in zip(NETWORKS, means, strict=True)},
        "people": [{"person": one.person, "score": round(one.score, 4), "faces": len(one.times)}
                   for one in judged],
        "person": worst.person,
    }  # fmt: skip
    over_time = worst.altered.mean(axis=0)
    top = int(np.argmax(means))
    seen = over_time >= p["marked_from"]
    words = (
        f"On {len(worst.times)} faces the four networks give a mean of {worst.score:.2f} on a "
        f"scale from 0 (as in untouched training faces) to 1 (as in altered ones); the highest is "
        f"{WORDS[NETWORKS[top]]} with {means[top]:.2f}. They know the methods of 2018; newer ones "
        "pass them, and compression and make-up change the value."
    )
    lanes = [
        Lane(label=WORDS[name], times=worst.times, values=values, low=0.0, high=1.0)
        for name, values in zip(NETWORKS, worst.altered, strict=True)
    ]
    return Outcome(
        sentence=words,
        score=round(worst.score, 6),
        tracks=_tracks(worst.times, seen, over_time, most=int(p["most_tracks"])),
        details=details,
        pictures=(
            chart(
                lanes, end=end,
                note="0: as in the untouched faces of their training. 1: as in the altered ones.",
                name="networks", caption="Output of four networks for each face over time.",
            ),
        ),
    )  # fmt: skip


def _tracks(
    times: NDArray[np.float64],
    seen: NDArray[np.bool_],
    value: NDArray[np.float64],
    *,
    most: int,
) -> tuple[Track, ...]:
    """Runs of faces above the mark."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], seen, [False])).astype(np.int8)))
    found = [
        Track(
            start=round(float(times[first]), 3),
            end=round(float(times[last - 1]), 3),
            label="faces like altered ones",
            strength=round(float(value[first:last].mean()), 4),
        )
        for first, last in edges.reshape(-1, 2)
    ]
    strongest = sorted(found, key=lambda track: (-track.strength, track.start))[:most]
    return tuple(sorted(strongest, key=lambda track: track.start))
