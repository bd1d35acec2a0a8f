"""Every installed pack, so that one can be found by place, harm or state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from probity.core.clock import now
from probity.decisions.library import pack_texts
from probity.decisions.models import PackApproval
from probity.decisions.packs import approvals_by_digest
from probity.web.language.later import later
from probity.web.words import joined

from .strip import STATE_WORDS, strip

PLACE_WORDS = {"*": later("Everywhere")}


@dataclass(frozen=True)
class Book:
    """One pack on the shelf."""

    id: str
    title: str
    version: int
    rules: int
    records: int
    grades: str
    states: str
    approval: PackApproval | None


@dataclass(frozen=True)
class Shelf:
    """The packs of one jurisdiction."""

    place: str
    books: list[Book]


@dataclass(frozen=True)
class ShelfPage:
    """All shelves, and how much of the law in force a named person has approved."""

    shelves: list[Shelf]
    packs: int
    rules: int
    records: int
    approved: int


def shelf_page() -> ShelfPage:
    """Gather the packs by jurisdiction."""
    today = now().date()
    approvals = approvals_by_digest()
    texts = sorted(pack_texts().values(), key=lambda text: (text["jurisdiction"], text["title"]))
    shelves: dict[str, list[Book]] = {}
    for text in texts:
        place = PLACE_WORDS.get(text["jurisdiction"], text["jurisdiction"])
        book = _book(text, today=today, approval=approvals.get(text["digest"]))
        shelves.setdefault(place, []).append(book)
    return ShelfPage(
        shelves=[Shelf(place, books) for place, books in shelves.items()],
        packs=len(texts),
        rules=sum(len(text["rules"]) for text in texts),
        records=sum(len(text.get("records", [])) for text in texts),
        approved=sum(text["digest"] in approvals for text in texts),
    )


def _book(text: Mapping[str, Any], *, today: date, approval: PackApproval | None) -> Book:
    states = Counter(strip(rule["timeline"], today=today).now.state for rule in text["rules"])
    return Book(
        id=text["id"],
        title=text["title"],
        version=text["version"],
        rules=len(text["rules"]),
        records=len(text.get("records", [])),
        grades=joined(sorted({rule["grade"] for rule in text["rules"]})),
        states=", ".join(
            f"{count} {words.lower()}"
            for state, words in STATE_WORDS.items()
            if (count := states[state])
        ),
        approval=approval,
    )
