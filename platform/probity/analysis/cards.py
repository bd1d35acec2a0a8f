"""The cards of the installed detectors, for people: what each measures, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from detectors import registry
from detectors.api import DetectorUnknown
from detectors.card import Card, ErrorRate, Needs
from detectors.strength import Strength
from probity.core.errors import NotFound

__all__ = [
    "Broken", "Card", "ErrorRate", "Installed", "Needs", "Strength", "card_installed",
    "cards_broken", "cards_installed",
]  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """A detector that can be used: its card, and the package that it came with."""

    card: Card
    package: str


@dataclass(frozen=True)
class Broken:
    """An installed detector that cannot be used, and why, in a sentence."""

    id: str
    package: str
    why: str


def cards_installed() -> list[Installed]:
    """Every usable detector, in the order of their ids."""
    return [Installed(entry.card, entry.distribution) for entry in registry.usable() if entry.card]


def cards_broken() -> list[Broken]:
    """Every installed detector whose card or package is not in order."""
    return [
        Broken(entry.id, entry.distribution, entry.error)
        for entry in registry.entries()
        if entry.error
    ]


def card_installed(detector: str) -> Installed:
    """One usable detector. Raises NotFound where it is not installed, or broken."""
    try:
        entry = registry.find(detector)
    except DetectorUnknown:
        entry = None
    if entry is None or entry.card is None:
        raise NotFound("No detector of this name is installed here. See which are on their list.")
    return Installed(entry.card, entry.distribution)
