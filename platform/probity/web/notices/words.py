"""What notices are called on pages."""

from __future__ import annotations

from probity.notices.kinds import SHAPES, Kind
from probity.notices.models import HoldGround, Notice, Party, Way, Why

PARTY_WORDS = {Party.REPORTER: "Reporter", Party.UPLOADER: "Uploader"}
WAY_WORDS = {
    Way.MAIL: "By e-mail and on the private page",
    Way.PAGE: "On the private page alone",
    Way.WITHHELD: "Not told",
}
WHY_WORDS = {
    Why.NONE: "",
    Why.NO_CONTACT: "No address is known.",
    Why.HELD: "A hold on telling stands, or stood then.",
    Why.HIGH_VOLUME: (
        "Deceptive high-volume commercial content: no statement of reasons is owed (Digital "
        "Services Act, article 17(2))."
    ),
}
GROUND_WORDS = {
    HoldGround.AUTHORITY_ORDER: "An authority ordered not to inform",
    HoldGround.INVESTIGATION: "Telling would endanger an investigation",
    HoldGround.LAW: "Another law forbids telling",
}


def kind_words(kind: str) -> str:
    """The kind's title."""
    return SHAPES[Kind(kind)].title


def how_told(row: Notice) -> str:
    """How a notice reached its party, and why no more."""
    way = WAY_WORDS[Way(row.way)]
    why = WHY_WORDS[Why(row.why)]
    return f"{way}. {why}" if why else f"{way}."
