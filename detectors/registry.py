"""Which detectors are installed: built-ins and third parties through ``probity.detectors``.

How they are found, and that finding one imports nothing of it, is told in
:mod:`foundation.plugins`.
"""

from __future__ import annotations

from typing import Any

from detectors.api import Detector, DetectorBroken, DetectorUnknown
from detectors.card import Card, load
from foundation import plugins
from foundation.plugins import DISTRIBUTION

__all__ = [
    "DISTRIBUTION", "GROUP", "Entry", "card_path", "describe", "entries", "find", "instantiate",
    "registered", "reset", "summary", "usable",
]  # fmt: skip

GROUP = "probity.detectors"
Entry = plugins.Entry[Card]

_registry = plugins.Registry[Card](
    GROUP, kind="detector", load=load, unknown=DetectorUnknown, broken=DetectorBroken
)
entries = _registry.entries
usable = _registry.usable
find = _registry.find
reset = _registry.reset
registered = _registry.registered
describe = _registry.describe
card_path = _registry.card_path


def instantiate(target: str) -> Detector:
    """Import ``package.module:Class`` and make one. Raises :class:`DetectorBroken`."""
    made = _registry.instantiate(target)
    if not isinstance(made, Detector):
        raise DetectorBroken(f"{target} has no method 'detect'.")
    return made


def summary(entry: Entry) -> dict[str, Any]:
    """JSON-able; what only the card tells is None for a broken one."""
    card = entry.card
    return {
        "id": entry.id,
        "name": card.name if card else None,
        "version": card.version if card else None,
        "from": entry.distribution,
        "modality": card.modality.value if card else None,
        "speaks_about": card.speaks_about.value if card else None,
        "evidence": card.evidence.value if card else None,
        "calibrated": card.calibrated if card else None,
        "error": entry.error,
    }
