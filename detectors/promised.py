"""What scripts find in a finding's details whatever became of it: measured, abstained, failed.

An empty list because nothing was looked at is told from one because nothing was seen by the seconds
beside it; an offset that was not measured is null.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

NOT_MEASURED: dict[str, dict[str, Any]] = {
    "video.blink": {"blinks": [], "usable_seconds": 0.0},
    "video.lip_sync": {"offset_ms": None, "judged": False},
}
"""By detector: its promised details where it measured nothing."""


def promised(detector: str) -> dict[str, Any]:
    """The details of a finding of ``detector`` that says nothing more; empty for most."""
    return deepcopy(NOT_MEASURED.get(detector, {}))
