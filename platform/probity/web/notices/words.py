"""What notices are called on pages."""

from __future__ import annotations

from probity.notices.kinds import Kind
from probity.notices.models import HoldGround, Notice, Party, Way, Why
from probity.web.language.later import later
from probity.web.language.tables import NOTICE_TITLES

PARTY_WORDS = {Party.REPORTER: later("Reporter"), Party.UPLOADER: later("Uploader")}
WAY_WORDS = {
    Way.MAIL: later("By e-mail and on the private page"),
    Way.PAGE: later("On the private page alone"),
    Way.WITHHELD: later("Not told"),
}
WHY_WORDS = {
    Why.NONE: "",
    Why.NO_CONTACT: later("No address is known."),
    Why.HELD: later("A hold on telling stands, or stood then."),
    Why.HIGH_VOLUME: (
        later(
            "Deceptive high-volume commercial content: no statement of reasons is owed (Digital "
            "Services Act, article 17(2))."
        )
    ),
}
GROUND_WORDS = {
    HoldGround.AUTHORITY_ORDER: later("An authority ordered not to inform"),
    HoldGround.INVESTIGATION: later("Telling would endanger an investigation"),
    HoldGround.LAW: later("Another law forbids telling"),
}


def kind_words(kind: str) -> str:
    """The kind's title."""
    return NOTICE_TITLES[Kind(kind)]


def how_told(row: Notice) -> str:
    """How a notice reached its party, and why no more."""
    way = WAY_WORDS[Way(row.way)]
    why = WHY_WORDS[Why(row.why)]
    return f"{way}. {why}" if why else f"{way}."
