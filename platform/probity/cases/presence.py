"""Who has a case open now: said by their browsers every few seconds, forgotten soon after.

It helps two colleagues not to do the same work. It is nobody's record: rows are deleted once their
time is over, they are in no log, and no figure is made of them.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from probity.accounts.models import Person
from probity.core.clock import now

from .models import Case, Presence

#: How often a page says that it is open, in seconds.
SAID_EVERY = 15
#: How long one word of it counts: a page may miss one turn.
COUNTS_FOR = timedelta(seconds=2 * SAID_EVERY + 5)
SHOWN_MOST = 8


@transaction.atomic
def presence_note(*, case: Case, person: Person) -> Presence:
    """Note that a person has the case open now; what is over, of any case, is deleted."""
    moment = now()
    over = Presence.objects.filter(until__lt=moment).select_for_update(skip_locked=True)
    Presence.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:200])).delete()
    row, _ = Presence.objects.update_or_create(
        case=case, person=person,
        defaults={"until": moment + COUNTS_FOR},
        create_defaults={"since": moment, "until": moment + COUNTS_FOR},
    )  # fmt: skip
    return row


def present(case_id: UUID, *, besides: Person) -> list[str]:
    """The names of the others who have the case open, those who came first before the others."""
    rows = Presence.objects.filter(case=case_id, until__gte=now()).exclude(person=besides)
    names = rows.order_by("since", "person__username").values_list("person__username", flat=True)
    return list(names[:SHOWN_MOST])
