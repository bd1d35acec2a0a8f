"""What an erasure reaches of runs over many cases: reasons and searches that name somebody."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.core.mentions import longest, named_in

from .models import AT_WORK, BulkRun, RunState

TEXTS = ("reason", "query", "second_reason", "undo_reason")


@transaction.atomic
def runs_forget(terms: Collection[str], *, actor: str) -> int:
    """Erase the words and salts of every run that names one of the terms; how many there were.

    What became of each case stays. Raises Conflict while such a run still needs its words.
    """
    if not terms:
        return 0
    words = [longest(term) for term in terms]
    near = reduce(or_, (Q(**{f"{name}__icontains": word}) for name in TEXTS for word in words))
    rows = BulkRun.objects.select_for_update(of=("self",)).filter(near).order_by("pk")
    found = [row for row in rows if any(named_in(getattr(row, name), terms) for name in TEXTS)]
    for row in found:
        _forget(row, actor=actor)
    return len(found)


def _forget(run: BulkRun, *, actor: str) -> None:
    if run.state in (RunState.WAITING, *AT_WORK):
        raise Conflict(
            "A run over many cases names this person in its words and is not over. Wait for its "
            "end, or answer or stop it; then try again."
        )
    for name in TEXTS:
        setattr(run, name, "")
    run.salts, run.forgotten_at = {}, run.forgotten_at or now()
    run.save(update_fields=[*TEXTS, "salts", "forgotten_at"])
    event_append(
        chain=SYSTEM_CHAIN, name="bulk.forgotten", actor=actor, payload={"run": str(run.pk)}
    )
