"""What the sound of a cut adds to its picture, fitted to cuts whose moments are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.video_edits_fit import (
    MARGIN,
    NEAR,
    NO_EVIDENCE,
    Measured,
    between,
    logistic,
    weights_of,
)
from detectors.ground_truth.edits import Edit
from detectors.video.jumps import WEIGHTS, Change
from detectors.video.shallowfake_cut import CUT_WEIGHTS, Break, told

Parameters = Mapping[str, float]

MOST_BY_CHANCE = 0.025
"""Untouched clips, as a share, that may be told because a consonant falls on a gesture."""

HEARD_STEPS = np.arange(-3.0, 6.0, 0.25)


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file with sound: its changes of the picture, how each of them sounds (None where there is
    no sound), and the frame at which a second is missing, if one is."""

    changes: Sequence[Change]
    heard: Sequence[Break | None]
    join: int | None = None
    faded: bool = False


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One clip untouched and without one second or another; ``cuts`` are how cuts in its sound
    sound, ``calm`` how other moments do."""

    name: str
    group: str
    untouched: Copy
    cut: Sequence[Copy]
    cuts: Sequence[Break]
    calm: Sequence[Break]


def fitted(clips: Collection[Clip], *, p: Parameters) -> dict[str, float]:
    """Weights of picture and sound, the evidence from which a change is told by its picture alone
    and that from which it is by both."""
    learnt = dict(zip(WEIGHTS, weights_of(_measured(clips)).tolist(), strict=True))
    learnt |= sound_weights(clips)
    known = {**p, **learnt}
    learnt["jump_evidence"] = between(
        [_highest(one, known, at_join=True) for clip in clips for one in clip.cut],
        [_highest(clip.untouched, known, at_join=False) + MARGIN for clip in clips],
    )
    return learnt | {"heard_evidence": heard_evidence(clips, p={**known, **learnt})}


def heard_evidence(clips: Collection[Clip], *, p: Parameters) -> float:
    """The least evidence of both at which chance tells next to no untouched clip."""
    for least in HEARD_STEPS.tolist():
        known = {**p, "heard_evidence": least}
        if float(np.mean([by_chance(clip, p=known) for clip in clips])) <= MOST_BY_CHANCE:
            return float(least)
    return float(HEARD_STEPS[-1])


def by_chance(clip: Clip, *, p: Parameters) -> float:
    """How probable it is that something is told of the untouched clip, when each of its changes
    sounds like a moment of the same clip that was drawn at random."""
    quiet = [
        1 - float(np.mean([told(change, heard, p=p) for heard in clip.calm]))
        for change in clip.untouched.changes
        if change.evidence(p) >= p["heard_evidence"] - p["cut_most"]
    ]
    return 1 - float(np.prod(quiet))


def tells(one: Copy, p: Parameters, *, at_join: bool, hears: bool) -> bool:
    """Whether a change at the join, or away from it, is told."""
    return any(
        told(change, heard if hears else None, p=p)
        for change, heard in zip(one.changes, one.heard, strict=True)
        if at_join == _is_join(one, change)
    )


def sound_weights(clips: Collection[Clip]) -> dict[str, float]:
    """Each clip counts once, its cuts as much as its other moments: the log-odds are then the
    logarithm of a likelihood ratio."""
    rows, truth, counting = [], [], []
    for clip in clips:
        for kind, breaks in ((1.0, clip.cuts), (0.0, clip.calm)):
            rows += [[one.step, one.above, one.lost] for one in breaks]
            truth += [kind] * len(breaks)
            counting += [len(clip.cuts) / len(breaks)] * len(breaks)
    found = logistic(np.array(rows), np.array(truth), counting=np.array(counting))
    return dict(zip(CUT_WEIGHTS, found.tolist(), strict=True))


def _highest(one: Copy, p: Parameters, *, at_join: bool) -> float:
    """The most evidence of the picture at the join, or away from it."""
    return max(
        (change.evidence(p) for change in one.changes if at_join == _is_join(one, change)),
        default=NO_EVIDENCE,
    )


def _is_join(one: Copy, change: Change) -> bool:
    return one.join is not None and abs(change.at - one.join) <= NEAR


def _measured(clips: Collection[Clip]) -> list[dict[Edit, Measured]]:
    nothing = _only_changes([], [])
    return [
        {
            Edit.NONE: _only_changes(clip.untouched.changes if number == 0 else [], []),
            Edit.REMOVED: _only_changes(one.changes, [one.join]),
            Edit.REORDERED: nothing,
        }
        for clip in clips
        for number, one in enumerate(clip.cut)
        if one.join is not None
    ]


def _only_changes(changes: Sequence[Change], joins: Sequence[int]) -> Measured:
    return Measured(changes=changes, joins=joins, shares={}, errors=0.0, beats=(), repeats=())
