"""Several findings, one assessment: cautious, and silent when there is nothing to weigh.

Only calibrated findings carry weight. They are pooled in three steps, each cautious in its own way:

1. Findings about one part of the file (the voice; the picture with its faces; the file itself) and
   of one kind of evidence (digital, physical, semantic) look at much the same thing. Their
   natural-log likelihood ratios are summed and divided by 1 + (m - 1) * rho, the optimal pooling of
   m equally correlated Gaussian log-likelihood ratios (Clemen & Winkler 1985, "Limits for the
   precision and value of information from dependent sources", Operations Research 33(2)).
2. The kinds of evidence about one part are pooled in the same way, with a smaller rho.
3. The parts are alternatives: a file with a cloned voice over an untouched picture is an altered
   file. Its likelihood ratio is the mean of the parts' likelihood ratios, as for a mixture in which
   each measured part is as likely as another to be the altered one.

The correlations on one file are not known in advance, so high ones are assumed. Words follow the
verbal scale of the ENFSI Guideline for Evaluative Reporting in Forensic Science (2015), table 1,
are the same for and against, and are held down where the measured error rates do not carry them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from detectors.api import Finding, Status
from detectors.assessment import Assessment, Contribution, Indication, SubjectWeight
from detectors.joining import joined
from detectors.topics import Topic, topic_of

CORRELATION = 0.7
"""Assumed correlation of log-likelihood ratios of one kind of evidence about one part."""

CORRELATION_ACROSS = 0.3
"""Assumed correlation between digital, physical and semantic evidence about one part."""

CONTRADICTION = math.log(10)
"""Findings about one part that are this far on both sides contradict each other."""

THIN = math.log(1.25)
"""Below this the findings together are no evidence, and the assessment abstains."""

STRONG_NEEDS_ERROR_BELOW = 0.02
"""Upper 95 % bound of the error rate that every word with "strong" in it requires."""

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


def assess(
    findings: Sequence[Finding],
    *,
    topics: Mapping[str, Topic] | None = None,
    indications: Sequence[Indication] = (),
) -> Assessment:
    """Weigh the findings of one file. Abstains where they are silent, thin or contradictory.

    ``topics`` says what each detector speaks about; by default the installed cards say it.
    ``indications`` are held against the measurements (see :mod:`detectors.joining`).
    """
    return joined(_weighed(findings, topics=topics), indications)


def _weighed(findings: Sequence[Finding], *, topics: Mapping[str, Topic] | None) -> Assessment:
    known = topics or {}
    about = {f.detector: known.get(f.detector) or topic_of(f.detector) for f in findings}
    weighing = [f for f in findings if f.status is Status.OK and f.llr is not None]
    subjects = tuple(
        _subject(name, [f for f in weighing if about[f.detector].subject == name], about=about)
        for name in sorted({about[f.detector].subject for f in weighing})
    )
    weights = _weights(weighing, about=about)
    parts = tuple(_contribution(f, weight=weights.get(f.detector), about=about) for f in findings)
    spoken = {one.subject: one.llr for one in subjects if one.llr is not None}
    if not spoken:
        why = "contradict" if weighing else "silent"
        sentence = _CONTRADICTION if why == "contradict" else _nothing_to_weigh(findings)
        return _abstain(sentence, parts=parts, subjects=subjects)
    llr = _mixture(spoken.values())
    if abs(llr) < THIN:
        return _abstain(_OPEN, parts=parts, subjects=subjects)
    counted = [f for f in weighing if about[f.detector].subject in spoken]
    verbal = SCALE[_step(llr, findings=counted)][1]
    doubted = [name for name, value in spoken.items() if value >= math.log(2)] if llr > 0 else []
    return Assessment(
        status=Status.OK,
        llr=llr,
        verbal=verbal,
        in_doubt=_in_doubt(doubted),
        sentence=_sentence(llr, verbal=verbal, doubted=doubted, spoken=sorted(spoken)),
        contributions=parts,
        subjects=subjects,
    )


_CONTRADICTION = "The calibrated detectors contradict one another. Read the findings one by one."
_OPEN = (
    "The calibrated detectors leave it open: what they measured is about as likely in an "
    "unaltered file as in an altered one."
)
_NAMES = {"voice": "the voice", "picture": "the picture", "file": "the file itself"}


def _subject(
    name: str, findings: Sequence[Finding], *, about: Mapping[str, Topic]
) -> SubjectWeight:
    ratios = [f.llr for f in findings if f.llr is not None]
    kinds = {about[f.detector].evidence for f in findings}
    evidence = {
        kind: _pooled(
            [f.llr for f in findings if f.llr is not None and about[f.detector].evidence == kind],
            correlation=CORRELATION,
        )
        for kind in sorted(kinds)
    }
    if min(ratios) <= -CONTRADICTION and max(ratios) >= CONTRADICTION:
        sentence = f"About {_NAMES[name]} the calibrated detectors contradict one another."
        return SubjectWeight(
            subject=name, llr=None, verbal=None, sentence=sentence, evidence=evidence
        )
    llr = _pooled(list(evidence.values()), correlation=CORRELATION_ACROSS)
    verbal = SCALE[_step(llr, findings=findings)][1]
    sentence = f"For {_NAMES[name]}: {verbal} {_towards(llr, verbal=verbal)}."
    return SubjectWeight(subject=name, llr=llr, verbal=verbal, sentence=sentence, evidence=evidence)


def _pooled(ratios: Sequence[float], *, correlation: float) -> float:
    return sum(ratios) / (1 + (len(ratios) - 1) * correlation)


def _weights(weighing: Sequence[Finding], *, about: Mapping[str, Topic]) -> dict[str, float]:
    """What one unit of each finding's log-likelihood ratio adds to its part's."""
    topics = [about[f.detector] for f in weighing]
    weights = {}
    for finding in weighing:
        topic = about[finding.detector]
        alike = topics.count(topic)
        kinds = len({other.evidence for other in topics if other.subject == topic.subject})
        within = 1 + (alike - 1) * CORRELATION
        weights[finding.detector] = 1 / (within * (1 + (kinds - 1) * CORRELATION_ACROSS))
    return weights


def _mixture(ratios: Iterable[float]) -> float:
    """The log of the mean likelihood ratio; written so that nothing overflows."""
    values = list(ratios)
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values) / len(values))


def _step(llr: float, *, findings: Sequence[Finding]) -> int:
    ratio = math.exp(min(abs(llr), 50.0))
    step = next(index for index, (upper, _) in enumerate(SCALE) if ratio < upper)
    bounds = [
        _bound(f, side="altered" if llr > 0 else "unaltered")
        for f in findings
        if f.llr is not None and f.llr * llr > 0
    ]
    return step if max(bounds, default=1.0) <= STRONG_NEEDS_ERROR_BELOW else min(step, MODERATE)


def _bound(finding: Finding, *, side: str) -> float:
    """The measured upper bound for a side; a plugin may give one number for both."""
    bound = (finding.error_rates or {}).get("upper_95", 1.0)
    return float(bound.get(side, 1.0) if isinstance(bound, Mapping) else bound)


def _towards(llr: float, *, verbal: str) -> str:
    if verbal == SCALE[0][1]:
        return "either way"
    return "to its having been altered or generated" if llr > 0 else "to its being unaltered"


def _sentence(llr: float, *, verbal: str, doubted: list[str], spoken: list[str]) -> str:
    if verbal == SCALE[0][1]:
        return f"Taken together, the calibrated detectors give {verbal} either way."
    side = "having been altered or generated" if llr > 0 else "being unaltered"
    said = f"Taken together, the calibrated detectors give {verbal} to this file {side}."
    if doubted and doubted != ["file"]:
        return f"{said} In doubt: {' and '.join(_NAMES[name] for name in doubted)}."
    if llr < 0 and spoken != ["file"]:
        measured = " and ".join(_NAMES[name] for name in spoken)
        return f"{said} Measured was only what speaks about {measured}."
    return said


def _in_doubt(doubted: list[str]) -> str | None:
    if {"voice", "picture"} <= set(doubted):
        return "both"
    return next((name for name in ("voice", "picture", "file") if name in doubted), None)


def _abstain(
    sentence: str, *, parts: tuple[Contribution, ...], subjects: tuple[SubjectWeight, ...]
) -> Assessment:
    return Assessment(
        status=Status.ABSTAINED, sentence=sentence, contributions=parts, subjects=subjects
    )


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


def _contribution(
    finding: Finding, *, weight: float | None, about: Mapping[str, Topic]
) -> Contribution:
    if finding.status is not Status.OK:
        why = f"It {finding.status.value}."
    elif finding.llr is None:
        why = "It is not calibrated: it informs, and carries no weight."
    else:
        why = "It is calibrated; its weight allows for detectors that share their errors."
    topic = about[finding.detector]
    return Contribution(
        detector=finding.detector,
        status=finding.status,
        llr=finding.llr,
        weight=weight or 0.0,
        why=why,
        subject=topic.subject,
        evidence=topic.evidence,
    )
