"""The words of notices, for whoever edits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from probity.notices.editing import SAMPLE_AT, kind_read
from probity.notices.filling import text_fill
from probity.notices.kinds import SHAPES, Kind, Shape
from probity.notices.languages import NAMES
from probity.notices.models import TextVersion
from probity.notices.samples import sample_values
from probity.notices.selectors import text_current, text_versions
from probity.notices.shipped import Text
from probity.web.language.said import said
from probity.web.language.tables import NOTICE_NEEDS

from .letter import Block, letter_blocks


@dataclass(frozen=True)
class TextLine:
    """One kind with its state in each language."""

    kind: str
    title: str
    says: str
    languages: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Preview:
    """A text filled with a made-up case."""

    subject: str
    blocks: list[Block]


@dataclass(frozen=True)
class TextPage:
    """The editor of one text."""

    kind: str
    shape: Shape
    language: str
    language_name: str
    subject: str
    body: str
    number: int
    own: bool
    may: list[str]
    must: list[tuple[str, str]]
    versions: list[TextVersion]
    preview: Preview | None
    languages: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def texts_page() -> list[TextLine]:
    """Every kind."""
    return [
        TextLine(
            kind, said(shape.title), said(shape.says),
            [(code, name, _state(kind, code)) for code, name in NAMES.items()],
        )
        for kind, shape in SHAPES.items()
    ]  # fmt: skip


def text_page(
    kind: str, language: str, *, draft: Text | None = None,
    errors: Mapping[str, str] | None = None,
) -> TextPage:  # fmt: skip
    """One text; raises InvalidInput for a kind or language that does not exist."""
    chosen = kind_read(kind, language)
    shape = SHAPES[chosen]
    current, row = text_current(chosen, language)
    text = draft or current
    return TextPage(
        kind=kind, shape=shape, language=language, language_name=NAMES[language],
        subject=text.subject, body=text.body, number=row.number if row else 0,
        own=row is not None and not row.shipped, may=sorted(shape.may),
        must=[(name, NOTICE_NEEDS.get((chosen, name), "")) for name in sorted(shape.must)],
        versions=list(text_versions(chosen, language)[:20]),
        preview=None if errors else preview_of(chosen, language, text),
        languages=NAMES, errors=errors or {},
    )  # fmt: skip


def preview_of(kind: Kind, language: str, text: Text) -> Preview:
    """The text with a made-up case."""
    filled = text_fill(text=text, values=sample_values(kind, language, at=SAMPLE_AT))
    return Preview(filled.subject, letter_blocks(filled.body))


def _state(kind: Kind, language: str) -> str:
    _, row = text_current(kind, language)
    if row is None or row.shipped:
        return gettext("shipped")
    return gettext("version {number}").format(number=row.number)
