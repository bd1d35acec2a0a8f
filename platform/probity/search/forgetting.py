"""What an erasure reaches of searches: those that name somebody, kept ones and those of tables."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.mentions import longest, named_in

from .models import SavedView, SearchExport


@transaction.atomic
def searches_forget(terms: Collection[str], *, actor: str) -> int:
    """Remove every kept search that names one of the terms, and erase what was asked for a table
    that left, with its salt. How many there were."""
    if not terms:
        return 0
    return _views(terms, actor) + _exports(terms, actor)


def _views(terms: Collection[str], actor: str) -> int:
    near = reduce(
        or_, (Q(name__icontains=word) | Q(query__icontains=word) for word in map(longest, terms))
    )
    rows = SavedView.objects.select_for_update(of=("self",)).filter(near)
    found = [row for row in rows if named_in(f"{row.name}\n{row.query}", terms)]
    for row in found:
        _said("view.removed", actor, view=str(row.pk))
        row.delete()
    return len(found)


def _exports(terms: Collection[str], actor: str) -> int:
    near = reduce(or_, (Q(query__icontains=word) for word in map(longest, terms)))
    rows = SearchExport.objects.select_for_update(of=("self",)).filter(near)
    found = [row for row in rows if named_in(row.query, terms)]
    for row in found:
        row.query = row.salt = ""
        row.save(update_fields=["query", "salt"])
        _said("search.forgotten", actor, export=str(row.pk))
    return len(found)


def _said(name: str, actor: str, **payload: str) -> None:
    event_append(chain=SYSTEM_CHAIN, name=name, actor=actor, payload=payload)
