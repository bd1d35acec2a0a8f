"""From measured scores to a calibration, or to the sentence that says why there is none."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from detectors.api import Direction
from detectors.calibration import measures
from detectors.calibration.fit import Fitted, fit
from detectors.calibration.folds import Folds, split
from detectors.calibration.intervals import bootstrap, exact, upper
from detectors.calibration.measures import Flags, Floats
from detectors.calibration.model import (
    AS_RECEIVED,
    EQUALISED,
    Calibration,
    Data,
    Rate,
    support_bounds,
)

LEAST_FILES = 10
"""Fewer genuine, or fewer altered, files than this carry no calibration."""
LEAST_OF_CONDITION = 5
LEAST_SAVING = 0.01
"""Bits that the likelihood ratios must save on groups held out, against saying nothing."""
MODERATELY_STRONG = math.log(100)
DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One score of one file: ``variant`` is ``as received`` or ``equalised``, ``conditions`` what
    kind of file it is (codec, length), ``suspicion`` the score with larger = more suspicious."""

    sha256: str
    fake: bool
    group: str
    generator: str
    variant: str
    suspicion: float
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """Either a calibration or the reason why not, and the figures that decided."""

    detector: str
    calibration: Calibration | None
    why: str
    auc: tuple[float, float, float] | None = None
    variant: str = AS_RECEIVED
    leak: tuple[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """The detector and the set that a calibration is made of."""

    detector: str
    version: str
    direction: Direction
    parameters: Mapping[str, Any]
    name: str
    date: str
    leaks: Mapping[str, float] = field(default_factory=dict)


def make(observations: Sequence[Observation], *, source: Source) -> Made:
    """Fit, measure on held-out groups, and keep it only where it is better than chance and leaks.

    ``source.leaks`` are the AUCs of the leak probes on the same variant as the one that decides:
    equalised where there is one.
    """
    rows = sorted(observations, key=lambda row: (row.sha256, row.variant))
    fake = np.array([row.fake for row in rows], dtype=np.bool_)
    files = {row.sha256: row.fake for row in rows}
    n_fake = sum(files.values())
    n_real = len(files) - n_fake
    if min(n_real, n_fake) < LEAST_FILES:
        return _without(
            source,
            f"It measured {n_real} genuine and {n_fake} altered files; at least {LEAST_FILES} of "
            "each are needed.",
        )
    folds = split(
        groups=[row.group for row in rows], generators=[row.generator for row in rows], fake=fake
    )
    if folds is None:
        return _without(
            source,
            "The files cannot be divided so that no group stands on both sides and both labels "
            "remain. Give the manifest a column 'group' with several groups of both labels.",
        )
    suspicion = np.array([row.suspicion for row in rows], dtype=np.float64)
    decides = EQUALISED if any(row.variant == EQUALISED for row in rows) else AS_RECEIVED
    auc = _auc(rows, suspicion, fake, variant=decides)
    leak = max(source.leaks.items(), key=lambda item: item[1], default=None)
    fitted = fit(suspicion, fake, folds=folds, files=_weights(rows))
    if (why := _not_good_enough(auc, leak=leak, fitted=fitted)) is not None:
        return Made(
            detector=source.detector, calibration=None, why=why, auc=auc, variant=decides, leak=leak
        )
    calibration = _calibration(rows, fake, fitted=fitted, folds=folds, auc=auc, source=source)
    return Made(
        detector=source.detector,
        calibration=calibration,
        why="Better than chance and than every leak probe on files it was not fitted on.",
        auc=auc,
        variant=decides,
        leak=leak,
    )


def _not_good_enough(
    auc: tuple[float, float, float], *, leak: tuple[str, float] | None, fitted: Fitted
) -> str | None:
    value, low, _ = auc
    if low <= 0.5:
        return (
            f"Its AUC is {value:.3f}; the lower end of the 95 % interval, {low:.3f}, does not "
            "exclude chance."
        )
    if leak is not None and value <= leak[1]:
        return (
            f"Its AUC is {value:.3f}, and {leak[0]} alone gives {leak[1]:.3f}: what it measures "
            "may be that."
        )
    if fitted.cllr > 1 - LEAST_SAVING:
        return (
            f"On files held out its likelihood ratios cost {fitted.cllr:.3f} bit; saying nothing "
            "costs 1."
        )
    return None


def _without(source: Source, why: str) -> Made:
    return Made(detector=source.detector, calibration=None, why=why)


def _weights(rows: Sequence[Observation]) -> Floats:
    copies: dict[str, int] = {}
    for row in rows:
        copies[row.sha256] = copies.get(row.sha256, 0) + 1
    return np.array([1 / copies[row.sha256] for row in rows])


def _auc(
    rows: Sequence[Observation], suspicion: Floats, fake: Flags, *, variant: str
) -> tuple[float, float, float]:
    """Of the raw score, which is fitted on nothing here."""
    inside = np.array([row.variant == variant for row in rows])
    if not (fake[inside].any() and (~fake[inside]).any()):
        return 0.5, 0.0, 1.0
    low, high = bootstrap(measures.auc, suspicion[inside], fake[inside])
    return (
        round(float(measures.auc(suspicion[inside], fake[inside])), DIGITS),
        round(low, DIGITS),
        round(high, DIGITS),
    )


def _calibration(
    rows: Sequence[Observation],
    fake: Flags,
    *,
    fitted: Fitted,
    folds: Folds,
    auc: tuple[float, float, float],
    source: Source,
) -> Calibration:
    files = {row.sha256: row for row in rows}
    n_fake = sum(row.fake for row in files.values())
    n_real = len(files) - n_fake
    return Calibration(
        detector=source.detector,
        version=source.version,
        method=fitted.method,
        direction=source.direction,
        coefficients=_rounded(fitted.coefficients) if fitted.coefficients else None,
        points=tuple(_rounded(point) for point in fitted.points),
        bounds=_bounds(rows, n_real=n_real, n_fake=n_fake),
        data=Data(
            digest=digest((row.sha256, row.fake) for row in files.values()),
            name=source.name,
            n_real=n_real,
            n_fake=n_fake,
            groups=folds.count,
            held_out=folds.held_out,
            files=tuple(sorted(sha256[:12] for sha256 in files)),
        ),
        date=source.date,
        cllr=round(fitted.cllr, DIGITS),
        auc=auc,
        rates=rates(rows, fitted.unseen, fake),
        upper_95={
            "altered": _misled(rows, fitted.unseen, fake, altered=True),
            "unaltered": _misled(rows, -fitted.unseen, fake, altered=False),
        },
        limits=_limits(n_real=n_real, n_fake=n_fake, folds=folds),
        parameters=dict(source.parameters),
    )


def digest(files: Any) -> str:
    """SHA-256 over sorted ``sha256 label`` lines: the same files and labels, the same digest."""
    lines = sorted(f"{sha256} {'fake' if fake else 'real'}\n" for sha256, fake in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _bounds(
    rows: Sequence[Observation], *, n_real: int, n_fake: int
) -> dict[str, tuple[float, float]]:
    bounds = {AS_RECEIVED: _rounded(support_bounds(n_real=n_real, n_fake=n_fake))}
    for name in _conditions(rows):
        files = {row.sha256: row.fake for row in rows if name in row.conditions}
        fakes = sum(files.values())
        bounds[name] = _rounded(support_bounds(n_real=len(files) - fakes, n_fake=fakes))
    return bounds


def _conditions(rows: Sequence[Observation]) -> list[str]:
    return sorted({name for row in rows for name in row.conditions})


def rates(rows: Sequence[Observation], llrs: Floats, fake: Flags) -> tuple[Rate, ...]:
    """Errors at log-likelihood ratio 0, by variant, by generator and by condition of the file."""
    found = []
    for variant in sorted({row.variant for row in rows}):
        found += _pair(variant, [row.variant == variant for row in rows], llrs, fake)
    received = [row.variant == AS_RECEIVED for row in rows]
    for name in _conditions(rows):
        inside = [here and name in row.conditions for here, row in zip(received, rows, strict=True)]
        found += _pair(name, inside, llrs, fake)
    for name in sorted({row.generator for row in rows if row.fake and row.generator}):
        inside = [
            here and row.fake and row.generator == name
            for here, row in zip(received, rows, strict=True)
        ]
        found += _pair(f"generator: {name}", inside, llrs, fake)
    return tuple(found)


def _pair(condition: str, inside: Sequence[bool], llrs: Floats, fake: Flags) -> list[Rate]:
    here = np.asarray(inside, dtype=np.bool_)
    kinds: tuple[tuple[Literal["false_alarm", "miss"], Flags, Flags], ...] = (
        ("false_alarm", here & ~fake, llrs > 0),
        ("miss", here & fake, llrs <= 0),
    )
    found = []
    for measure, among, wrong in kinds:
        n = int(among.sum())
        if n >= LEAST_OF_CONDITION or (n and condition in (AS_RECEIVED, EQUALISED)):
            found.append(_rate(condition, measure, int((wrong & among).sum()), n))
    return found


def _rate(condition: str, measure: Literal["false_alarm", "miss"], count: int, n: int) -> Rate:
    low, high = exact(count, n)
    value = count / n
    return Rate(
        condition=condition,
        measure=measure,
        count=count,
        n=n,
        value=round(value, DIGITS),
        low=round(min(low, value), DIGITS),
        high=round(max(high, value), DIGITS),
    )


def _misled(rows: Sequence[Observation], support: Floats, fake: Flags, *, altered: bool) -> float:
    """Upper bound of how often a file of the other kind gets "moderately strong" or more; the
    worst of the variants."""
    worst = 0.0
    for variant in {row.variant for row in rows}:
        among = np.array([row.variant == variant for row in rows]) & (~fake if altered else fake)
        wrong = int((support[among] >= MODERATELY_STRONG).sum())
        worst = max(worst, upper(wrong, int(among.sum())))
    return round(worst, DIGITS)


def _limits(*, n_real: int, n_fake: int, folds: Folds) -> tuple[str, ...]:
    limits = [
        f"Fitted on {n_real} genuine and {n_fake} altered files.",
        "Other generators, devices and languages may behave otherwise.",
        "Files of one group are alike, so the true uncertainty is wider than the intervals.",
    ]
    if "generator" not in folds.held_out:
        limits.append("The same generator stood on both sides: a new one may do better against it.")
    return tuple(limits)


def _rounded(pair: tuple[float, float]) -> tuple[float, float]:
    return round(pair[0], DIGITS + 3), round(pair[1], DIGITS)
