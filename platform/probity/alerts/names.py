"""Names as they are compared: without case, accents and punctuation, as whole words."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """``Renée  O’Brien-Śmith`` as ``renee o brien smith``."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in kept).split())


def names_in(text: str, *, term: str) -> bool:
    """Whether a folded term stands in a text as whole words."""
    return bool(term) and f" {term} " in f" {folded(text)} "
