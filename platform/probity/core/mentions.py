"""Whether a text that people typed names somebody: by their address, their name, an account."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

WORD = re.compile(r"\w+")
#: Letters that no way of writing Unicode changes.
ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
#: What is shorter stands in too many words by chance to say that somebody is meant.
LEAST = 4
#: So many words in a row, the same as in another text, are taken from it.
QUOTED = 5
ADDRESS = re.compile(r"[^\s@<>(),;]+@[^\s@<>(),;]+")
NUMBER = re.compile(r"\+?\d[\d\s()/.-]{4,}\d")


def terms_of(*texts: str) -> list[str]:
    """What to look for: each text that is long enough, an address without its scheme."""
    bare = [_plain(text).strip().partition("://")[2] or _plain(text).strip() for text in texts]
    return list(dict.fromkeys(text for text in bare if sum(map(len, WORD.findall(text))) >= LEAST))


def reached_at(text: str) -> list[str]:
    """The addresses and telephone numbers in a text, and the whole of it. Numbers are digit by
    digit, so that they are found however they are grouped."""
    numbers = (" ".join(filter(str.isdigit, found)) for found in NUMBER.findall(text))
    return [text, *ADDRESS.findall(text), *numbers]


def longest(term: str) -> str:
    """The longest stretch of a term for a first look by the database, however the text there
    writes its accents; empty when there is none, which stands in every text."""
    return max((str(word) for word in ASCII_WORD.findall(term)), key=len, default="")


def named_in(text: str, terms: Collection[str]) -> bool:
    """Whether one of the terms stands in a text, whatever its case, punctuation and accents' way
    of being written."""
    plain = _plain(text)
    return any(_pattern(_plain(term)).search(plain) for term in terms)


def quoted_in(text: str, source: str) -> bool:
    """Whether a text repeats QUOTED words in a row of another."""
    return not set(_runs(text)).isdisjoint(_runs(source))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(_plain(text))]
    return (tuple(words[at : at + QUOTED]) for at in range(len(words) - QUOTED + 1))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _pattern(term: str) -> re.Pattern[str]:
    words = r"[\W_]*".join(re.escape(word) for word in WORD.findall(term))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
