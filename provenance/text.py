"""Strings from a stranger's file, made safe to show.

Nothing here escapes HTML: that is the template's job. What is prevented is a string that lies about
itself: control characters, bidirectional overrides and invisible characters are spelt out.
"""

from __future__ import annotations

import unicodedata
from typing import Any

LONGEST = 200
_SHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def shown(value: Any, *, longest: int = LONGEST) -> str:
    """``value`` as one line of text of at most ``longest`` characters and an ellipsis.

    Control, format (bidirectional, zero-width, tag), private-use, surrogate and unassigned
    characters appear as ``<U+202E>``; any run of white space becomes one space; more than three
    combining marks on one character are dropped.
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) <= longest and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    cut = text[: longest * 2]
    parts: list[str] = []
    marks = 0
    for character in " ".join(cut.split()):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > 3:
            continue
        parts.append(f"<U+{ord(character):04X}>" if category in _SHOWN_CATEGORIES else character)
    line = "".join(parts)
    return line if len(line) <= longest and len(text) == len(cut) else line[:longest] + "…"


def shown_or_none(value: Any, *, longest: int = LONGEST) -> str | None:
    """``shown`` of a non-empty string; None of anything else."""
    return shown(value, longest=longest) if isinstance(value, str) and value.strip() else None
