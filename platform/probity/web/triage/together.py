"""The evidence taken together: which part is in doubt, and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from probity.analysis.models import Assessment
from probity.web.language.later import later

DOUBT_WORDS = {
    "voice": later("the voice"),
    "picture": later("the picture"),
    "both": later("the picture and the voice"),
    "file": later("the file as a whole"),
}
SIDE_WORDS = {
    "against": later("Speaks against its being what was recorded"),
    "for": later("Speaks for its being what was recorded"),
    "open": later("Leaves it open"),
}
NOTICEABLE = 0.01
"""Below this a log-likelihood ratio leans to neither side."""


@dataclass(frozen=True)
class Voice:
    """One thing that speaks; ``weight`` says how far it can be relied upon."""

    sentence: str
    weight: str


@dataclass(frozen=True)
class Side:
    """All that speaks one way."""

    key: str
    words: str
    voices: list[Voice]


@dataclass(frozen=True)
class Together:
    """The assessment as the page shows it."""

    sentence: str
    llr: float | None
    in_doubt: str
    parts: list[str]
    sides: list[Side]

    @property
    def counts(self) -> str:
        """Such as “1 against, 2 for”."""
        words = {"against": gettext("against"), "for": gettext("for"), "open": gettext("open")}
        return ", ".join(f"{len(side.voices)} {words[side.key]}" for side in self.sides)


def together(row: Assessment | None, *, titles: Mapping[str, str]) -> Together | None:
    """Put an assessment in words; ``titles`` names the detectors."""
    if row is None:
        return None
    spoken: list[tuple[str, Voice]] = []
    for one in row.indications:
        weight = (
            gettext("signed, or in the content itself")
            if one["weight"] == "strong"
            else gettext("unproven")
        )
        spoken.append((one["speaks"], Voice(one["sentence"], weight)))
    for part in row.parts:
        if part["llr"] is not None and part["status"] == "ok":
            title = titles.get(part["detector"], part["detector"])
            weight = gettext("measured, log-likelihood ratio {llr:+.2f}").format(llr=part["llr"])
            spoken.append((_leaning(part["llr"]), Voice(f"{title}.", weight)))
    sides = [
        Side(key, words, [voice for side, voice in spoken if side == key])
        for key, words in SIDE_WORDS.items()
    ]
    return Together(
        sentence=row.sentence,
        llr=row.llr,
        in_doubt=DOUBT_WORDS.get(row.in_doubt, ""),
        parts=[one["sentence"] for one in row.subjects] if len(row.subjects) > 1 else [],
        sides=[side for side in sides if side.voices],
    )


def _leaning(llr: float) -> str:
    if abs(llr) < NOTICEABLE:
        return "open"
    return "against" if llr > 0 else "for"
