"""Bringing a case's place in the order up to date: its queue, its own clocks, its points."""

from __future__ import annotations

from django.db import transaction

from .clocks import service_clocks_set
from .models import Case
from .prioritising import case_prioritise
from .routing import case_route


@transaction.atomic
def case_settle(*, case: Case, actor: str = "system") -> Case:
    """Route a case, set its queue's targets, work out its points: after whatever bears on them."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked = case_route(case=locked, actor=actor)
    service_clocks_set(case=locked, actor=actor)
    locked.refresh_from_db()
    case_prioritise(locked)
    return locked
