"""The words that notices are filled with, in every language that is complete."""

from __future__ import annotations

from probity.notices.languages import ENGLISH

from . import de, en
from .table import Words

TABLES: dict[str, Words] = {"en": en.WORDS, "de": de.WORDS}


def words_in(language: str) -> Words:
    """The table of a language; English for one that is not here."""
    return TABLES.get(language, TABLES[ENGLISH])
