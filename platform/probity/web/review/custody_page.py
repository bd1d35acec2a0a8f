"""Who touched a file, and whether it still is what was received."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from probity.evidence.models import Asset
from probity.evidence.selectors import custody_of
from probity.web.words import absolute

ACTION_WORDS = {
    "received": "Received",
    "analysed": "Analysed",
    "viewed": "Revealed",
    "exported": "Left in an evidence bundle",
    "sealed": "Sealed",
    "derivatives_destroyed": "Pictures and clips destroyed",
    "destroyed": "Destroyed with everything made from it",
    "held": "Put under a legal hold",
    "hold_released": "Legal hold ended",
    "given_up": "Given up by this case; kept for others",
}


@dataclass(frozen=True)
class Touch:
    """One line of the custody list."""

    at: datetime
    what: str
    who: str
    tool: str


@dataclass(frozen=True)
class CustodyOf:
    """One file's custody and fixity."""

    sha256: str
    touches: list[Touch]
    fixity: str
    fixity_good: bool


def custody_page(asset: Asset, name_of: Callable[[str], str]) -> CustodyOf:
    """Gather it; ``name_of`` turns the log's pseudonym into a sign-in name."""
    last = asset.fixity.order_by("-at").first()
    good = last is None or last.intact
    words = "Its SHA-256 was computed on receipt; it was not hashed again yet."
    if last:
        found = "it is what was received" if last.intact else "it is NOT what was received"
        words = f"Hashed again on {absolute(last.at)}: {found}."
    return CustodyOf(
        sha256=asset.sha256,
        touches=[
            Touch(row.at, ACTION_WORDS.get(row.action, row.action), name_of(row.actor), row.tool)
            for row in custody_of(asset)
        ],
        fixity=words,
        fixity_good=good,
    )
