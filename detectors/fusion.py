"""Several findings, one assessment: cautious, and silent when there is nothing to weigh.

Only calibrated findings carry weight. Their natural-log likelihood ratios are summed and divided by
1 + (m - 1) * rho, the optimal pooling of m equally correlated Gaussian log-likelihood ratios
(Clemen & Winkler 1985, "Limits for the precision and value of information from dependent sources",
Operations Research 33(2)). rho = 1 is their mean, rho = 0 their sum. The correlation of forensic
measures on one file is not known in advance, so a high one is assumed. Words follow the verbal
scale of the ENFSI Guideline for Evaluative Reporting in Forensic Science (2015), table 1, and are
held down where the measured error rates do not carry them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from detectors.api import Assessment, Contribution, Finding, Status

CORRELATION = 0.5
"""Assumed pairwise correlation of log-likelihood ratios from detectors of one file."""

CONTRADICTION = math.log(10)
"""Findings this far on both sides contradict each other; the assessment then abstains."""

STRONG_NEEDS_ERROR_BELOW = 0.02
"""Upper 95 % bound of the error rate that the word "strong" and above require."""

SCALE = (
    (2.0, "no useful support"),
    (10.0, "weak support"),
    (100.0, "moderate support"),
    (1_000.0, "moderately strong support"),
    (10_000.0, "strong support"),
    (1_000_000.0, "very strong support"),
    (math.inf, "extremely strong support"),
)
"""Upper likelihood ratio of each step and its words (ENFSI 2015)."""

MODERATE = 2


def assess(findings: Sequence[Finding]) -> Assessment:
    """Weigh the findings of one file. Abstains unless calibrated findings agree on something."""
    weighing = [f for f in findings if f.status is Status.OK and f.llr is not None]
    weight = 1 / (1 + (len(weighing) - 1) * CORRELATION) if weighing else 0.0
    parts = tuple(_contribution(finding, weight=weight) for finding in findings)
    ratios = [finding.llr for finding in weighing if finding.llr is not None]
    if not ratios:
        return _abstain(_nothing_to_weigh(findings), parts=parts)
    if min(ratios) <= -CONTRADICTION and max(ratios) >= CONTRADICTION:
        return _abstain(
            "The calibrated detectors contradict one another. Read the findings one by one.",
            parts=parts,
        )
    llr = sum(ratios) * weight
    step = _step(llr, findings=weighing)
    if step == 0:
        return _abstain(
            "The calibrated detectors leave it open: what they measured is about as likely in an "
            "unaltered file as in an altered one.",
            parts=parts,
        )
    side = "having been altered or generated" if llr > 0 else "being unaltered"
    verbal = SCALE[step][1]
    return Assessment(
        status=Status.OK,
        llr=llr,
        verbal=verbal,
        sentence=f"Taken together, the calibrated detectors give {verbal} to this file {side}.",
        parts=parts,
    )


def _step(llr: float, *, findings: Sequence[Finding]) -> int:
    ratio = math.exp(min(abs(llr), 50.0))
    step = next(index for index, (upper, _) in enumerate(SCALE) if ratio < upper)
    bounds = [float((finding.error_rates or {}).get("upper_95", 1.0)) for finding in findings]
    return step if max(bounds) <= STRONG_NEEDS_ERROR_BELOW else min(step, MODERATE)


def _abstain(sentence: str, *, parts: tuple[Contribution, ...]) -> Assessment:
    return Assessment(status=Status.ABSTAINED, sentence=sentence, parts=parts)


def _nothing_to_weigh(findings: Sequence[Finding]) -> str:
    measured = sum(finding.status is Status.OK for finding in findings)
    if not findings:
        return "No detector is installed for this kind of file, so there is nothing to weigh."
    if not measured:
        return (
            "No detector could measure this file. That says nothing about whether it was altered."
        )
    return (
        "No calibrated detector applied, so no overall weight is given. "
        f"Read the {'finding' if measured == 1 else 'findings'}: each says what was seen and what "
        "else could cause it."
    )


def _contribution(finding: Finding, *, weight: float) -> Contribution:
    if finding.status is not Status.OK:
        why = f"It {finding.status.value}."
    elif finding.llr is None:
        why = "It is not calibrated: it informs, and carries no weight."
    else:
        why = "It is calibrated; its weight allows for detectors that share their errors."
    counts = finding.status is Status.OK and finding.llr is not None
    return Contribution(
        detector=finding.detector,
        status=finding.status,
        llr=finding.llr,
        weight=weight if counts else 0.0,
        why=why,
    )
