"""Results on what was left out: recall of each generator at one false-alarm rate, with intervals.

A file counts once: its score is the mean over its examples. The threshold of a fold is the quantile
of its own genuine files, so that recalls of different folds may be read side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import measures
from detectors.calibration.intervals import bootstrap
from detectors.training.examples import Row

RESAMPLES = 2000
SEED = 20261121
DIGITS = 4

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]
"""A figure and its 95 % interval."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that was left out, with the network's score and the probe's."""

    sha256: str
    fake: bool
    source: str
    generator: str
    made: bool
    score: float
    probe: float


@dataclass(frozen=True, kw_only=True)
class Recall:
    """Of one generator: how many files, the share above the threshold, and the probe's share."""

    generator: str
    source: str
    n: int
    network: Triple
    probe: Triple


@dataclass(frozen=True, kw_only=True)
class FoldResult:
    """One fold. ``auc`` and ``probe_auc`` are None where one of the classes was not left out."""

    number: int
    real_sources: tuple[str, ...]
    n_real: int
    n_fake: int
    auc: Triple | None
    probe_auc: Triple | None
    recalls: tuple[Recall, ...]


def files(rows: Sequence[Row], scores: Floats, probe: Floats) -> list[File]:
    """Examples of one file (and of one self-made kind) taken together."""
    found: dict[tuple[str, str, bool], list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault((row.sha256, row.generator, row.fake), []).append(place)
    return [
        File(
            sha256=sha256,
            fake=fake,
            source=rows[places[0]].source,
            generator=generator,
            made=rows[places[0]].made,
            score=float(scores[places].mean()),
            probe=float(probe[places].mean()),
        )
        for (sha256, generator, fake), places in found.items()
    ]


def result(number: int, several: Sequence[File], *, false_alarm: float) -> FoldResult:
    """The figures of one fold."""
    genuine = [one for one in several if not one.fake]
    fakes = [one for one in several if one.fake]
    both = bool(genuine and fakes)
    return FoldResult(
        number=number,
        real_sources=tuple(sorted({one.source for one in genuine})),
        n_real=len(genuine),
        n_fake=len(fakes),
        auc=_auc([one.score for one in several], several) if both else None,
        probe_auc=_auc([one.probe for one in several], several) if both else None,
        recalls=tuple(_recalls(genuine, fakes, false_alarm=false_alarm)) if both else (),
    )


def pooled(several: Sequence[File], *, by_probe: bool = False) -> Triple | None:
    """AUC over all folds; None where a class is missing. Networks of different folds differ in
    their scale, so this is no better than the folds' own."""
    if len({one.fake for one in several}) < 2:
        return None
    return _auc([one.probe if by_probe else one.score for one in several], several)


def good_enough(network: Triple | None, probe: Triple | None) -> str | None:
    """None where the network may be used; else the sentence that says why not."""
    if network is None or probe is None:
        return "Nothing of both classes could be left out, so nothing is known of it."
    if network[1] <= 0.5:
        return (
            f"On what was left out its AUC is {network[0]:.3f}; the lower end of the 95 % "
            f"interval, {network[1]:.3f}, does not exclude chance."
        )
    if network[1] <= probe[0]:
        return (
            f"On what was left out its AUC is {network[0]:.3f} (from {network[1]:.3f}), and a dumb "
            f"probe alone reaches {probe[0]:.3f}: what it learnt may be that."
        )
    return None


def _auc(values: Sequence[float], several: Sequence[File]) -> Triple:
    scores = np.array(values, dtype=np.float64)
    fake = np.array([one.fake for one in several], dtype=np.bool_)
    low, high = bootstrap(measures.auc, scores, fake)
    return _rounded(float(measures.auc(scores, fake)), low, high)


def _recalls(genuine: Sequence[File], fakes: Sequence[File], *, false_alarm: float) -> list[Recall]:
    found = []
    several: dict[tuple[str, str], list[File]] = {}
    for one in fakes:
        several.setdefault((one.generator, "" if one.made else one.source), []).append(one)
    for (generator, source), of_it in sorted(several.items()):
        found.append(
            Recall(
                generator=generator,
                source=source,
                n=len(of_it),
                network=_recall([one.score for one in genuine], [one.score for one in of_it],
                                false_alarm=false_alarm),
                probe=_recall([one.probe for one in genuine], [one.probe for one in of_it],
                              false_alarm=false_alarm),
            )
        )  # fmt: skip
    return found


def _recall(genuine: Sequence[float], fakes: Sequence[float], *, false_alarm: float) -> Triple:
    """Share above the threshold; the interval draws genuine and fake files anew."""
    random = np.random.default_rng(SEED)
    real, fake = np.array(genuine), np.array(fakes)
    drawn = []
    for _ in range(RESAMPLES):
        line = np.quantile(random.choice(real, real.size), 1 - false_alarm)
        drawn.append(float((random.choice(fake, fake.size) > line).mean()))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return _rounded(float((fake > np.quantile(real, 1 - false_alarm)).mean()), low, high)


def _rounded(value: float, low: float, high: float) -> Triple:
    return round(value, DIGITS), round(float(low), DIGITS), round(float(high), DIGITS)
