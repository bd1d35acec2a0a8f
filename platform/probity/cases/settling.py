"""Bringing a case's place in the order up to date: its queue, its own clocks, its points."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from probity.core.inner import inner

from .clocks import Deadline, clocks_change, nearest_keep, targets_of
from .models import Case
from .prioritising import case_prioritise
from .routing import case_route


@inner
def case_settle(
    *,
    case: Case,
    actor: str = "system",
    deadlines: Sequence[Deadline] | None = None,
    met: Collection[str] = (),
) -> Case:
    """Route a case, set its queue's targets, work out its points: after whatever bears on them.

    With ``deadlines`` its legal clocks are made equal to them first (``met`` as in ``clocks_set``).
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related("queue").get(pk=case.pk)
    if deadlines is not None:
        clocks_change(case=locked, deadlines=deadlines, service=False, actor=actor, met=met)
    locked = case_route(case=locked, actor=actor)
    clocks_change(case=locked, deadlines=targets_of(locked), service=True, actor=actor)
    nearest_keep(locked)
    case_prioritise(locked)
    case.due_at, case.due_for = locked.due_at, locked.due_for
    return locked
