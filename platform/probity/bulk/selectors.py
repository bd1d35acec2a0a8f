"""Reading runs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, QuerySet

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import visible
from probity.core.errors import NotFound

from .models import BulkItem, BulkRun, ItemState


def runs() -> QuerySet[BulkRun]:
    """Every run, the latest first."""
    return BulkRun.objects.select_related("person", "second").order_by("-proposed_at")


def runs_seen(person: Person) -> QuerySet[BulkRun]:
    """One's own runs; all of them for whoever may agree to them."""
    every = runs()
    return every if Ability.DECISIONS_APPROVE in person.abilities else every.filter(person=person)


def run_find(*, run_id: UUID, person: Person) -> BulkRun:
    """A run by id; raises NotFound, also for one that this person may not see."""
    run = runs_seen(person).filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no run with this id.")
    return run


def items_of(run: BulkRun, person: Person) -> QuerySet[BulkItem]:
    """The cases of a run that this person may see, in their order."""
    rows = BulkItem.objects.filter(visible(person, through="case"), run=run)
    return rows.select_related("case").order_by("place")


def counts_of(run: BulkRun) -> Mapping[ItemState, int]:
    """How many cases stand where."""
    rows = run.items.order_by().values_list("state").annotate(count=Count("pk"))
    found = {ItemState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in ItemState}
