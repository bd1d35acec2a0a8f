"""Sentences of an engine in another language: recognised by their shape, and said anew.

An engine writes English, and that stays what is stored. Every sentence comes from a template of
its own source (``The sound lasts {a} s.``), and one catalogue per language translates the
templates. A sentence is told only where it can be read back whole: what stands in each place must
be a number, a known word, another template, or what the engine says may stand there as it is.
Anything else gives None, never half a translation.
"""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

PLACE = re.compile(r"\{(\w+)\}")
PERCENT = re.compile(r"(?<=\d)%")
NUMBER = re.compile(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?(?!\.?\d)")
UNIT = re.compile(r"[+−-]?[\d.,]+(?:e[+-]?\d+)? ?(?:s|ms|min|h|dB|Hz|kHz|x|px|nan|inf)?")
LETTER = re.compile(r"[^\W\d_]")
EDGES = re.compile(r"([\s,;:(“]*)(.*?)([\s,;:.)”]*)", re.DOTALL)
#: Quoted words hold it only where a text cannot be read otherwise.
SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.?!] (?=[A-Z])")
CUT = re.compile(r"(?<=[.?!:;,)%]) (?=\S)|(?=[,;.] )")
#: Language -> what parts thousands and decimals.
SEPARATORS = {"de": (".", ",")}
DEEPEST = 5
LONGEST = 2000
REMEMBERED = 5000
#: What is tried on one text before it is given up: a file's own words may be hostile.
MOST_STEPS = 60_000
STEPS_OF_A_PIECE = 30


@dataclass
class Retelling:
    """What one engine says, in other languages; ``folder`` holds catalogues at
    ``<language>/LC_MESSAGES/<domain>.mo``, and ``templates.json`` where ``listed`` gives no texts.

    ``names`` are words that stay as they are (codecs, libraries); ``quoting`` gives, by template,
    the places that hold what a program or a file said, in whatever language (a capital: nothing of
    it is told, even where its words are known); ``shapes`` says, by a
    place's name, what may stand there, which then stays as it is (a day, a country's code).
    ``deepest`` is how far templates may stand in one another.
    """

    folder: Path
    domain: str
    names: Collection[str] = frozenset()
    quoting: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    listed: Callable[[], Iterable[str]] | None = None
    deepest: int = DEEPEST
    _known: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def told(self, sentence: str, language: str) -> str | None:
        """The sentence in ``language`` (``de``); None where a part of it is not known."""
        sentence = str(sentence)
        if not sentence.strip() or len(sentence) > LONGEST or language not in SEPARATORS:
            return None
        known = self._known.setdefault(language, {})
        if sentence not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            found = self._tried(sentence, language, SENTENCE_END)
            known[sentence] = found or (self._tried(sentence, language) if self.quoting else None)
        return known[sentence]

    def _tried(
        self, sentence: str, language: str, unquoted: re.Pattern[str] | None = None
    ) -> str | None:
        telling = _Telling(self, language, unquoted)
        found = telling.told(sentence)
        return None if telling.weary else found

    @cached_property
    def templates(self) -> tuple[_Template, ...]:
        """Those with places, the ones with most words of their own first."""
        made = [_template(text) for text in self.texts if PLACE.search(text)]
        return tuple(sorted(made, key=lambda one: -one.own))

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every template, and every word that may be the same in another language."""
        if self.listed:
            return frozenset(self.listed())
        return frozenset(json.loads((self.folder / "templates.json").read_text()))

    @cache  # noqa: B019 - one object per engine, for the life of the process
    def catalogue(self, language: str) -> gettext.NullTranslations:
        """The translations as they were compiled."""
        return gettext.translation(self.domain, self.folder, [language], fallback=True)

    __hash__ = object.__hash__


@dataclass(frozen=True)
class _Template:
    """A template taken apart: ``literals`` is one longer than ``places``."""

    text: str
    literals: tuple[str, ...]
    places: tuple[str, ...]
    own: int


def _template(text: str) -> _Template:
    parts = PLACE.split(text)
    literals = tuple(parts[::2])
    return _Template(text, literals, tuple(parts[1::2]), sum(map(len, literals)))


class _Telling:
    """One sentence on its way into one language."""

    def __init__(self, engine: Retelling, language: str, unquoted: re.Pattern[str] | None) -> None:
        """What is quoted holds nothing like ``unquoted``."""
        self._engine = engine
        self._unquoted = unquoted
        self._language = language
        self._found: dict[str, str | None] = {}
        self._rows: dict[str, str | None] = {}
        self._left = MOST_STEPS

    @property
    def weary(self) -> bool:
        """Whether so much was tried that the text is nothing of the engine's."""
        return self._left < 0

    def told(self, text: str, *, deep: int = 0) -> str | None:
        """The words, whatever they are: nothing, a number, a template, or several in a row."""
        whole = self._one(text, deep=deep)
        if whole is not None:
            return whole
        if text not in self._rows:
            self._rows[text] = None  # a row within itself ends here
            self._rows[text] = self._in_a_row(text, deep=deep)
        return self._rows[text]

    def _one(self, text: str, *, deep: int) -> str | None:
        if text not in self._found:
            self._found[text] = None  # a template within itself ends here
            self._left -= STEPS_OF_A_PIECE
            if not self.weary:
                self._found[text] = self._read(text, deep=deep)
        return self._found[text]

    def _read(self, text: str, *, deep: int) -> str | None:
        bare = text.strip()
        if not LETTER.search(bare) or UNIT.fullmatch(bare):
            return self._numbers(text)
        before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
        if bare in self._engine.names:
            return text
        said = self._word(bare) or self._by_template(bare, deep=deep)
        if said is None and deep < self._engine.deepest:
            said = self._without_edges(bare, deep=deep)
        return None if said is None else f"{before}{said}{after}"

    def _without_edges(self, text: str, *, deep: int) -> str | None:
        found = EDGES.fullmatch(text)
        if found is None or found[2] == text or not found[2]:
            return None
        said = self.told(found[2], deep=deep + 1)
        return None if said is None else f"{found[1]}{said}{found[3]}"

    def _word(self, text: str) -> str | None:
        found = self._engine.catalogue(self._language).gettext(text)
        return found if found != text or text in self._engine.texts else None

    def _by_template(self, text: str, *, deep: int) -> str | None:
        if deep >= self._engine.deepest:
            return None
        for template in self._engine.templates:
            if not text.startswith(template.literals[0]):
                continue
            filled = self._filled(template, text, deep=deep)
            if filled is not None:
                words = self._engine.catalogue(self._language).gettext(template.text)
                return words.format(**filled)
        return None

    def _filled(self, template: _Template, text: str, *, deep: int) -> dict[str, str] | None:
        if not text.endswith(template.literals[-1]) or len(text) < template.own:
            return None
        if not all(literal in text for literal in template.literals):
            return None
        return self._from(template, text, 0, len(template.literals[0]), deep)

    def _from(
        self, template: _Template, text: str, place: int, at: int, deep: int
    ) -> dict[str, str] | None:
        """Fill the places from ``place`` on with what stands from ``at`` on."""
        if place == len(template.places):
            return {} if at == len(text) else None
        literal = template.literals[place + 1]
        for end in self._ends(template, text, place, at):
            self._left -= 1
            if self.weary:
                return None
            said = self._put(template, template.places[place], text[at:end], deep=deep + 1)
            if said is None:
                continue
            rest = self._from(template, text, place + 1, end + len(literal), deep)
            if rest is not None:
                return {template.places[place]: said, **rest}
        return None

    def _put(self, template: _Template, name: str, words: str, *, deep: int) -> str | None:
        """What stands in a place, in the language."""
        if shape := self._engine.shapes.get(name):
            return words if shape.fullmatch(words) else None
        quoting = self._engine.quoting.get(template.text, "")
        typed = name.upper() in quoting
        said = None if typed else self.told(words, deep=deep)
        quoted = typed or name in quoting
        if said is None and quoted and words:
            return None if self._unquoted and self._unquoted.search(words) else words
        return said

    def _ends(self, template: _Template, text: str, place: int, at: int) -> Iterator[int]:
        literal = template.literals[place + 1]
        if place == len(template.places) - 1:
            yield from [len(text) - len(literal)] if len(text) - len(literal) >= at else []
            return
        end = text.find(literal, at)
        while end != -1:
            yield end
            end = text.find(literal, end + 1)

    def _in_a_row(self, text: str, *, deep: int) -> str | None:
        """Several templates one after the other, the longest that is known first."""
        if self.weary:
            return None
        cuts = [found.end() for found in CUT.finditer(text)]
        ends = sorted({*cuts, len(text)})

        @cache
        def rest(at: int) -> str | None:
            if at == len(text):
                return ""
            for end in reversed(ends):
                if end <= at or (at == 0 and end == len(text)):
                    continue
                self._left -= 1
                if self.weary:
                    return None
                said = self._one(text[at:end], deep=deep)
                more = rest(end) if said is not None else None
                if said is not None and more is not None:
                    return said + more
            return None

        return rest(0)

    def _numbers(self, text: str) -> str:
        """Numbers with the separators of the language; dates, clocks and versions stay."""
        thousands, decimal = SEPARATORS[self._language]
        change = str.maketrans({",": thousands, ".": decimal})
        told = NUMBER.sub(lambda found: found[0].translate(change), text)
        return PERCENT.sub("\u00a0%", told)
