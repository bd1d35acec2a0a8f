"""In which language somebody is told: theirs where it is complete here, else English."""

from __future__ import annotations

ENGLISH = "en"
NAMES = {"en": "English", "de": "Deutsch"}


def language_of(*codes: str) -> str:
    """The first of the BCP 47 codes whose language is complete here; English if none is.

    >>> language_of("", "de-AT")
    'de'
    """
    for code in codes:
        primary = code.replace("_", "-").partition("-")[0].lower()
        if primary in NAMES:
            return primary
    return ENGLISH
