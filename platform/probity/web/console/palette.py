"""What the palette finds: cases by number or words, queues, pages; only what the person may see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import queues_visible
from probity.cases.models import Case, CaseState, Category
from probity.cases.selectors import case_by_label
from probity.core.errors import NotFound, Refusal
from probity.search.selectors import cases_found
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.triage.queue_page import STATE_WORDS

CASES_MOST = 6
WORDS_LEAST = 3
ASKED_MOST = 200
NUMBER = re.compile(r"(?:P-?)?(\d{1,15})", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """One place to go; ``swaps`` where a case can take another's place without a reload."""

    kind: str
    words: str
    more: str
    address: str
    swaps: bool = False


#: Pages beyond the navigation: name of the address, words, the ability that opens it (any: "").
PAGES: tuple[tuple[str, Promise, str], ...] = (
    ("board", _(later("What is about to breach")), Ability.CASES_READ),
    ("search", _(later("Search")), Ability.CASES_READ),
    ("detectors", _(later("Detectors")), Ability.CASES_READ),
    ("bulk", _(later("Runs over many cases")), Ability.BULK_RUN),
    ("wellbeing", _(later("Your day: how much you looked at, and breaks")), Ability.CASES_READ),
    ("account", _(later("Your account")), ""),
    ("account-keys", _(later("Your keys")), ""),
    ("look", _(later("Light or dark, lines, motion")), ""),
)


def hits(*, asked: str, person: Person, doors: Iterable[tuple[str, str]]) -> list[Hit]:
    """Everything that fits: cases, queues and pages, then the search.

    ``doors`` are the words and addresses of the navigation. An empty wish lists the pages and
    queues.
    """
    text = asked.replace("\x00", "").strip()[:ASKED_MOST]
    found = _cases(text, person) if Ability.CASES_READ in person.abilities else []
    places = _fitting(text, [*_queues(person), *_pages(person, doors)])
    search = [found.pop()] if found and not found[-1].swaps else []
    return [*found, *places, *search]


def _cases(text: str, person: Person) -> list[Hit]:
    number = NUMBER.fullmatch(text)
    if number:
        try:
            return [_case(case_by_label(number[1], person=person))]
        except NotFound:
            return []
    if len(text) < WORDS_LEAST:
        return []
    try:
        rows = cases_found(query=text, person=person)[:CASES_MOST]
    except Refusal:
        return []
    return [
        *(_case(row) for row in rows),
        Hit(
            gettext("Search"), text, gettext("all cases that are found"),
            f"{reverse('search')}?{urlencode({'q': text})}",
        ),
    ]  # fmt: skip


def _case(case: Case) -> Hit:
    return Hit(
        gettext("Case"), case.label,
        f"{CATEGORY_WORDS[Category(case.category)]}, {STATE_WORDS[CaseState(case.state)]}",
        reverse("case", args=[case.pk]), swaps=True,
    )  # fmt: skip


def _queues(person: Person) -> list[Hit]:
    if Ability.CASES_READ not in person.abilities:
        return []
    return [
        Hit(
            gettext("Queue"), queue.title, "",
            f"{reverse('queue')}?{urlencode({'show': 'waiting', 'queue': queue.key})}",
        )
        for queue in queues_visible(person)
    ]  # fmt: skip


def _pages(person: Person, doors: Iterable[tuple[str, str]]) -> list[Hit]:
    page = gettext("Page")
    found = [Hit(page, words, "", address) for words, address in doors]
    known = {hit.address for hit in found}
    return found + [
        Hit(page, str(words), "", reverse(name))
        for name, words, ability in PAGES
        if reverse(name) not in known and (not ability or ability in person.abilities)
    ]


def _fitting(text: str, rows: list[Hit]) -> list[Hit]:
    """Those in which every word that was typed begins a word, or stands somewhere."""
    asked = text.casefold().split()
    fit = [row for row in rows if all(word in row.words.casefold() for word in asked)]
    return sorted(fit, key=lambda row: not row.words.casefold().startswith(text.casefold()))
