"""What the cards' pages show; the words of a card itself are its author's, in English."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from probity.analysis.cards import (
    Broken,
    Card,
    Installed,
    Needs,
    Strength,
    card_installed,
    cards_broken,
    cards_installed,
)
from probity.cases.models import Category
from probity.insight.precision import Tally, tallies_of
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS

MODALITY_WORDS = {
    "image": later("Still images"),
    "video": later("Video"),
    "audio": later("Sound"),
}
SUBJECT_WORDS = {
    "picture": later("the picture"),
    "face": later("faces"),
    "voice": later("the voice"),
    "video": later("the video as a whole"),
    "file": later("the file as a whole"),
}
DIRECTION_WORDS = {
    "higher_is_more_suspicious": later("Higher is more suspicious."),
    "lower_is_more_suspicious": later("Lower is more suspicious."),
}
#: What a card needs, and the sentence on when there is no answer for want of it.
SILENT_WHEN = {
    "jpeg_luma": later("The file is not a JPEG, or one that was damaged."),
    "frames": later("The film has no frames that can be decoded, or too few of them."),
    "packets": later("The container does not say when its frames are shown."),
    "audio": later("There is no sound, it is nearly silent, or too short to measure."),
    "faces": later("No face is found that is large enough and turned to the camera."),
    "landmarks": later("No face is found that is large enough and turned to the camera."),
    "models": later("Its networks were not prepared on the machine that looks at the file."),
    "resources": later("A file that it needs was not fetched to the machine that looks."),
}


@dataclass(frozen=True)
class Weight:
    """How much a detector may weigh: the ``mark`` of its icon, in a few words and a sentence."""

    mark: str
    words: str
    sentence: str


@dataclass(frozen=True)
class Line:
    """One detector in the list."""

    installed: Installed
    subject: str
    weight: Weight


@dataclass(frozen=True)
class Shelf:
    """The detectors that look at one kind of media."""

    key: str
    words: str
    lines: list[Line]


@dataclass(frozen=True)
class ShelfPage:
    """Every installed detector; how many of them carry weight; those that cannot be used."""

    shelves: list[Shelf]
    count: int
    calibrated: int
    broken: list[Broken]


@dataclass(frozen=True)
class Here:
    """What people said in this installation's decided cases of one category."""

    category: str
    sentence: str


@dataclass(frozen=True)
class CardPage:
    """One card, with what people here said beside it."""

    card: Card
    package: str
    modality: str
    subject: str
    direction: str
    weight: Weight
    strength: list[Strength]
    silent: list[str]
    here: list[Here]

    @property
    def parameters(self) -> list[tuple[str, object]]:
        """What it was set with, in the words of its author."""
        return [(name.replace("_", " "), value) for name, value in self.card.parameters.items()]

    @property
    def libraries(self) -> str:
        """What has to be installed for it."""
        return ", ".join(self.card.runtime.libraries)

    @property
    def devices(self) -> str:
        """What it can run on."""
        return ", ".join(self.card.runtime.devices)


def shelf_page() -> ShelfPage:
    """Gather the installed detectors by what they look at."""
    rows = cards_installed()
    shelves = [
        Shelf(key, words, [_line(row) for row in rows if row.card.modality == key])
        for key, words in MODALITY_WORDS.items()
    ]
    return ShelfPage(
        shelves=[shelf for shelf in shelves if shelf.lines],
        count=len(rows),
        calibrated=sum(row.card.calibrated for row in rows),
        broken=cards_broken(),
    )


def _line(row: Installed) -> Line:
    return Line(row, SUBJECT_WORDS[row.card.speaks_about], weight_of(row.card))


def card_page(detector: str) -> CardPage:
    """Gather one detector's card. Raises NotFound."""
    row = card_installed(detector)
    card = row.card
    return CardPage(
        card=card,
        package=row.package,
        modality=MODALITY_WORDS[card.modality],
        subject=SUBJECT_WORDS[card.speaks_about],
        direction=DIRECTION_WORDS[card.score.direction],
        weight=weight_of(card),
        strength=list(card.strength),
        silent=silent_when(card.needs),
        here=_here(card.id),
    )


def weight_of(card: Card) -> Weight:
    """Calibrated, no better than chance, or not measured: and what follows from it."""
    if card.calibrated:
        return Weight(
            "check",
            gettext("carries weight"),
            gettext(
                "Its error rates were measured, so a finding brings a likelihood ratio into "
                "the assessment."
            ),
        )
    if card.better_than_chance is False:
        return Weight(
            "unknown",
            gettext("points only, no better than chance"),
            gettext(
                "On the files it was tried on, its score ranked altered ones no better than "
                "chance, or than what the files gave away by themselves. Look at what it marks; "
                "it adds nothing to the assessment."
            ),
        )
    if card.better_than_chance:
        return Weight(
            "ok",
            gettext("points only, better than chance"),
            gettext(
                "Its score ranked altered files above genuine ones, but no error rate is known. "
                "It shows where to look and adds nothing to the assessment."
            ),
        )
    return Weight(
        "unknown",
        gettext("points only, not measured"),
        gettext(
            "Nobody has measured how often it errs. It shows where to look and adds nothing to "
            "the assessment."
        ),
    )


def silent_when(needs: Needs) -> list[str]:
    """When it gives no answer for want of something; each sentence once."""
    lacking = [words for name, words in SILENT_WHEN.items() if getattr(needs, name)]
    return list(dict.fromkeys(str(words) for words in lacking))


def _here(detector: str) -> list[Here]:
    """What was decided here, by category, where there are cases enough to say it."""
    return [
        Here(CATEGORY_WORDS[category], told.sentence)
        for category in Category
        if (told := tallies_of(category).get(detector, Tally(0, 0))).sentence
    ]
