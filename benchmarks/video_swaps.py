"""Replaced and warped faces made on the spot: how well the cues of a single face tell them apart.

The first seconds of every real clip are encoded untouched and with each swap of
``detectors.ground_truth.swaps``; the donor is the next clip of another group. Every copy goes
through the product (decoding, faces, detectors) as any file would. Told is the AUC of each cue for
each swap with a 95 % interval over clips; abstentions stand where the evidence is even.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import reference
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    from detectors.evaluation.figures import Judged
    from detectors.ground_truth.swaps import Swap

CUES = ("video.head_pose", "video.colour", "video.blend_boundary")
HEIGHT, SECONDS = 432, 2.8
LEAST_FRAMES = 50


@dataclass
class Face:
    """The start of a clip with the one face that is followed in it."""

    clip: reference.Clip
    fps: Fraction
    pictures: list[Any]
    track: Any
    at: list[int]
    twin: Path


@dataclass
class Tally:
    """What the cues said of all copies, by cue and swap."""

    said: dict[tuple[str, str], list[Judged]] = field(default_factory=dict)

    def add(self, path: Path, swap: Swap) -> None:
        """Run the cues on one copy."""
        from detectors.evaluation.crossfit import suspicion_of
        from detectors.evaluation.figures import Judged
        from detectors.ground_truth.swaps import Swap
        from detectors.runner import look

        for finding in look(path, only=CUES).findings:
            self.said.setdefault((finding.detector, swap.name), []).append(
                Judged(fake=swap is not Swap.NONE, generator=swap.value,
                       rank=suspicion_of(finding), llr=None)
            )  # fmt: skip

    def table(self, cue: str, swap: Swap) -> dict[str, Any] | None:
        """The figures of one cue for one swap against all untouched clips."""
        from detectors.evaluation.figures import figures

        both = self.said.get((cue, "NONE"), []) + self.said.get((cue, swap.name), [])
        found = figures(both)
        return found.table if found else None


def main() -> list[Figure]:
    """Print a line a cue and swap; keep the AUCs."""
    from detectors.ground_truth.edits import encode
    from detectors.ground_truth.swaps import Swap, swapped

    clips = reference.clips("real")
    if not clips:
        print(f"video_swaps: {reference.ABSENT}")
        return []
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        faces = [face for clip in clips if (face := _face(clip, folder=Path(folder))) is not None]
        for number, face in enumerate(faces):
            donor = _donor(face, faces[number + 1 :] + faces[:number])
            for swap in Swap:
                pictures = swapped(swap, face.pictures, face.track, at=face.at, donor=donor)
                path = Path(folder) / f"{swap.name.lower()}.mp4"
                encode(path, pictures, fps=face.fps)
                tally.add(path, swap)
            print(f"{face.clip.name}: measured", flush=True)
    figures = []
    for cue in CUES:
        for swap in list(Swap)[1:]:
            found = tally.table(cue, swap)
            if found is None:
                continue
            low, high = found["auc_ci"]
            print(f"{cue}, {swap.value}: AUC {found['auc']:.3f} [{low:.3f}, {high:.3f}], "
                  f"{found['n_real']} untouched and {found['n_fake']} altered, "
                  f"{found['n_abstained']} abstained")  # fmt: skip
            figures.append(Figure(f"{cue}, {swap.value}, AUC", found["auc"], 1.0, "",
                                  "a perfect ranking", "higher"))  # fmt: skip
    keep("video_swaps", figures)
    return figures


def _face(clip: reference.Clip, *, folder: Path) -> Face | None:
    """The clip's start and its face; None (and told) where no face is there long enough."""
    import numpy as np

    from detectors.faces import LANDMARKER, YUNET
    from detectors.faces.perceive import Models, perceive
    from detectors.ground_truth.edits import clip as start_of
    from detectors.ground_truth.edits import encode
    from foundation.media import inspect
    from foundation.resources import Catalogue

    fps = Fraction(inspect(clip.path).fps or 25).limit_denominator(1001)
    pictures = start_of(clip.path, height=HEIGHT, seconds=SECONDS)
    twin = encode(folder / f"{clip.path.stem}.mp4", pictures, fps=fps)
    catalogue = Catalogue.load("detectors")
    models = Models(yunet=catalogue.path(YUNET), landmarker=catalogue.path(LANDMARKER))
    tracks = perceive(twin, probe=inspect(twin), models=models).tracks
    track = max(tracks, key=lambda one: int(one.usable.sum()), default=None)
    if track is None or int(track.usable.sum()) < LEAST_FRAMES:
        print(f"{clip.name}: left out, no face is usable in {LEAST_FRAMES} pictures")
        return None
    at = np.round(track.times * float(fps)).astype(int).clip(0, len(pictures) - 1).tolist()
    return Face(clip=clip, fps=fps, pictures=pictures, track=track, at=at, twin=twin)


def _donor(face: Face, others: list[Face]) -> list[tuple[Any, Any]]:
    """Pictures and points of the first other person."""
    other = next(one for one in others if one.clip.group != face.clip.group)
    return [
        (other.pictures[place], other.track.points[number])
        for number, place in enumerate(other.at)
        if other.track.usable[number]
    ]
