"""What follows from a decision once it takes effect: measures begin, former ones end.

``decision_effective`` is the one place where a decision takes effect. The room ``workflow`` calls
it and hangs on it what other rooms have to do then (statement, notices, clocks).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict

from .carrying import measure_tell
from .deciding import standing_lock
from .models import Decision, DecisionState, Measure, Standing
from .selectors import decision_current


@transaction.atomic
def decision_effective(*, decision: Decision, actor: str) -> Decision:
    """Let a decision take effect: it supersedes the one in force, and its measures begin.

    A measure that the new decision keeps as it was goes on under its reference; any other measure
    of the former decision is lifted. Raises Conflict unless the decision waits and its undo window
    is over; the database refuses what lacks the second person it needs.
    """
    standing = standing_lock(decision)
    moment = now()
    if standing.state != DecisionState.WAITING:
        raise Conflict("This decision does not wait to take effect.")
    if standing.effective_after is None or moment < standing.effective_after:
        raise Conflict("This decision can still be undone; it takes effect afterwards.")
    former = decision_current(decision.case)
    if former:
        _supersede(former, moment)
    standing.state, standing.effective_at = DecisionState.EFFECTIVE, moment
    standing.save()
    running = _running(former)
    begun = [
        _begin(row, running.pop(row.action, None), moment=moment, actor=actor)
        for row in decision.measures.select_related("decision__case").order_by("action")
    ]
    for row in running.values():
        measure_end(measure=row, why="lifted", actor=actor)
    event_append(
        chain=case_chain(decision.case_id),
        name="decision.effective",
        actor=actor,
        payload={
            "decision": str(decision.pk),
            "supersedes": str(former.pk) if former else None,
            "measures": [_told(row) for row in begun],
        },
    )
    return Decision.objects.select_related("standing", "case").get(pk=decision.pk)


@transaction.atomic
def measure_end(*, measure: Measure, why: str, actor: str, replaced_by: UUID | None = None) -> None:
    """End a running measure and tell the platform; ``why`` is lifted or expired."""
    measure.over_at, measure.over_why = now(), why
    measure.save(update_fields=["over_at", "over_why"])
    event_append(
        chain=case_chain(measure.decision.case_id),
        name="measure.over",
        actor=actor,
        payload={
            "measure": str(measure.pk),
            "reference": str(measure.reference),
            "action": measure.action,
            "why": why,
        },
    )
    measure_tell(measure=measure, event=why, actor=actor, other=replaced_by)


def measures_sweep() -> int:
    """End the measures whose time is over; return how many."""
    due = Measure.objects.filter(over_at=None, ends_at__lte=now()).values_list(
        "pk", "decision__case"
    )
    return sum(_expire(measure, case) for measure, case in list(due))


@transaction.atomic
def _expire(measure: UUID, case: UUID) -> bool:
    if not Case.objects.select_for_update(skip_locked=True).filter(pk=case).exists():
        return False
    row = (
        Measure.objects.select_for_update(of=("self",))
        .select_related("decision__case")
        .filter(pk=measure, over_at=None, ends_at__lte=now())
        .first()
    )
    if row is None:
        return False
    measure_end(measure=row, why="expired", actor="system")
    return True


def _supersede(former: Decision, moment: datetime) -> None:
    standing = Standing.objects.select_for_update().get(decision=former)
    standing.state, standing.ended_at = DecisionState.SUPERSEDED, moment
    standing.save()


def _running(former: Decision | None) -> dict[str, Measure]:
    """The former decision's measures that are not over, by action."""
    if former is None:
        return {}
    rows = former.measures.filter(over_at=None).select_related("decision__case")
    return {row.action: row for row in rows}


def _begin(row: Measure, former: Measure | None, *, moment: datetime, actor: str) -> Measure:
    """Start a measure: as the continuation of the former one, or anew in its place."""
    row.starts_at = moment
    if former and former.scope == row.scope and former.days is None and row.days is None:
        former.over_at, former.over_why = moment, "continued"
        former.save(update_fields=["over_at", "over_why"])
        row.continues, row.reference = former, former.reference
        row.save(update_fields=["starts_at", "continues", "reference"])
        return row
    row.ends_at = moment + timedelta(days=row.days) if row.days else None
    row.save(update_fields=["starts_at", "ends_at"])
    measure_tell(
        measure=row, event="applied", actor=actor, other=former.reference if former else None
    )
    if former:
        measure_end(measure=former, why="lifted", actor=actor, replaced_by=row.reference)
    return row


def _told(row: Measure) -> Mapping[str, object]:
    return {
        "measure": str(row.pk),
        "reference": str(row.reference),
        "action": row.action,
        "continues": str(row.continues_id) if row.continues_id else None,
        "ends": row.ends_at.isoformat() if row.ends_at else None,
    }
