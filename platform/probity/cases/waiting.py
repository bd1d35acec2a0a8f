"""The ends of waiting: a case that was put off comes back, one that nobody accepted is free again.

What begins it lies in ``handing``; claims end both on the way, and so does the sweep.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.core.clock import now

from .clocks import clocks_resume
from .models import Case, Handover
from .prioritising import case_prioritise


def snooze_close(*, case: Case, why: str, actor: str) -> None:
    """Bring a locked case back: ``why`` is taken, time, or woken. Stopped clocks run on."""
    case.snoozed_until, case.waiting_for = None, ""
    case.save(update_fields=["snoozed_until", "waiting_for"])
    event_append(chain=case_chain(case.pk), name="case.woken", actor=actor, payload={"why": why})
    clocks_resume(case=case, actor=actor)
    case_prioritise(case)


def handover_close(*, case: Case, why: str, actor: str) -> None:
    """End what keeps a locked case for somebody: accepted, withdrawn, declined, ran out."""
    case.kept_for = None
    case.save(update_fields=["kept_for"])
    for row in Handover.objects.filter(case=case, ended_at=None):
        row.ended_at, row.ended_why = now(), why
        row.save(update_fields=["ended_at", "ended_why"])
        event_append(
            chain=case_chain(case.pk),
            name="case.sent_ended",
            actor=actor,
            payload={"handover": str(row.pk), "person": str(row.person_id), "why": why},
        )


def waiting_sweep() -> int:
    """Bring back what is due, and free what nobody accepted; return how many cases."""
    moment = now()
    due = list(Case.objects.filter(snoozed_until__lte=moment).values_list("pk", flat=True))
    late = Handover.objects.filter(ended_at=None, until__lte=moment)
    return sum(_over(key) for key in [*due, *late.values_list("case", flat=True)])


@transaction.atomic
def _over(key: UUID) -> bool:
    case = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
    if case is None:
        return False
    moment = now()
    if case.snoozed_until and case.snoozed_until <= moment:
        snooze_close(case=case, why="time", actor="system")
    if Handover.objects.filter(case=case, ended_at=None, until__lte=moment).exists():
        handover_close(case=case, why="ran out", actor="system")
    return True
