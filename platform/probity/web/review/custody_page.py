"""Who touched a file, and whether it still is what was received."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from probity.evidence.models import Asset
from probity.evidence.selectors import custody_of
from probity.web.language.later import later
from probity.web.words import absolute

ACTION_WORDS = {
    "received": later("Received"),
    "analysed": later("Analysed"),
    "viewed": later("Revealed"),
    "exported": later("Left in an evidence bundle"),
    "sealed": later("Sealed"),
    "seal_lifted": later("Seal lifted"),
    "derivatives_destroyed": later("Pictures and clips destroyed"),
    "destroyed": later("Destroyed with everything made from it"),
    "held": later("Put under a legal hold"),
    "hold_released": later("Legal hold ended"),
    "given_up": later("Given up by this case; kept for others"),
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
    words = gettext("Its SHA-256 was computed on receipt; it was not hashed again yet.")
    if last:
        found = (
            gettext("it is what was received")
            if last.intact
            else gettext("it is NOT what was received")
        )
        words = gettext("Hashed again on {at}: {found}.").format(at=absolute(last.at), found=found)
    return CustodyOf(
        sha256=asset.sha256,
        touches=[
            Touch(row.at, ACTION_WORDS.get(row.action, row.action), name_of(row.actor), row.tool)
            for row in custody_of(asset)
        ],
        fixity=words,
        fixity_good=good,
    )
