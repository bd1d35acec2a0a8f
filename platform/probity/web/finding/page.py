"""The search page: what was asked, what was found, and why each case is among it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from probity.accounts.models import Person
from probity.cases.models import Case, CaseClaim, CaseState, Category, EvidenceItem
from probity.core.clock import now
from probity.core.errors import Refusal
from probity.evidence.models import Derivative
from probity.evidence.selectors import derivatives_concealed
from probity.search.fields import Field, fields
from probity.search.language import query_read
from probity.search.models import SavedView
from probity.search.selectors import (
    COUNT_MAX,
    Why,
    cases_found,
    count_up_to,
    first_of,
    order_of,
    views_of,
    whys_of,
)
from probity.web.language.later import later
from probity.web.language.said import said
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.triage.clock import Clock, case_clock
from probity.web.triage.queue_page import STATE_WORDS

MOST = 50
ORDER_WORDS = {
    "urgent": later("the most urgent first"),
    "due": later("the nearest deadline first"),
    "newest": later("the newest first"),
}


@dataclass(frozen=True)
class Row:
    """One case that was found."""

    id: UUID
    number: str
    clock: Clock
    due_for: str
    category: str
    places: str
    queue: str
    state_words: str
    holder: str
    reports: int
    thumbnail: UUID | None
    sealed: bool
    demonstration: bool
    whys: list[Why]


@dataclass(frozen=True)
class SearchPage:
    """What the page shows; ``refusal`` is the sentence of a search that cannot be understood.

    ``count`` is None where counting would have kept the page waiting.
    """

    query: str
    rows: list[Row] = field(default_factory=list)
    start: int = 0
    count: int | None = 0
    more: bool = False
    order: str = ""
    refusal: str = ""

    @property
    def asked(self) -> bool:
        """Whether anything was searched for."""
        return bool(self.query)

    @property
    def many(self) -> bool:
        """Whether there are more than the page counts."""
        return self.count is None or self.count > COUNT_MAX

    @property
    def least(self) -> int:
        """How many there are at any rate, where there are more than the page counts."""
        return self.last if self.count is None else COUNT_MAX

    @property
    def first(self) -> int:
        """The place of the first row shown."""
        return self.start + 1

    @property
    def last(self) -> int:
        """The place of the last row shown."""
        return self.start + len(self.rows)

    @property
    def fields(self) -> list[Field]:
        """The filters there are."""
        return fields()

    def address_at(self, start: int) -> str:
        """The same search from another row on."""
        return f"{reverse('search')}?{urlencode({'q': self.query, 'start': start})}"

    @property
    def next_address(self) -> str:
        """Where the following rows are."""
        return self.address_at(self.start + MOST)

    @property
    def former_address(self) -> str:
        """Where the rows before are; empty on the first page."""
        return self.address_at(max(0, self.start - MOST)) if self.start else ""


@dataclass(frozen=True)
class ViewTab:
    """A saved search as a link."""

    id: UUID
    name: str
    query: str
    shared: bool
    pinned: bool
    mine: bool
    by: str

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"{reverse('search')}?{urlencode({'q': self.query, 'view': self.id})}"


def search_page(*, query: str, start: int, person: Person) -> SearchPage:
    """Search, and gather one page of what was found; a refusal becomes the page's sentence."""
    query = query.strip()
    if not query:
        return SearchPage(query)
    try:
        terms = query_read(query)
        found = cases_found(query=terms, person=person)
        order = ORDER_WORDS[order_of(terms)]
        cases = first_of(_with_all(found), start=start, most=MOST + 1)
    except Refusal as refusal:
        return SearchPage(query, refusal=said(refusal.sentence))
    more, cases = len(cases) > MOST, cases[:MOST]
    count = count_up_to(found) if more else start + len(cases)
    whys = whys_of(cases=cases, terms=terms)
    pictures = derivatives_concealed([item.asset_id for case in cases for item in case.items.all()])
    rows = [_row(case, pictures, whys.get(case.pk, [])) for case in cases]
    return SearchPage(query, rows, start=start, count=count, more=more, order=order)


def _with_all(found: QuerySet[Case]) -> QuerySet[Case]:
    """With what a row shows, read for the rows of the page alone: a join would reach every case
    that was found before the first ones are picked."""
    claims = CaseClaim.objects.filter(ended_at=None, until__gte=now()).select_related("person")
    items = EvidenceItem.objects.select_related("asset").defer("asset__probe")
    return found.prefetch_related(
        "queue", "tally", Prefetch("items", items),
        Prefetch("claims", queryset=claims, to_attr="live_claims"),
    )  # fmt: skip


def _row(case: Case, pictures: dict[str, Derivative], whys: list[Why]) -> Row:
    claims: list[CaseClaim] = getattr(case, "live_claims", [])
    assets = [item.asset for item in case.items.all()]
    picture = next((pictures[asset.pk] for asset in assets if asset.pk in pictures), None)
    return Row(
        id=case.pk,
        number=case.label,
        clock=case_clock(case),
        due_for=case.due_for,
        category=CATEGORY_WORDS[Category(case.category)],
        places=", ".join(case.places),
        queue=case.queue.title,
        state_words=STATE_WORDS[CaseState(case.state)],
        holder=claims[0].person.username if claims else "",
        reports=case.tally.reports if hasattr(case, "tally") else 0,
        thumbnail=picture.pk if picture else None,
        sealed=any(asset.sealed for asset in assets),
        demonstration=bool(case.shown_as),
        whys=whys,
    )


def view_tabs(person: Person, *, pinned: bool = False) -> list[ViewTab]:
    """The saved searches that somebody sees, or only those among the tabs of the queue page."""
    rows = views_of(person)
    return [_tab(row, person) for row in (rows.filter(pinned=True) if pinned else rows)]


def _tab(row: SavedView, person: Person) -> ViewTab:
    return ViewTab(
        row.pk, row.name, row.query, row.shared, row.pinned, row.person_id == person.pk,
        row.person.username,
    )  # fmt: skip
