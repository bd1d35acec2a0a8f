"""The place in a text where a search matched, as plain pieces that a page marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .language import Words
from .words import SPLIT, TEXT_MAX

BEFORE, AFTER = 60, 160


@dataclass(frozen=True)
class Part:
    """Some of the text; ``found`` when the search was for it."""

    text: str
    found: bool


@dataclass(frozen=True)
class Excerpt:
    """A stretch of text around the first match; ``begins``/``ends``: the text goes on there."""

    parts: tuple[Part, ...]
    begins: bool
    ends: bool

    @property
    def text(self) -> str:
        """The stretch without its marks."""
        return "".join(part.text for part in self.parts)


def excerpt_of(text: str, wanted: Sequence[Words]) -> Excerpt:
    """The stretch around the first word found; the text's beginning where none shows."""
    text = " ".join(text[:TEXT_MAX].split())
    spans = _spans(text)
    hits = [(begin, end) for begin, end in spans if _matches(text[begin:end].lower(), wanted)]
    at = hits[0][0] if hits else 0
    begin = _edge(spans, max(0, at - BEFORE)) if at > BEFORE else 0
    end = min(len(text), at + AFTER)
    if end < len(text):
        end = max((last for _, last in spans if last <= end), default=end)
    return Excerpt(_cut(text, begin, end, hits), begins=begin > 0, ends=end < len(text))


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each word stands."""
    spans, last = [], 0
    for parting in SPLIT.finditer(text):
        if parting.start() > last:
            spans.append((last, parting.start()))
        last = parting.end()
    return [*spans, (last, len(text))] if last < len(text) else spans


def _edge(spans: list[tuple[int, int]], near: int) -> int:
    return next((begin for begin, _ in spans if begin >= near), near)


def _matches(word: str, wanted: Sequence[Words]) -> bool:
    return any(
        word in term.words or (term.beginning and word.startswith(term.words[-1]))
        for term in wanted
    )


def _cut(text: str, begin: int, end: int, hits: list[tuple[int, int]]) -> tuple[Part, ...]:
    parts, last = [], begin
    for first, after in hits:
        if first < begin or after > end:
            continue
        parts += [Part(text[last:first], found=False), Part(text[first:after], found=True)]
        last = after
    parts.append(Part(text[last:end], found=False))
    return tuple(part for part in parts if part.text)
