"""Likelihood ratios for files that the map has never seen, nor any file of their group.

A calibration that was fitted on the very files it is measured on flatters itself. So where a
detector has no calibration, or one that knows these files, each file gets its likelihood ratio from
a map fitted on the other groups of this set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.api import Direction, Finding, Status
from detectors.calibration import of
from detectors.calibration.fit import without
from detectors.calibration.folds import split
from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.evaluation.scoring import Scored

LEARNED_FROM = (AS_RECEIVED, EQUALISED)

Key = tuple[str, str]
"""A file's SHA-256 and the form it was measured in."""

IN_USE = "calibration in use"
HELD_OUT = "fitted on the other groups of this set"
HELD_OUT_KNOWN = "fitted on the other groups of this set, since the calibration in use knows it"
NONE = "none: this set cannot be divided into groups with both labels"


@dataclass(frozen=True, kw_only=True)
class Ratios:
    """One detector's likelihood ratios by file and form (None: none), where they come from, and
    whether the product weighs this detector at all."""

    source: str
    weighed: bool
    by_key: dict[Key, float | None]


def suspicion_of(finding: Finding) -> float | None:
    """The score, turned so that larger is more suspicious; None without a measurement."""
    if finding.status is not Status.OK or finding.score is None:
        return None
    falls = finding.direction is Direction.LOWER_IS_MORE_SUSPICIOUS
    return -finding.score if falls else finding.score


def ratios(detector: str, scored: Sequence[Scored]) -> Ratios:
    """For every file and form that this detector was run on."""
    ran = [(one, finding) for one in scored for finding in one.findings
           if finding.detector == detector]  # fmt: skip
    version = next((finding.version for _, finding in ran), "")
    calibration = of(detector, version)
    known = set(calibration.data.files) if calibration else set()
    if calibration and not any(one.sha256[:12] in known for one, _ in ran):
        weighed = {
            (one.sha256, one.variant): next(
                (f.llr for f in one.weighed() if f.detector == detector), None
            )
            for one, _ in ran
        }
        return Ratios(source=IN_USE, weighed=True, by_key=weighed)
    own = {(one.sha256, one.variant): finding.llr for one, finding in ran}
    if any(llr is not None for llr in own.values()):
        return Ratios(source="the plugin's own", weighed=True, by_key=own)
    found = _held_out(ran)
    if found is None:
        return Ratios(source=NONE, weighed=False, by_key=dict.fromkeys(own))
    source = HELD_OUT_KNOWN if calibration else HELD_OUT
    return Ratios(source=source, weighed=calibration is not None, by_key=found)


def _held_out(ran: Sequence[tuple[Scored, Finding]]) -> dict[Key, float | None] | None:
    rows = [one.row for one, _ in ran]
    fake = np.array([row.fake for row in rows], dtype=np.bool_)
    values = [suspicion_of(finding) for _, finding in ran]
    learned_from = np.array(
        [value is not None and one.variant in LEARNED_FROM
         for (one, _), value in zip(ran, values, strict=True)], dtype=np.bool_,
    )  # fmt: skip
    folds = split(
        groups=[row.group for row in rows],
        generators=[row.generator for row in rows],
        fake=fake,
        counted=learned_from,
    )
    if folds is None:
        return None
    suspicion = np.array([0.0 if value is None else value for value in values])
    weights = _weights(ran, learned_from)
    found: dict[Key, float | None] = {}
    for fold in range(folds.count):
        rest = learned_from & (folds.of != fold)
        map_ = without(suspicion[rest], fake[rest], folds=folds.of[rest], weights=weights[rest])
        for place in np.flatnonzero(folds.of == fold).tolist():
            one, value = ran[place][0], values[place]
            llr = None
            if value is not None:
                llr = float(map_(np.array([value]))[0])
            found[one.sha256, one.variant] = llr
    return found


def _weights(
    ran: Sequence[tuple[Scored, Finding]], learned_from: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    copies: dict[str, int] = {}
    for (one, _), use in zip(ran, learned_from, strict=True):
        copies[one.sha256] = copies.get(one.sha256, 0) + int(use)
    return np.array([1 / max(1, copies[one.sha256]) for one, _ in ran])
