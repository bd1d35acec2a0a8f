"""Running deadlines: set from an evaluation, warned about, breached, stopped by a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.audit.services import case_chain, event_append
from probity.core.clock import now

from .models import Case, Clock

#: A clock warns when three quarters of its time are gone.
WARN_SHARE = 0.75


@dataclass(frozen=True)
class Deadline:
    """What the law, as evaluated, wants done until when. ``duty`` is the obligation's action."""

    rule: str
    duty: str
    title: str
    started_at: datetime
    due_at: datetime
    provisional: bool

    @property
    def warn_at(self) -> datetime:
        """When three quarters of the time are gone."""
        return self.started_at + (self.due_at - self.started_at) * WARN_SHARE


@transaction.atomic
def clocks_set(*, case: Case, deadlines: Sequence[Deadline], actor: str) -> None:
    """Make the case's open clocks equal to ``deadlines``; what did not change keeps running.

    The nearest one is kept on the case, so that the queue can be ordered by it.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    wanted = {(line.rule, line.duty): line for line in deadlines}
    ended = []
    for clock in locked.clocks.filter(ended_at=None):
        line = wanted.get((clock.rule, clock.duty))
        if line and _same(clock, line):
            del wanted[clock.rule, clock.duty]
            continue
        _end(clock, "moved" if line else "ruled out")
        ended.append(clock)
    started = [Clock(case=locked, warn_at=line.warn_at, **vars(line)) for line in wanted.values()]
    Clock.objects.bulk_create(started)
    if started or ended:
        event_append(
            chain=case_chain(case.pk),
            name="clocks.set",
            actor=actor,
            payload={
                "started": [_told(clock) for clock in started],
                "ended": [_told(clock) for clock in ended],
            },
        )
    nearest = min(deadlines, key=lambda line: line.due_at, default=None)
    locked.due_at = nearest.due_at if nearest else None
    locked.due_for = nearest.title if nearest else ""
    locked.save(update_fields=["due_at", "due_for"])
    case.due_at, case.due_for = locked.due_at, locked.due_for


@transaction.atomic
def clocks_stop(*, case: Case, why: str, actor: str) -> None:
    """End every open clock of a case, because it was decided for instance."""
    running = list(case.clocks.select_for_update().filter(ended_at=None))
    for clock in running:
        _end(clock, why)
    if running:
        event_append(
            chain=case_chain(case.pk),
            name="clocks.set",
            actor=actor,
            payload={"started": [], "ended": [_told(clock) for clock in running]},
        )


def clocks_running(case: Case) -> QuerySet[Clock]:
    """The open clocks of a case, the nearest first."""
    return case.clocks.filter(ended_at=None)


def clocks_sweep() -> int:
    """Record each warning and each breach once; return how many were recorded."""
    late = Q(breached_at=None, due_at__lte=now())
    near = Q(warned_at=None, warn_at__lte=now(), due_at__gt=now())
    due = Clock.objects.filter(late | near, ended_at=None)
    return sum(_tell(clock) for clock in due.select_related("case"))


@transaction.atomic
def _tell(clock: Clock) -> bool:
    """Write the warning or the breach, unless somebody works on the case or did it meanwhile."""
    free = Case.objects.select_for_update(skip_locked=True).filter(pk=clock.case_id).exists()
    row = Clock.objects.filter(pk=clock.pk, ended_at=None).first() if free else None
    if row is None:
        return False
    column = "breached_at" if row.due_at <= now() else "warned_at"
    if getattr(row, column):
        return False
    setattr(row, column, now())
    row.save(update_fields=[column])
    event_append(
        chain=case_chain(row.case_id),
        name="clock.breached" if column == "breached_at" else "clock.warned",
        actor="system",
        payload={
            "clock": str(row.pk),
            "rule": row.rule,
            "duty": row.duty,
            "due": row.due_at.isoformat(),
        },
    )
    return True


def _same(clock: Clock, line: Deadline) -> bool:
    return all(getattr(clock, name) == value for name, value in vars(line).items())


def _end(clock: Clock, why: str) -> None:
    clock.ended_at, clock.ended_why = now(), why
    clock.save(update_fields=["ended_at", "ended_why"])


def _told(clock: Clock) -> dict[str, object]:
    return {
        "rule": clock.rule,
        "duty": clock.duty,
        "due": clock.due_at.isoformat(),
        "provisional": clock.provisional,
        "why": clock.ended_why,
    }
