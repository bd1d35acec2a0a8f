"""A made-up language in which every message stands in brackets, so that what is not one shows."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as product
from django.utils.translation import trans_real

CATALOGUE = Path(product.LOCALE_PATHS[0]) / "de" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="session")
def german() -> Catalog:
    """The German catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="de")


def _bracketed(text: Any) -> Any:
    if isinstance(text, str):
        return f"⟦{text}⟧"
    return tuple(f"⟦{one}⟧" for one in text)


@pytest.fixture
def brackets(german: Catalog, tmp_path: Path, settings: Any) -> Iterator[str]:
    """The key of the made-up language, for the length of a test."""
    made_up = Catalog(locale="de", fuzzy=False)
    for message in german:
        if message.id:
            made_up.add(message.id, string=_bracketed(message.id), context=message.context)
    folder = tmp_path / "locale" / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    out = io.BytesIO()
    write_mo(out, made_up)
    (folder / "django.mo").write_bytes(out.getvalue())
    kept = copy.copy(trans_real._translations)
    settings.LANGUAGES = [*settings.LANGUAGES, ("xx", "⟦Made up⟧")]
    settings.LOCALE_PATHS = [str(tmp_path / "locale"), *settings.LOCALE_PATHS]
    _forget()
    yield "xx"
    trans_real._translations.clear()
    trans_real._translations.update(kept)
    _forget()


def _forget() -> None:
    trans_real.reset_cache(setting="LANGUAGES")


class _Reader(HTMLParser):
    """What a page says: text and spoken attributes, outside of what names its own language."""

    SILENT = frozenset({"script", "style", "code", "kbd", "time", "textarea"})
    VOID = frozenset({"input", "meta", "link", "br", "img", "source", "wbr", "hr", "path", "rect"})
    SPOKEN = frozenset({"aria-label", "title", "alt", "placeholder"})

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        quiet = tag in self.SILENT or (tag != "html" and "lang" in given) or self._quiet()
        if not quiet:
            self.said += [value or "" for name, value in attrs if name in self.SPOKEN]
        if tag not in self.VOID:
            self.inside.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.inside) - 1, -1, -1):
            if self.inside[place][0] == tag:
                del self.inside[place:]
                return

    def handle_data(self, data: str) -> None:
        self.said.append(" … " if self._quiet() else data)

    def _quiet(self) -> bool:
        return bool(self.inside) and self.inside[-1][1]


@pytest.fixture
def unbracketed() -> Any:
    """What a page says outside of all brackets, several words in a row at least."""

    def left(html: str) -> list[str]:
        reader = _Reader()
        reader.feed(html)
        depth, bare = 0, []
        for letter in "\n".join(reader.said):
            depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
            bare.append(" … " if letter in "⟦⟧" else letter if depth == 0 else "")
        parts = [part.strip() for part in "".join(bare).replace("\n", " … ").split("…")]
        return [part for part in parts if _words(part) >= 2]

    def _words(part: str) -> int:
        return sum(word.isalpha() and len(word) > 1 for word in part.split())

    return left
