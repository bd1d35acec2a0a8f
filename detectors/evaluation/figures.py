"""The figures of one detector, or of the fused assessment, over one form of a set.

An abstention is a statement too: it counts as log-likelihood ratio 0, that is, at the place in the
ranking where the evidence is even. A second column, ``answered``, leaves abstentions out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.calibration import measures
from detectors.calibration.fit import LOGISTIC, learn
from detectors.calibration.intervals import bootstrap, exact
from detectors.calibration.measures import Flags, Floats

THRESHOLDS = {"leaning": 0.0, "weak": math.log(2), "moderate": math.log(10)}
"""Where the words change; "leaning" is log-likelihood ratio 0."""
DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one file got. ``rank`` orders files by suspicion; both None for an abstention."""

    fake: bool
    generator: str
    rank: float | None
    llr: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """JSON-able numbers in ``table``; the rest is for the charts. ``values`` order the files."""

    table: dict[str, Any]
    values: Floats
    llrs: Floats | None
    fake: Flags


def figures(judged: Sequence[Judged], *, even: float | None = None) -> Figures | None:
    """None where one of the classes is missing: nothing can be told apart then.

    ``even`` is the rank at which the evidence is even: 0 where ranks are log-likelihood ratios,
    found out from the ranks themselves where it is not given.
    """
    fake = np.array([one.fake for one in judged], dtype=np.bool_)
    if not fake.any() or fake.all():
        return None
    values = _ranked(judged, fake, even=even)
    llrs = _ratios(judged)
    answered = np.array([one.rank is not None for one in judged], dtype=np.bool_)
    table = {
        "n_real": int((~fake).sum()),
        "n_fake": int(fake.sum()),
        "n_abstained": int((~answered).sum()),
        **_column(values, llrs, fake),
        "answered": _answered(values, llrs, fake, answered),
        "rates": _rates(llrs, fake) if llrs is not None else None,
        "by_generator": _by_generator(judged, values, llrs, fake),
    }
    return Figures(table=table, values=values, llrs=llrs, fake=fake)


def _ranked(judged: Sequence[Judged], fake: Flags, *, even: float | None) -> Floats:
    """Abstentions stand where the evidence is even."""
    known = np.array([math.nan if one.rank is None else one.rank for one in judged])
    there = ~np.isnan(known)
    if there.all():
        return known
    place = _even(known[there], fake[there]) if even is None else even
    return np.where(there, known, place)


def _even(values: Floats, fake: Flags) -> float:
    """The rank at which a map fitted on the ranks says 0; their median where it never does."""
    if values.size and fake.any() and not fake.all():
        map_ = learn(values, fake, kind=LOGISTIC[0], weights=np.ones(values.size))
        intercept, slope = map_.coefficients or (0.0, 0.0)
        if slope > 0:
            return -intercept / slope
    return float(np.median(values)) if values.size else 0.0


def _ratios(judged: Sequence[Judged]) -> Floats | None:
    if all(one.llr is None for one in judged):
        return None
    return np.array([one.llr or 0.0 for one in judged], dtype=np.float64)


def _column(values: Floats, llrs: Floats | None, fake: Flags) -> dict[str, Any]:
    column: dict[str, Any] = {}
    for name, measure, over in (
        ("auc", measures.auc, values), ("eer", measures.eer, values),
        ("cllr", measures.cllr, llrs), ("ece", measures.ece, llrs),
    ):  # fmt: skip
        column[name] = None if over is None else round(float(measure(over, fake)), DIGITS)
        column[f"{name}_ci"] = None
        if over is not None:
            low, high = bootstrap(measure, over, fake)
            column[f"{name}_ci"] = [round(low, DIGITS), round(high, DIGITS)]
    return column


def _answered(
    values: Floats, llrs: Floats | None, fake: Flags, answered: Flags
) -> dict[str, Any] | None:
    """The same figures over the files that were answered; None where one class is missing."""
    inside = fake[answered]
    if not inside.any() or inside.all():
        return None
    return {
        "n_real": int((~inside).sum()),
        "n_fake": int(inside.sum()),
        **_column(values[answered], None if llrs is None else llrs[answered], inside),
    }


def _rates(llrs: Floats, fake: Flags) -> dict[str, Any]:
    """At each threshold, for both sides: how often it misled, with exact intervals."""
    rates = {}
    for name, threshold in THRESHOLDS.items():
        rates[name] = {
            "threshold": round(threshold, DIGITS),
            "false_alarm": _share(llrs[~fake] > threshold),
            "false_reassurance": _share(llrs[fake] < -threshold),
            "hit": _share(llrs[fake] > threshold),
            "cleared": _share(llrs[~fake] < -threshold),
        }
    return rates


def _share(flags: Flags) -> dict[str, Any]:
    count, n = int(flags.sum()), int(flags.size)
    low, high = exact(count, n)
    return {
        "count": count,
        "n": n,
        "value": round(count / n, DIGITS),
        "ci": [round(low, DIGITS), round(high, DIGITS)],
    }


def _by_generator(
    judged: Sequence[Judged], values: Floats, llrs: Floats | None, fake: Flags
) -> dict[str, Any]:
    """Each generator's fakes against all genuine files."""
    found: dict[str, Any] = {}
    generators = np.array([one.generator for one in judged])
    for name in sorted({one.generator for one in judged if one.fake}):
        its = fake & (generators == name)
        inside = its | ~fake
        low, high = bootstrap(measures.auc, values[inside], fake[inside])
        found[name or "(not named)"] = {
            "n_fake": int(its.sum()),
            "n_abstained": sum(
                one.rank is None for one in judged if one.fake and one.generator == name
            ),
            "auc": round(float(measures.auc(values[inside], fake[inside])), DIGITS),
            "auc_ci": [round(low, DIGITS), round(high, DIGITS)],
            "hit": None if llrs is None else _share(llrs[its] > 0),
        }
    return found
