"""The small language of the search field.

``words`` must all be there, ``"two words"`` next to each other, ``word*`` begins so, ``-`` leaves
out, ``key:value`` filters, ``key:one,other`` means either. Everything is joined by "and".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import SearchRefused
from .models import QUERY_MAX
from .words import words_of

TERMS_MAX = 20
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(?!//)(.*)", re.DOTALL)
_NUMBER = re.compile(r"P-?(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """Words that follow each other in one text; ``beginning``: the last one may go on."""

    words: tuple[str, ...]
    beginning: bool = False
    wanted: bool = True


@dataclass(frozen=True)
class Filter:
    """One property that a case must have, or must not; any of the values will do."""

    key: str
    values: tuple[str, ...]
    wanted: bool = True


Term = Words | Filter


def query_read(text: str) -> list[Term]:
    """The terms of a search, in their order. Raises SearchRefused with a sentence.

    Whether a key exists and a value makes sense is for ``fields`` to say.
    """
    text = text.replace("\x00", " ").strip()
    if len(text) > QUERY_MAX:
        raise SearchRefused.because(f"The search is longer than {QUERY_MAX} signs; shorten it.")
    terms = [term for part in _parts(text) if (term := _term(part)) is not None]
    if text and not terms:
        raise SearchRefused.because(
            f"“{text[:40]}” holds no letter or digit to search for. Write a word, or leave the "
            "field empty to find everything."
        )
    if len(terms) > TERMS_MAX:
        raise SearchRefused.because(f"Search for at most {TERMS_MAX} things at once.")
    return terms


def words_wanted(terms: Sequence[Term]) -> list[Words]:
    """The words that must be there."""
    return [term for term in terms if isinstance(term, Words) and term.wanted]


def _parts(text: str) -> list[str]:
    """Cut at spaces outside quotation marks; the marks stay."""
    parts: list[str] = []
    part, quoted = "", False
    for sign in text.replace("“", '"').replace("”", '"').replace("„", '"'):
        if sign == '"':
            quoted = not quoted
        if sign.isspace() and not quoted:
            parts, part = [*parts, part], ""
        else:
            part += sign
    if quoted:
        raise SearchRefused.because(
            "A quotation mark has no partner. Close the phrase, or leave the mark out."
        )
    return [part for part in [*parts, part] if part]


def _term(part: str) -> Term | None:
    wanted = not part.startswith("-")
    body = part if wanted else part[1:]
    if not body or body == "-":
        raise SearchRefused.because(
            "A minus leaves out what directly follows it, such as -advertising. Write it so, or "
            "take the minus away."
        )
    keyed = _KEY.fullmatch(body)
    if keyed:
        return _filter(keyed[1].lower(), keyed[2], wanted=wanted)
    if number := _NUMBER.fullmatch(body):
        return Filter("number", (number[1],), wanted)
    words = words_of(body)
    if not words:
        if wanted:
            return None
        raise SearchRefused.because(f"“{body}” holds no letter or digit to leave out.")
    return Words(tuple(words), beginning=body.rstrip('"').endswith("*"), wanted=wanted)


def _filter(key: str, raw: str, *, wanted: bool) -> Filter:
    quoted = raw.startswith('"')
    values = [raw.strip('"')] if quoted else raw.split(",")
    kept = tuple(value.strip() for value in values if value.strip())
    if not kept:
        raise SearchRefused.because(f"Say what “{key}:” should be, directly behind the colon.")
    return Filter(key, kept, wanted)
