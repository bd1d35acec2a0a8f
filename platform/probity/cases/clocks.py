"""Running deadlines: set from an evaluation, warned about, breached, stopped by a decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.inner import inner

from .escalation import clock_escalate
from .models import Case, Clock, ServiceTarget, TargetKind
from .priority import hours_words
from .targets import UNDECIDED

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
    service: bool = False
    pausable: bool = False

    @property
    def warn_at(self) -> datetime:
        """When three quarters of the time are gone."""
        return self.started_at + (self.due_at - self.started_at) * WARN_SHARE


@inner
def clocks_set(
    *, case: Case, deadlines: Sequence[Deadline], actor: str, met: Collection[str] = ()
) -> None:
    """Make the case's open legal clocks equal to ``deadlines``; what did not change keeps running.

    ``met``: the duties that were done, such as writing to somebody; their clocks stop, and none
    starts for them.

    The nearest clock is kept on the case, so that the queue can be ordered by it.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    clocks_change(case=locked, deadlines=deadlines, service=False, actor=actor, met=met)
    nearest_keep(locked)
    case.due_at, case.due_for = locked.due_at, locked.due_for


@inner
def service_clocks_set(*, case: Case, actor: str) -> None:
    """Make the case's own clocks equal to the targets of its queue; a decided case has none."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    clocks_change(case=locked, deadlines=targets_of(locked), service=True, actor=actor)
    nearest_keep(locked)
    case.due_at, case.due_for = locked.due_at, locked.due_for


def targets_of(case: Case) -> list[Deadline]:
    """What the targets of its queue promise for a case; nothing for a decided one."""
    if case.state not in UNDECIDED:
        return []
    return [
        _promise(case, target)
        for target in ServiceTarget.objects.filter(queue=case.queue_id)
        if not (target.kind == TargetKind.FIRST_ACTION and case.first_action_at)
    ]


def _promise(case: Case, target: ServiceTarget) -> Deadline:
    span = timedelta(minutes=target.minutes)
    stood = timedelta(seconds=case.paused_seconds if target.pauses else 0)
    what = "first look" if target.kind == TargetKind.FIRST_ACTION else "decision"
    return Deadline(
        rule=f"target:{target.queue_id}",
        duty=target.kind,
        title=f"Our own target: {what} within {hours_words(span)}",
        started_at=case.opened_at,
        due_at=case.opened_at + span + stood,
        provisional=False,
        service=True,
        pausable=target.pauses,
    )


def clocks_change(
    *, case: Case, deadlines: Sequence[Deadline], service: bool, actor: str,
    met: Collection[str] = (),
) -> None:  # fmt: skip
    """Make the open clocks of a locked case, its own or the law's, equal to ``deadlines``.

    ``met`` as in ``clocks_set``. Whoever calls says ``nearest_keep`` once all are changed.
    """
    wanted = {(line.rule, line.duty): line for line in deadlines if line.duty not in met}
    ended = []
    for clock in case.clocks.filter(ended_at=None, service=service):
        if clock.duty in met:
            _meet(clock, actor=actor)
            continue
        line = wanted.get((clock.rule, clock.duty))
        if line and _same(clock, line):
            del wanted[clock.rule, clock.duty]
            continue
        _end(clock, "moved" if line else "ruled out")
        ended.append(clock)
    paused_at = now() if case.waiting_for else None
    started = [
        Clock(
            case=case, warn_at=line.warn_at, paused_at=paused_at if line.pausable else None,
            **vars(line),
        )
        for line in wanted.values()
    ]  # fmt: skip
    if started:
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


@transaction.atomic
def clocks_pause(*, case: Case, waiting_for: str, actor: str) -> None:
    """Stop the clocks of a locked case whose rule says that they stand still meanwhile."""
    paused = case.clocks.filter(ended_at=None, pausable=True, paused_at=None).update(
        paused_at=now()
    )
    if paused:
        _paused(case, actor, clocks=paused, waiting_for=waiting_for)
    nearest_keep(case)


@transaction.atomic
def clocks_resume(*, case: Case, actor: str) -> None:
    """Let the stopped clocks of a locked case run on, due later by as long as they stood."""
    stopped = list(case.clocks.filter(ended_at=None, paused_at__isnull=False))
    if stopped:
        stood = max(now() - clock.paused_at for clock in stopped if clock.paused_at)
        case.paused_seconds += round(stood.total_seconds())
        case.save(update_fields=["paused_seconds"])
        Clock.objects.filter(pk__in=[clock.pk for clock in stopped]).update(paused_at=None)
        _paused(case, actor, clocks=len(stopped), waiting_for="")
        service_clocks_set(case=case, actor=actor)
    nearest_keep(case)


def _paused(case: Case, actor: str, *, clocks: int, waiting_for: str) -> None:
    event_append(
        chain=case_chain(case.pk),
        name="clocks.paused" if waiting_for else "clocks.resumed",
        actor=actor,
        payload={"clocks": clocks, **({"waiting_for": waiting_for} if waiting_for else {})},
    )


def nearest_keep(locked: Case) -> None:
    """Keep the nearest running clock on a locked case."""
    nearest = clocks_running(locked).filter(paused_at=None).order_by("due_at").first()
    found = (nearest.due_at, nearest.title) if nearest else (None, "")
    if found != (locked.due_at, locked.due_for):
        locked.due_at, locked.due_for = found
        locked.save(update_fields=["due_at", "due_for"])


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
    due = Clock.objects.filter(late | near, ended_at=None, paused_at=None)
    return sum(_tell(clock) for clock in due.select_related("case"))


@transaction.atomic
def _tell(clock: Clock) -> bool:
    """Write the warning or the breach, unless somebody works on the case or did it meanwhile."""
    free = Case.objects.select_for_update(skip_locked=True).filter(pk=clock.case_id).exists()
    running = Clock.objects.filter(pk=clock.pk, ended_at=None, paused_at=None)
    row = running.select_related("case").first() if free else None
    if row is None:
        return False
    column = "breached_at" if row.due_at <= now() else "warned_at"
    if getattr(row, column):
        return False
    setattr(row, column, now())
    row.save(update_fields=[column])
    name = "clock.breached" if column == "breached_at" else "clock.warned"
    event_append(
        chain=case_chain(row.case_id),
        name=name,
        actor="system",
        payload={
            "clock": str(row.pk),
            "rule": row.rule,
            "duty": row.duty,
            "due": row.due_at.isoformat(),
        },
    )
    clock_escalate(clock=row, kind=name)
    return True


def _same(clock: Clock, line: Deadline) -> bool:
    return all(getattr(clock, name) == value for name, value in vars(line).items())


def _meet(clock: Clock, *, actor: str) -> None:
    """Stop a clock whose duty was done, in time or late."""
    _end(clock, "met")
    event_append(
        chain=case_chain(clock.case_id),
        name="clock.met",
        actor=actor,
        payload={
            "clock": str(clock.pk),
            "rule": clock.rule,
            "duty": clock.duty,
            "due": clock.due_at.isoformat(),
        },
    )


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
