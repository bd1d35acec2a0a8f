"""Who may see which case: one rule for pages, lists, search and API.

A person sees a case when a grant in force names its queue (or every queue) and its category (or
all), unless they declined the category. What somebody may not see is answered like what does not
exist. The system itself, and strangers with a receipt of their own, are not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from probity.accounts.grants import grants_in_force
from probity.accounts.models import EVERY_QUEUE, Grant, GrantKind, Person
from probity.core.errors import NotFound

from .models import Case, Queue

UNKNOWN = "There is no case with this id."
NOBODY = Q(pk__in=[])


def visible(person: Person | None, *, through: str = "") -> Q:
    """The condition that keeps rows to cases this person may see.

    ``through`` is the path from the row to its case, such as ``"case"`` or ``"items__case"``; left
    out for cases themselves. ``None`` stands for the system, which sees all. Empty, and so free of
    cost, for a person with a grant to everything.
    """
    if person is None:
        return Q()
    grants = grants_in_force(person)
    declined = [one.category for one in grants if one.kind == GrantKind.DECLINED]
    given = [one for one in grants if one.kind != GrantKind.DECLINED]
    seen = _given(given, through)
    if declined:
        seen &= ~Q(**{_path(through, "category__in"): declined})
    return seen


def cases_visible(person: Person | None) -> QuerySet[Case]:
    """Every case this person may see, in no order."""
    return Case.objects.filter(visible(person), removed_at=None)


def case_visible(person: Person | None, case_id: UUID | str) -> bool:
    """Whether this person may see this case, should it exist."""
    condition = visible(person)
    return not condition or Case.objects.filter(condition, pk=case_id).exists()


def cases_seen(person: Person | None, cases: Iterable[UUID]) -> set[UUID]:
    """Those of these cases that this person may see."""
    asked, condition = set(cases), visible(person)
    if not condition or not asked:
        return asked
    return set(Case.objects.filter(condition, pk__in=asked).values_list("pk", flat=True))


def case_require(person: Person | None, case_id: UUID) -> None:
    """Raise NotFound, with the sentence of a case that does not exist, unless they may see it."""
    if not case_visible(person, case_id):
        raise NotFound(UNKNOWN)


def queue_visible(person: Person | None, key: str) -> bool:
    """Whether this person sees anything of a queue."""
    if person is None:
        return True
    given = [one for one in grants_in_force(person) if one.kind != GrantKind.DECLINED]
    return any(one.queue in {EVERY_QUEUE, key} for one in given)


def queues_visible(person: Person | None) -> QuerySet[Queue]:
    """The queues this person sees anything of, in their order."""
    if person is None:
        return Queue.objects.all()
    given = [one for one in grants_in_force(person) if one.kind != GrantKind.DECLINED]
    if any(one.queue == EVERY_QUEUE for one in given):
        return Queue.objects.all()
    return Queue.objects.filter(key__in={one.queue for one in given})


def sees_everything(person: Person | None) -> bool:
    """Whether nothing is kept from this person: for records that belong to no one case."""
    return not visible(person)


def _given(grants: Sequence[Grant], through: str) -> Q:
    """Queues as a whole in one condition, then single categories of a queue.

    By the queues' ids: that keeps a queue page an index scan.
    """
    if any(one.queue == EVERY_QUEUE and not one.category for one in grants):
        return Q()
    ids = dict(Queue.objects.filter(key__in={one.queue for one in grants}).values_list("key", "pk"))
    whole = [ids[one.queue] for one in grants if one.queue in ids and not one.category]
    seen = Q(**{_path(through, "queue__in"): whole}) if whole else NOBODY
    for one in grants:
        if not one.category or (one.queue != EVERY_QUEUE and one.queue not in ids):
            continue
        part = Q(**{_path(through, "category"): one.category})
        if one.queue != EVERY_QUEUE:
            part &= Q(**{_path(through, "queue"): ids[one.queue]})
        seen |= part
    return seen


def _path(through: str, name: str) -> str:
    return f"{through}__{name}" if through else name
