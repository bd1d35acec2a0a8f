"""Cases that show the product at work, from media made here: marked, and removable."""

from __future__ import annotations

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.core.clock import now

from .clocks import clocks_stop
from .models import Case
from .prioritising import case_prioritise


@transaction.atomic
def demonstration_mark(*, case: Case, name: str, actor: str) -> Case:
    """Mark a case for good as the demonstration ``name``; at most one of a name is ever here.

    Raises IntegrityError when another case of this name is here.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked.demonstration = name
    locked.save(update_fields=["demonstration"])
    event_append(
        chain=case_chain(case.pk),
        name="case.demonstration",
        actor=actor,
        payload={"demonstration": name},
    )
    case_prioritise(locked)
    return locked


@transaction.atomic
def demonstration_hide(*, case: Case, actor: str) -> Case:
    """Take a demonstration out of every list; its log stays.

    Raises IntegrityError for a case that is none.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked.removed_at = now()
    locked.save(update_fields=["removed_at"])
    clocks_stop(case=locked, why="removed", actor=actor)
    locked.claims.filter(ended_at=None).update(ended_at=locked.removed_at, ended_why="removed")
    event_append(
        chain=case_chain(case.pk),
        name="case.demonstration_removed",
        actor=actor,
        payload={"demonstration": locked.demonstration},
    )
    return locked
