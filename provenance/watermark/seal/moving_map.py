"""What was altered in the pictures of a sealed video: where, and from when to when. Child only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from provenance.watermark.seal import pattern, places, tampering, tone, video
from provenance.watermark.seal.film import Frame
from provenance.watermark.seal.identifier import Floats
from provenance.watermark.seal.label import Label
from provenance.watermark.seal.pattern import Fit, Lattice
from provenance.watermark.seal.places import Box
from provenance.watermark.seal.tampering import Judgement
from provenance.watermark.seal.tone import Tone

# frames judged together: coding noise averages out, and short edits still show
GROUP = 6
MOST_EXAMINED = 1200
MOST_TOLD = 50
# one frame alone must be surer than a group
_ALONE = 60.0
_TONE_EVERY = 4
_CLEARLY = 0.2
# where less of a frame can be judged, coding has left too little to call anything altered
_LEAST_JUDGED = 0.1
# how much of a movement is remembered a frame later
_FADE = np.float32(0.85)


@dataclass(frozen=True)
class Place:
    """An altered place: box in pixels of the picture as shown, seconds from when to when."""

    box: Box
    start: float
    end: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain."""
        return {"box": list(self.box), "start": round(self.start, 3), "end": round(self.end, 3)}


@dataclass(frozen=True)
class Altered:
    """``lowest``: for each block the least intact it ever was, judged where it was judged at any
    time; None when no frame could be examined. ``judged``: mean share of blocks that were judged;
    ``examined``: frames."""

    places: list[Place]
    lowest: Judgement | None
    judged: float
    examined: int


class Examiner:
    """Looks at frames one after another."""

    def __init__(self, said: Label, *, key: bytes) -> None:
        self._said, self._key = said, key
        self._before: Floats | None = None
        self._motion: Floats | None = None
        self._lattices: dict[int, Lattice] = {}
        self._tone = Tone(0.0, 0.0, 0.0)
        self._seen = self._examined = self._groups = 0
        self._group: list[tuple[float, Fit]] = []
        self._places: list[Place] = []
        self._lowest: Judgement | None = None
        self._judged: list[float] = []
        self._size = (0, 0)

    def look(self, frame: Frame, *, number: int | None, most: int) -> None:
        """Examine a frame whose ``number`` is known; of ``most`` frames so many are left out that
        the work stays bounded."""
        self._seen += 1
        if number is None or (self._seen - 1) % (1 + most // MOST_EXAMINED):
            return
        plane = frame.brightness()
        self._size = (plane.shape[1], plane.shape[0])
        held = pattern.held(plane, rows=self._said.rows, columns=self._said.columns)
        epoch = number // video.EPOCH
        if not self._group and self._groups % _TONE_EVERY == 0:
            self._tone = tone.find(held, self._lattice(epoch))
        values = held.values / self._tone.factors(held.light)
        self._feel(values)
        fit = self._lattice(epoch).fit(values)
        if epoch:
            fit = _better(fit, self._lattice(epoch - 1).fit(values))
        self._examined += 1
        self._tell(self._judged_fit(fit), start=frame.at, end=frame.at, doubt=_ALONE)
        self._group.append((frame.at, fit))
        if len(self._group) == GROUP:
            self._settle()

    def _lattice(self, epoch: int) -> Lattice:
        if epoch not in self._lattices:
            kept = {old: grid for old, grid in self._lattices.items() if abs(old - epoch) <= 1}
            self._lattices = {**kept, epoch: video.lattice(self._said, epoch=epoch, key=self._key)}
        return self._lattices[epoch]

    def _feel(self, values: Floats) -> None:
        """Remember how much every block moves."""
        before, self._before = self._before, values
        if before is not None:
            step = np.abs(values - before).mean(axis=-1)
            self._motion = step if self._motion is None else np.maximum(step, _FADE * self._motion)

    def _judged_fit(self, fit: Fit) -> Judgement:
        return tampering.judge(fit, noise=tampering.noises(fit, self._motion))

    def _settle(self) -> None:
        if not self._group:
            return
        phase = np.mean([fit.phase for _, fit in self._group], axis=0)
        steps = np.mean([fit.steps for _, fit in self._group], axis=0)
        whole = Fit(phase=phase, steps=steps)
        found = self._judged_fit(whole)
        self._tell(found, start=self._group[0][0], end=self._group[-1][0], doubt=places.DOUBT)
        self._judged.append(float(found.judged.mean()))
        self._lowest = found if self._lowest is None else _lower(self._lowest, found)
        self._group = []
        self._groups += 1

    def _tell(self, found: Judgement, *, start: float, end: float, doubt: float) -> None:
        if found.judged.mean() < _LEAST_JUDGED:
            return
        width, height = self._size
        for box in places.boxes(found, width=width, height=height, doubt=doubt):
            self._places.append(Place(box=box, start=start, end=end))

    def result(self) -> Altered:
        """What was seen so far."""
        self._settle()
        return Altered(
            places=_joined(self._places)[:MOST_TOLD],
            lowest=self._lowest,
            judged=float(np.mean(self._judged)) if self._judged else 0.0,
            examined=self._examined,
        )


def _better(own: Fit, stale: Fit) -> Fit:
    """Where the pattern of the epoch before fits clearly better, that one: a coder carries a still
    place on from frame to frame as it was."""
    carried = stale.phase.mean(axis=-1) > own.phase.mean(axis=-1) + _CLEARLY
    phase = np.where(carried[..., None], stale.phase, own.phase)
    return Fit(phase=phase, steps=own.steps)


def _lower(one: Judgement, other: Judgement) -> Judgement:
    """The worse of two for every block; a block that was not judged counts for nothing."""
    intact = np.minimum(_or_one(one), _or_one(other))
    return Judgement(
        intact=intact,
        judged=one.judged | other.judged,
        ratio=np.minimum(one.ratio, other.ratio),
        noise=max(one.noise, other.noise),
    )


def _or_one(found: Judgement) -> Floats:
    return np.where(found.judged, found.intact, np.float32(1))


def _joined(found: list[Place]) -> list[Place]:
    """Boxes that overlap in picture and follow in time, as one place."""
    out: list[Place] = []
    for place in sorted(found, key=lambda one: one.start):
        for at, known in enumerate(out):
            if place.start <= known.end + 0.5 and _overlap(place.box, known.box):
                box = _around(known.box, place.box)
                out[at] = Place(box=box, start=known.start, end=max(known.end, place.end))
                break
        else:
            out.append(place)
    return out


def _overlap(one: Box, other: Box) -> bool:
    return all(
        one[side] < other[side] + other[side + 2] and other[side] < one[side] + one[side + 2]
        for side in (0, 1)
    )


def _around(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top
