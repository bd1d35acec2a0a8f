"""Text that nobody can see is no text."""

from __future__ import annotations

import unicodedata

#: Unicode's general categories of what leaves no mark by itself: separators, controls, formats.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
#: Letters and symbols that are drawn as nothing: Hangul fillers and the blank of Braille.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def blank(text: str) -> bool:
    """Whether a text shows nothing: empty, spaces, zero-width characters, directions alone."""
    return all(sign in FILLERS or unicodedata.category(sign) in UNSEEN for sign in text)
