"""Finding cases, and the places in their texts that matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OrderBy, OuterRef, Q, QuerySet

from probity.accounts.models import Person
from probity.cases.access import cases_visible
from probity.cases.models import IN_ORDER, Case
from probity.core.clock import now
from probity.core.errors import NotFound

from .excerpts import Excerpt, excerpt_of
from .fields import Asking, condition_of, field_of
from .language import Filter, Term, Words, query_read, words_wanted
from .models import Piece, SavedView
from .sources import source_of, texts_of
from .words import tsquery, words_query

#: Beyond this many results nobody counts on: the page says "more than".
COUNT_MAX = 1_000
WHY_MAX = 3
_ORDERS: dict[str, Sequence[str | OrderBy]] = {
    "urgent": IN_ORDER,
    "due": ("due_at", "id"),
    "newest": ("-number",),
}


@dataclass(frozen=True)
class Why:
    """One text that matched: what it is, and the place in it."""

    kind: str
    says: str
    excerpt: Excerpt


def cases_found(
    *, query: str | Sequence[Term], person: Person | None, order: str = ""
) -> QuerySet[Case]:
    """The cases that a search finds among those this person may see, in an order that fits.

    ``order``: urgent, due or newest; left out, it follows from the filters. Raises SearchRefused.
    """
    terms = query_read(query) if isinstance(query, str) else query
    asking = Asking(person=person, at=now())
    found = cases_visible(person)
    for term in terms:
        found = found.filter(condition_of(term, asking) if isinstance(term, Filter) else _has(term))
    return found.order_by(*_ORDERS[order or order_of(terms)])


def order_of(terms: Iterable[Term]) -> str:
    """The order that the filters ask for: the nearest deadline, the most urgent, the newest."""
    orders = {field_of(term).order for term in terms if isinstance(term, Filter) and term.wanted}
    if "due" in orders:
        return "due"
    wanted = {
        value for term in terms if isinstance(term, Filter) and term.key == "state" and term.wanted
        for value in term.values
    }  # fmt: skip
    return "urgent" if wanted and "decided" not in wanted and "merged" not in wanted else "newest"


def count_up_to(found: QuerySet[Case], most: int = COUNT_MAX) -> int:
    """How many cases there are, at most one more than ``most``."""
    return found.order_by()[: most + 1].count()


def whys_of(
    *, cases: Sequence[Case], terms: Sequence[Term]
) -> dict[UUID, list[Why]]:  # fmt: skip
    """For each case the texts that the searched words stand in, a few of them."""
    wanted = words_wanted(terms)
    if not wanted or not cases:
        return {}
    any_of = " | ".join(f"({_raw(term)})" for term in wanted)
    pieces = Piece.objects.filter(
        case__in=[case.pk for case in cases], words=words_query(any_of)
    ).values_list("case", "kind", "source")
    by_case: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for case, kind, source in pieces:
        if len(by_case[case]) < WHY_MAX:
            by_case[case].append((kind, source))
    texts = _texts(by_case.values())
    return {
        case: [
            Why(kind, source_of(kind).says, excerpt_of(texts.get((kind, key), ""), wanted))
            for kind, key in found
        ]
        for case, found in by_case.items()
    }


def _texts(found: Iterable[list[tuple[str, UUID]]]) -> dict[tuple[str, UUID], str]:
    wanted: dict[str, list[UUID]] = defaultdict(list)
    for pieces in found:
        for kind, key in pieces:
            wanted[kind].append(key)
    return {
        (kind, key): text
        for kind, keys in wanted.items()
        for key, text in texts_of(source_of(kind), keys).items()
    }


def _has(term: Words) -> Q:
    there = Q(Exists(Piece.objects.filter(case=OuterRef("pk"), words=words_query(_raw(term)))))
    return there if term.wanted else ~there


def _raw(term: Words) -> str:
    return tsquery(term.words, beginning=term.beginning)


def views_of(person: Person) -> QuerySet[SavedView]:
    """A person's own searches and those shared with everybody, by name."""
    return SavedView.objects.filter(Q(person=person) | Q(shared=True)).select_related("person")


def view_find(*, view_id: UUID, person: Person) -> SavedView:
    """A saved search that this person may use; raises NotFound."""
    view = views_of(person).filter(pk=view_id).first()
    if view is None:
        raise NotFound("There is no saved search with this id.")
    return view
