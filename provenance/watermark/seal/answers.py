"""What the answers about pictures and videos have in common."""

from __future__ import annotations

from typing import Any

from provenance.watermark.api import Status
from provenance.watermark.chance import over_tries
from provenance.watermark.seal import label
from provenance.watermark.seal.label import Label

ID = "seal"
_TAG_CHANCE = 2.0**-label.TAG_BITS


def found(said: Label, *, agreement: float, tries: int) -> dict[str, Any]:
    """The members of a ``Detection`` that follow from a label that was read."""
    return {
        "scheme": ID,
        "status": Status.FOUND,
        "payload": said.work,
        "text": said.work.hex(),
        "agreement": round(agreement, 4),
        "bits": label.CODED,
        "false_alarm": over_tries(_TAG_CHANCE, tries),
    }
