"""Whether a card, or an installed detector with its code, is in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detectors import registry
from detectors.api import CardInvalid
from detectors.card import Card, load
from foundation import child
from foundation.errors import Refusal

LIMITS = child.Limits(cpu_seconds=60, wall_seconds=90)


def check(given: str) -> dict[str, Any]:
    """A row for a card file, or for the id of an installed detector: given, valid, and then either
    id and version or error. The code of an installed one is loaded in the confined child."""
    path = Path(given)
    is_file = path.suffix in {".yaml", ".yml"} or path.exists()
    try:
        card = load(path) if is_file else _installed(given)
    except Refusal as refusal:
        return {"file": given, "valid": False, "error": refusal.sentence}
    return {"file": given, "valid": True, "id": card.id, "version": card.version}


def _installed(detector_id: str) -> Card:
    entry = registry.find(detector_id)
    if entry.card is None:
        raise CardInvalid(f"{detector_id}: {entry.error}")
    child.call("detectors.validating:loaded_in_child", {"target": entry.target}, limits=LIMITS)
    return entry.card


def loaded_in_child(payload: dict[str, Any]) -> bool:
    """Import the detector and make one. Raises DetectorBroken."""
    registry.instantiate(payload["target"])
    return True
