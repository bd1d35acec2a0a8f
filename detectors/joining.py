"""Measurements held against what else is known: agreeing, contradicting, or all there is.

Credentials, metadata and watermarks are semantic evidence without an error rate. They never change
the number that calibrated detectors give; what they can do is take it away: where strong evidence
of the two kinds points in opposite directions, no number is honest, and the assessment abstains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detectors.api import Status
from detectors.assessment import Assessment, Indication

FOR, AGAINST = "for", "against"
_STRONG = "strong"
_MOST_TOLD = 3
_SIDES = {
    FOR: "for this file's being what was recorded",
    AGAINST: "against this file's being what was recorded",
}


def joined(assessment: Assessment, indications: Sequence[Indication]) -> Assessment:
    """The assessment with the indications taken into account, and with them listed."""
    if not indications:
        return assessment
    strong = {
        side: [one for one in indications if one.speaks == side and one.weight == _STRONG]
        for side in (FOR, AGAINST)
    }
    carried = replace(assessment, indications=tuple(indications))
    if strong[FOR] and strong[AGAINST]:
        words = "What is known about this file contradicts itself."
        return _open(carried, f"{words} {_told([*strong[AGAINST], *strong[FOR]])}")
    side = next((side for side in (FOR, AGAINST) if strong[side]), None)
    if side is None:
        return replace(carried, sentence=f"{assessment.sentence}{_weakly(indications)}")
    told = _told(strong[side])
    measured = _measured_side(assessment)
    if measured is None:
        sentence = f"What is known apart from measurements speaks {_SIDES[side]}. {told}"
        doubt = _in_doubt(strong[AGAINST])
        return replace(carried, sentence=f"{sentence} {assessment.sentence}", in_doubt=doubt)
    if measured != side:
        words = "The measurements and what else is known about this file contradict one another."
        return _open(carried, f"{words} {assessment.sentence} Against that: {told}")
    sentence = f"{assessment.sentence} What else is known agrees. {told}"
    return replace(carried, sentence=sentence)


def _measured_side(assessment: Assessment) -> str | None:
    if assessment.llr is None:
        return None
    return AGAINST if assessment.llr > 0 else FOR


def _open(assessment: Assessment, sentence: str) -> Assessment:
    return replace(
        assessment,
        status=Status.ABSTAINED,
        sentence=f"{sentence} A person has to weigh the one against the other.",
        llr=None,
        verbal=None,
        in_doubt=None,
    )


def _told(indications: Sequence[Indication]) -> str:
    sentences = list(dict.fromkeys(one.sentence for one in indications))
    more = len(sentences) - _MOST_TOLD
    rest = [f"{more} more such statements are listed."] if more > 0 else []
    return " ".join([*sentences[:_MOST_TOLD], *rest])


def _in_doubt(against: Sequence[Indication]) -> str | None:
    parts = {one.subject for one in against}
    if {"voice", "picture"} <= parts:
        return "both"
    return next((name for name in ("voice", "picture", "file") if name in parts), None)


def _weakly(indications: Sequence[Indication]) -> str:
    """A closing sentence about statements that anybody could have written."""
    sides = {one.speaks for one in indications if one.speaks in _SIDES}
    if len(sides) != 1:
        return " Statements that anybody could have written speak both ways." if sides else ""
    return f" Statements that anybody could have written speak {_SIDES[sides.pop()]}."
