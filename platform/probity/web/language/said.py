"""Sentences of the rooms in the reader's language. Rooms speak English: to the log, to programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.utils.translation import get_language, gettext

from .phrases import PHRASES, WORDS

#: Sentences with something put in, as the gatherer found them: ``There is no case {a}.``
FORMS = Path(__file__).with_name("forms.json")
PLACE = re.compile(r"\\\{(\w+)\\\}")
BETWEEN = re.compile(r"(?<=[.?!]) (?=[A-Z“])")
Key = TypeVar("Key")


def said(sentence: str) -> str:
    """What a room said, translated if its words are known; otherwise as it is.

    Several sentences in a row are translated one by one.
    """
    if not sentence or get_language() in {None, settings.LANGUAGE_CODE}:
        return sentence
    return _whole(str(sentence)) or said_each(sentence)


def said_each(sentences: str) -> str:
    """As ``said`` does, but never taking several sentences for one with a long word in it."""
    return " ".join(_one(part) for part in BETWEEN.split(sentences))


def said_whole(sentence: str) -> str | None:
    """As ``said``; None unless every sentence of it is known."""
    return _whole(sentence)


def _whole(sentences: str) -> str | None:
    known = gettext(sentences)
    if known != sentences:
        return known
    # one by one before all at once: a form would take a sentence that follows for a long word
    parts = BETWEEN.split(sentences)
    told = [_one(part) for part in parts]
    if not any(map(str.__eq__, parts, told)):
        return " ".join(told)
    whole = _one(sentences)
    return None if whole == sentences else whole


def said_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The sentences beside a form's fields, translated as ``said`` does."""
    return {name: said(sentence) for name, sentence in fields.items()}


def said_in_line(line: str) -> str:
    """Reasons in one line, parted by semicolons, each translated by itself."""
    return "; ".join(said(part) for part in line.split("; ")) if line else ""


def _one(sentence: str) -> str:
    known = gettext(sentence)
    if known != sentence:
        return known
    if _raised(sentence) in _rooms_words():
        return gettext(_raised(sentence))
    for pattern, form in _forms():
        found = pattern.fullmatch(sentence)
        if found:
            told = gettext(form)
            if told == form:
                return sentence
            return told.format(**{name: _part(part) for name, part in found.groupdict().items()})
    return sentence


def _part(words: str) -> str:
    """What stands in a place of a form: a word of the rooms is translated, all else is not."""
    known = {words, _raised(words)} & _rooms_words()
    if known or any(_pattern(form).fullmatch(words) for form in PHRASES):
        return _one(words)
    return words


def _raised(words: str) -> str:
    """Rooms write a category small within a sentence; its own word begins with a capital."""
    return words[:1].upper() + words[1:]


@cache
def _rooms_words() -> frozenset[str]:
    from . import tables  # which are made of ``Told``

    told = [one for one in vars(tables).values() if isinstance(one, Told)]
    return frozenset(WORDS).union(*(one.english() for one in told))


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """Patterns with the most words of their own first, so that the closest fits."""
    forms: list[str] = json.loads(FORMS.read_text())
    forms.sort(key=lambda form: -len(re.sub(r"\{\w+\}", "", form)))
    return [(_pattern(form), form) for form in forms]


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(form)))


class Told(Mapping[Key, str], Generic[Key]):
    """A room's table of words, each translated when it is looked up."""

    def __init__(self, words: Mapping[Key, str]) -> None:
        self._words = words

    def __getitem__(self, key: Key) -> str:
        return gettext(self._words[key]) if self._words[key] else ""

    def __iter__(self) -> Iterator[Key]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def english(self) -> list[str]:
        """The messages to translate."""
        return [words for words in self._words.values() if words]
