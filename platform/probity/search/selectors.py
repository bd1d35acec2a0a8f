"""Finding cases, and the places in their texts that matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import OrderBy, Q, QuerySet
from psycopg.errors import QueryCanceled

from probity.accounts.models import Person
from probity.cases.access import cases_visible
from probity.cases.models import IN_ORDER, Case
from probity.core.clock import now
from probity.core.errors import NotFound

from .errors import SearchRefused
from .excerpts import Excerpt, excerpt_of
from .fields import Asking, condition_of, field_of
from .having import contradict, have, raw
from .language import Filter, Term, Words, query_read, words_wanted
from .models import Piece, SavedView
from .sources import source_of, texts_of
from .words import words_query

#: Beyond this many results nobody counts on: the page says "more than".
COUNT_MAX = 1_000
COUNT_SECONDS = 0.02
FIND_SECONDS = 10
#: One worker, and nothing compiled: for a page full neither is worth its beginning.
ONE_WORKER = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off"
LATE = (
    "This search takes too long: its words stand in very many cases. Add a rarer word, or a filter "
    "such as queue: or state:."
)
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
        if isinstance(term, Filter):
            found = found.filter(condition_of(term, asking))
    words = [term for term in terms if isinstance(term, Words)]
    found = found.none() if contradict(words) else found.filter(have(words))
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


def first_of(found: QuerySet[Case], *, start: int, most: int) -> list[Case]:
    """Some of the cases of a search, in its order, from one place on.

    Read by one worker: several at once would each read on far beyond the few that are asked for.
    Raises SearchRefused when the database has not found them within ``FIND_SECONDS``.
    """
    try:
        with _within(FIND_SECONDS):
            return list(found[start : start + most])
    except _Late:
        raise SearchRefused.because(LATE)


def count_up_to(found: QuerySet[Case], most: int = COUNT_MAX) -> int | None:
    """How many cases there are, at most one more than ``most``.

    None when the database cannot say within ``COUNT_SECONDS``: a number is not worth a wait.
    """
    try:
        with _within(COUNT_SECONDS):
            return found.order_by()[: most + 1].count()
    except _Late:
        return None


class _Late(Exception):
    """The database did not answer in time."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Give each statement of a block so long; raises _Late."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{ONE_WORKER}; SET LOCAL statement_timeout = {seconds * 1000:.0f}")
            yield
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as late:
        if isinstance(late.__cause__, QueryCanceled):
            raise _Late
        raise


def whys_of(*, cases: Sequence[Case], terms: Sequence[Term]) -> dict[UUID, list[Why]]:
    """For each case the texts that the searched words stand in, a few of them."""
    wanted = words_wanted(terms)
    if not wanted or not cases:
        return {}
    any_of = " | ".join(f"({raw(term)})" for term in wanted)
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


def views_of(person: Person) -> QuerySet[SavedView]:
    """A person's own searches and those shared with everybody, by name."""
    return SavedView.objects.filter(Q(person=person) | Q(shared=True)).select_related("person")


def view_find(*, view_id: UUID, person: Person) -> SavedView:
    """A saved search that this person may use; raises NotFound."""
    view = views_of(person).filter(pk=view_id).first()
    if view is None:
        raise NotFound("There is no saved search with this id.")
    return view
