"""What a detector's findings speak about, and what kind of evidence they are, by its card."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.api import DetectorUnknown
from detectors.card import Card, Evidence, Modality, Subject
from detectors.registry import find

PARTS = {
    Subject.VOICE: "voice",
    Subject.PICTURE: "picture",
    Subject.FACE: "picture",
    Subject.VIDEO: "picture",
    Subject.FILE: "file",
}
"""The parts that an assessment tells apart. A face is part of the picture: evidence about the one
is evidence about the other."""

BY_PREFIX = {Modality.IMAGE: "picture", Modality.VIDEO: "picture", Modality.AUDIO: "voice"}


@dataclass(frozen=True)
class Topic:
    """The part of the file (``voice``, ``picture``, ``file``) and the kind of evidence
    (``digital``, ``physical``, ``semantic``)."""

    subject: str
    evidence: str


def topic_of(detector_id: str) -> Topic:
    """By the installed card; a detector that is gone is judged by the first word of its id."""
    try:
        card = find(detector_id).card
    except DetectorUnknown:
        card = None
    if card is not None:
        return topic(card)
    first = detector_id.partition(".")[0]
    subject = BY_PREFIX[Modality(first)] if first in set(Modality) else "file"
    return Topic(subject, Evidence.DIGITAL.value)


def topic(card: Card) -> Topic:
    """What a card says."""
    return Topic(PARTS[card.speaks_about], card.evidence.value)
