"""Catalogues of translations: read, brought up to date with what the pages say, compiled."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from probity.analysis import telling
from probity.decisions.law import CATALOGUE_DOMAIN, CATALOGUES, texts

from .engines import engine_texts
from .gather import Message, messages

PLACES = re.compile(r"%\(\w+\)s|%%|\{\w*(?:![rsa])?(?::[^{}]*)?\}")

#: An engine's templates in a file beside its catalogues.
TEMPLATES = "templates.json"

Texts = str | tuple[str, ...] | list[str]
Said = Mapping[Message, list[str]]


@dataclass(frozen=True)
class Kept:
    """One file for translators: the pages', that of the law packs, or an engine's."""

    folder: Path
    domain: str
    language: str

    @property
    def source(self) -> Path:
        """What translators edit."""
        return self.folder / self.language / "LC_MESSAGES" / f"{self.domain}.po"

    @property
    def compiled(self) -> Path:
        """What the product reads."""
        return self.source.with_suffix(".mo")

    @property
    def said(self) -> Said:
        """What has to be in it."""
        if self.domain == CATALOGUE_DOMAIN:
            return {Message(text): places for text, places in texts().items()}
        if self.domain in telling.ENGINES:
            return {Message(text): places for text, places in engine_texts(self.domain).items()}
        return messages()

    @property
    def templates(self) -> Path | None:
        """Where an engine knows its own templates from, beside its catalogues."""
        return self.folder / TEMPLATES if self.domain in telling.ENGINES else None


def kept() -> list[Kept]:
    """The files of every language but the one that pages and packs are written in."""
    languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    pages = Path(settings.LOCALE_PATHS[0])
    engines = [(engine.folder, engine.domain) for engine in telling.ENGINES.values()]
    return [
        Kept(folder, domain, language)
        for language in languages
        for folder, domain in ((pages, "django"), (CATALOGUES, CATALOGUE_DOMAIN), *engines)
    ]


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def gathered(old: Catalog, said: Said) -> Catalog:
    """A catalogue of exactly what is said now, with the translations that ``old`` has."""
    new = Catalog(locale=old.locale, project="Probity", version="1", charset="utf-8",
                  creation_date=old.creation_date, revision_date=old.revision_date,
                  fuzzy=False, header_comment=old.header_comment,
                  copyright_holder="", msgid_bugs_address="", last_translator="Probity",
                  language_team="Probity")  # fmt: skip
    for message, places in sorted(said.items()):
        key = (message.text, message.plural) if message.plural else message.text
        known = old.get(key, context=message.context or None)
        new.add(
            key,
            string=known.string if known and not known.fuzzy else "",
            locations=[(place, 0) for place in places],
            context=message.context or None,
        )
    return new


def written(catalogue: Catalog) -> bytes:
    """The file for translators."""
    out = io.BytesIO()
    write_po(
        out, catalogue, width=100, include_lineno=False, sort_output=False, include_previous=False
    )
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The file that Django reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def templates_written(said: Iterable[Message]) -> str:
    """The file that an engine knows its own templates from."""
    return json.dumps(sorted(one.text for one in said), ensure_ascii=False, indent=0) + "\n"


def missing(catalogue: Catalog) -> list[str]:
    """What has no translation, or one whose placeholders differ from those of the original."""
    return [_first(one.id) for one in catalogue if one.id and not _whole(one.id, one.string)]


def untold(catalogue: Catalog, said: Iterable[Message]) -> list[Message]:
    """What is said and the catalogue does not know, or knows only fuzzily."""
    known = {
        Message(_first(one.id), one.id[1] if isinstance(one.id, tuple) else "", one.context or "")
        for one in catalogue
        if one.id and not one.fuzzy
    }
    return sorted(set(said) - known)


def _whole(text: Texts, told: Texts | None) -> bool:
    texts = [text] if isinstance(text, str) else list(text)
    forms = [told] if isinstance(told, str) else list(told or [""])
    allowed = [sorted(set(PLACES.findall(one))) for one in texts]
    return all(one and sorted(set(PLACES.findall(one))) in allowed for one in forms)


def _first(text: Texts) -> str:
    return text if isinstance(text, str) else text[0]
