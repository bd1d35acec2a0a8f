"""Thresholds for cuts and re-timing, fitted to clips whose edits are known.

Used twice: without one clip's group to judge that clip, and with all clips for the card.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.ground_truth.edits import Edit
from detectors.media import Frames, PacketList
from detectors.video.edits import beat_of, keys_of, slowed, stretch
from detectors.video.jumps import WEIGHTS, Change, changes, fits
from detectors.video.timing import repeated

Floats = NDArray[np.float64]
Parameters = Mapping[str, float]

NEAR = 1
"""Frames by which a change may miss its place."""

RIDGE = 0.3
ALARM = 5.0
"""What a false alarm on an untouched clip costs, in edits that are found."""

MARGIN = 1.0
"""Log-odds by which an untouched clip may exceed those that were learnt from."""

NO_EVIDENCE = -99.0
"""Of a file in which nothing changes much, in log-odds."""

BEAT_ERRORS = (3.5, 4.0, 4.5, 5.0, 5.5, 6.0)
DUPLICATE_SHARES = (0.06, 0.08, 0.1, 0.12, 0.15, 0.2)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the thresholds are about, in one file.

    ``joins``: the frames at which pieces were joined; ``shares`` how well each pair of changes
    fits, by its frames; ``errors`` of the stretch that stands out most; ``beats`` whether a changed
    speed is told at each of ``BEAT_ERRORS``, ``repeats`` whether repeated frames are at each of
    ``DUPLICATE_SHARES``.
    """

    changes: Sequence[Change]
    joins: Sequence[int]
    shares: Mapping[tuple[int, int], float]
    errors: float
    beats: tuple[bool, ...]
    repeats: tuple[bool, ...]


Clip = Mapping[Edit, Measured]


def measured(
    frames: Frames, packets: PacketList, *, edit: Edit, place: tuple[float, float] | None,
    p: Parameters,
) -> Measured:  # fmt: skip
    """Everything the thresholds are compared with."""
    times, change = frames.times, frames.change
    usual = float(np.median(np.diff(times)))
    seen = changes(frames.images, change, key=keys_of(packets, times), p=p)
    found = stretch(packets, times, change, least=int(p["least_stretch"]))
    return Measured(
        changes=seen,
        joins=_joins(edit, place, times=times),
        shares=_shares(frames, seen, p=p) if edit in JOINED else {},
        errors=found.errors if found is not None else 0.0,
        beats=tuple(
            slowed(beat_of(change, p={**p, "beat_errors": least}), usual) is not None
            for least in BEAT_ERRORS
        ),
        repeats=tuple(
            any(track.strength >= p["least_repeats"] / 25
                for track in repeated(times, change, usual=usual, p={**p, "duplicate_share": most}))
            for most in DUPLICATE_SHARES
        ),
    )  # fmt: skip


JOINED = (Edit.NONE, Edit.REMOVED, Edit.REORDERED)


def fitted(clips: Collection[Clip], *, p: Parameters) -> dict[str, float]:
    """Weights and thresholds that tell the edits of these clips best."""
    weights = dict(zip(WEIGHTS, weights_of(clips).tolist(), strict=True))
    p = {**p, **weights}
    return weights | {
        "jump_evidence": between(
            [_highest(clip[Edit.REMOVED], p, at_joins=True) for clip in clips],
            [_highest(clip[Edit.NONE], p, at_joins=False) + MARGIN for clip in clips],
        ),
        "continues_share": float(np.exp(-between(
            [-np.log(_best_fit(clip[Edit.REORDERED], p)) for clip in clips],
            [-np.log(_best_fit(clip[edit], p)) for clip in clips
             for edit in (Edit.NONE, Edit.REMOVED)],
        ))),
        "coarser_errors": between(
            [clip[Edit.REENCODED].errors for clip in clips],
            [clip[Edit.NONE].errors for clip in clips],
        ),
        "beat_errors": _chosen(BEAT_ERRORS, clips, Edit.STRETCHED, lambda one: one.beats),
        "duplicate_share": _chosen(
            DUPLICATE_SHARES, clips, Edit.REPEATED, lambda one: one.repeats
        ),
    }  # fmt: skip


def stands_out(one: Measured, *, p: Parameters) -> bool:
    """Whether a join has more evidence than any other change of its file."""
    at_joins, anywhere = (_highest(one, p, at_joins=only) for only in (True, False))
    return bool(one.joins) and at_joins == anywhere > NO_EVIDENCE


def _joins(edit: Edit, place: tuple[float, float] | None, *, times: Floats) -> list[int]:
    if place is None or edit not in JOINED:
        return []
    start, end = place
    moments = [start] if edit is Edit.REMOVED else [start, (start + end) / 2, end]
    return [int(np.argmin(np.abs(times - moment))) for moment in moments]


def _shares(
    frames: Frames, seen: Sequence[Change], *, p: Parameters
) -> dict[tuple[int, int], float]:
    at = [one.at for one in seen]
    return {
        (first, end): fits(frames.images, first, end)
        for number, first in enumerate(at)
        for end in at[number + 1 :]
        if p["least_piece"] <= end - first <= p["most_piece"]
    }


def weights_of(clips: Collection[Clip]) -> Floats:
    """Logistic regression with a small ridge over all changes; joins against everything else."""
    rows, is_join = [], []
    for clip in clips:
        for edit in JOINED:
            one = clip[edit]
            for change in one.changes:
                far = min((abs(change.at - join) for join in one.joins), default=99)
                if far == 0 or far > 2 * NEAR:
                    rows.append([change.evidence({**dict.fromkeys(WEIGHTS, 0.0), name: 1.0})
                                 for name in WEIGHTS[1:]])  # fmt: skip
                    is_join.append(far == 0)
    return logistic(np.array(rows), np.array(is_join, dtype=np.float64))


def logistic(table: Floats, truth: Floats, *, counting: Floats | None = None) -> Floats:
    """Base and weights (1 + columns) of the log-odds that a row is true, with a small ridge;
    ``counting`` is how often each row counts, once where it is None."""
    often = np.ones(len(table)) if counting is None else counting
    middle, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 0.2)
    given = np.column_stack([(table - middle) / spread, np.ones(len(table))])
    ridge = np.diag([RIDGE] * len(middle) + [1e-6])
    found = np.zeros(given.shape[1])
    for _ in range(60):  # Newton's method
        odds = 1 / (1 + np.exp(-np.clip(given @ found, -30, 30)))
        slope = given.T @ (often * (odds - truth)) + ridge @ found
        bend = (given * (often * odds * (1 - odds))[:, None]).T @ given + ridge
        found -= np.linalg.solve(bend, slope)
    per = found[:-1] / spread
    return np.concatenate(([found[-1] - per @ middle], per))


def _highest(one: Measured, p: Parameters, *, at_joins: bool) -> float:
    """The most evidence at the joins, or anywhere."""
    return max(
        (change.evidence(p) for change in one.changes
         if not at_joins or _at_join(one, change.at)),
        default=NO_EVIDENCE,
    )  # fmt: skip


def _best_fit(one: Measured, p: Parameters) -> float:
    """The smallest share of a pair of changes with evidence, at most 1 (no better than the joins
    themselves); between joins where there are any."""
    known = {change.at for change in one.changes if change.evidence(p) >= p["join_evidence"]}
    wanted = len(one.joins) > 1
    shares = (
        share for (first, end), share in one.shares.items()
        if first in known and end in known
        and (not wanted or (_at_join(one, first) and _at_join(one, end)))
    )  # fmt: skip
    return min(1.0, *shares, 1.0)


def _at_join(one: Measured, at: int) -> bool:
    return any(abs(at - join) <= NEAR for join in one.joins)


def between(found: Sequence[float], quiet: Sequence[float]) -> float:
    """The threshold that tells most of ``found`` and, dearer, fewest of ``quiet``: the middle of
    the widest such stretch."""
    edges = np.unique(np.concatenate((found, quiet)))
    middles = (edges[1:] + edges[:-1]) / 2
    gain = [
        sum(value >= at for value in found) - ALARM * sum(value >= at for value in quiet)
        for at in middles
    ]
    best = np.flatnonzero(np.array(gain) == max(gain))
    return float(middles[max(best, key=lambda at: edges[at + 1] - edges[at])])


def _chosen(
    steps: Sequence[float],
    clips: Collection[Clip],
    edit: Edit,
    told: Callable[[Measured], tuple[bool, ...]],
) -> float:
    """The middle one of the steps that are best."""
    gain = [
        sum(told(clip[edit])[at] - ALARM * told(clip[Edit.NONE])[at] for clip in clips)
        for at in range(len(steps))
    ]
    best = [step for step, one in zip(steps, gain, strict=True) if one == max(gain)]
    return best[len(best) // 2]
