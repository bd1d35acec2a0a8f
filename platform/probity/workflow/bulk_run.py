"""Doing a run: each case in a transaction of its own, exactly once, whoever dies in between.

A case's row says ``chosen`` until the transaction that acts on it says ``done``: a worker that is
killed leaves both or neither, and the next one goes on from there. Workers share a run by skipping
the rows that others hold.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from probity.accounts.actors import Actor, person_actor
from probity.audit.services import SYSTEM_CHAIN, case_chain, event_append
from probity.bulk.asking import Order
from probity.bulk.models import AT_WORK, BulkAction, BulkItem, BulkRun, ItemState, RunState
from probity.bulk.planning import rules_for
from probity.bulk.selectors import counts_of
from probity.cases.access import case_require
from probity.cases.claims import case_claim, case_release
from probity.cases.handing import case_requeue, case_send, case_snooze, case_wake
from probity.cases.models import Case, CaseState, Queue
from probity.cases.queues import case_queue_set
from probity.cases.selectors import claim_live
from probity.cases.settling import case_settle
from probity.cases.waiting import handover_close
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed, Refusal
from probity.decisions.selectors import decision_find

from .case_decide import case_decide
from .decision_effect import decision_take_back

logger = logging.getLogger(__name__)
#: Steps of one turn, so that other work of the same worker is not kept waiting.
TURN = 200
BROKEN = "Something went wrong on our side; nothing was done to this case."


def bulk_work(*, most: int = TURN) -> int:
    """Go on with every run that is at work; return how many cases were acted on."""
    done = 0
    runs = BulkRun.objects.filter(state__in=AT_WORK).order_by("proposed_at")
    for run in runs:
        step = _undo_one if run.state == RunState.UNDOING else _do_one
        while done < most and step(run.pk):
            done += 1
        _end(run.pk)
    return done


def _do_one(run_id: UUID) -> bool:
    return _step(run_id, state=RunState.RUNNING, item_state=ItemState.CHOSEN, act=_act)


def _undo_one(run_id: UUID) -> bool:
    return _step(run_id, state=RunState.UNDOING, item_state=ItemState.DONE, act=_revert)


@transaction.atomic
def _step(
    run_id: UUID, *, state: RunState, item_state: ItemState, act: Callable[[BulkItem], None]
) -> bool:
    """Act on the next case that no other worker holds; False when there is none."""
    if _state_held(run_id) != state:
        return False
    rows = BulkItem.objects.select_for_update(skip_locked=True, of=("self",))
    item = (
        rows.filter(run=run_id, state=item_state)
        .select_related("run__person", "case")
        .order_by("place")
        .first()
    )
    if item is None:
        return False
    undoing = state == RunState.UNDOING
    try:
        with transaction.atomic():
            act(item)
        item.state = ItemState.UNDONE if undoing else ItemState.DONE
    except Refusal as refusal:
        item.state, item.why = _stays(undoing), refusal.sentence[:400]
    except Exception:
        logger.exception("Run %s could not act on case %s.", run_id, item.case_id)
        item.state, item.why = _stays(undoing), BROKEN
    item.at = now()
    item.save(update_fields=["state", "why", "before", "result", "held", "at"])
    return True


def _state_held(run_id: UUID) -> str:
    """The run's state, which nobody changes before this step is over; steps hold it together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM bulk_run WHERE id = %s FOR SHARE", [run_id])
        return str(cursor.fetchone()[0])


def _stays(undoing: bool) -> ItemState:  # noqa: FBT001 - what kind of step failed
    return ItemState.KEPT if undoing else ItemState.FAILED


def _act(item: BulkItem) -> None:
    """Do the run's action to one case, as the person who asked for it may now."""
    run, actor = item.run, person_actor(item.run.person)
    if not run.person.is_active:
        raise NotAllowed("Whoever asked for this run can no longer sign in.")
    case_require(run.person, item.case_id)
    case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    if case.state in (CaseState.DECIDED, CaseState.MERGED):
        raise Conflict(f"It was {case.state} meanwhile.")
    item.why = ""
    ACTIONS[BulkAction(run.action)](item, case, Order(BulkAction(run.action), run.what), actor)
    event_append(
        chain=case_chain(case.pk), name="bulk.applied", actor=actor.name,
        payload={
            "run": str(run.pk), "action": run.action,
            "result": str(item.result) if item.result else None,
        },
    )  # fmt: skip


def _decide(item: BulkItem, case: Case, order: Order, actor: Actor) -> None:
    decision = case_decide(
        case=case, measures=order.measures, reason=item.run.reason,
        rules=rules_for(case, order.rules), actor=actor, not_before=item.run.lands_at,
    )  # fmt: skip
    item.result, item.held = decision.pk, decision.needs_second_person
    if item.held:
        item.why = "; ".join(why["because"] for why in decision.second_person)[:400]


def _send(item: BulkItem, case: Case, order: Order, actor: Actor) -> None:
    case_send(case=case, person=order.person, reason=item.run.reason, actor=actor)


def _queue(item: BulkItem, case: Case, order: Order, actor: Actor) -> None:
    item.before = {"queue": case.queue.key, "fixed": case.queue_fixed}
    case_requeue(case=case, queue=order.queue, reason=item.run.reason, actor=actor)


def _snooze(item: BulkItem, case: Case, order: Order, actor: Actor) -> None:
    case_snooze(case=case, until=order.until, reason=item.run.reason, actor=actor)


def _release(item: BulkItem, case: Case, order: Order, actor: Actor) -> None:  # noqa: ARG001
    if claim_live(case) is None:
        raise Conflict("Nobody holds it any more.")
    case_release(case=case, actor=actor, reason=item.run.reason)


ACTIONS: dict[BulkAction, Callable[[BulkItem, Case, Order, Actor], None]] = {
    BulkAction.DECIDE: _decide,
    BulkAction.SEND: _send,
    BulkAction.QUEUE: _queue,
    BulkAction.SNOOZE: _snooze,
    BulkAction.RELEASE: _release,
}


def _revert(item: BulkItem) -> None:
    """Take back what the run did to one case, unless somebody changed it since."""
    run = item.run
    actor = person_actor(run.undone_by or run.person)
    case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    REVERSALS[BulkAction(run.action)](item, case, actor)
    event_append(
        chain=case_chain(case.pk), name="bulk.reverted", actor=actor.name,
        payload={"run": str(run.pk), "action": run.action},
    )  # fmt: skip


def _undecide(item: BulkItem, case: Case, actor: Actor) -> None:
    if item.result is None:
        raise Conflict("No decision of this run is known for it.")
    decision_take_back(decision=decision_find(item.result), actor=actor)
    # one person cannot work on all of them at once: they wait for anybody again
    case_release(case=case, actor=actor)


def _unsend(item: BulkItem, case: Case, actor: Actor) -> None:
    if str(case.kept_for_id) != item.run.what["person"]:
        raise Conflict("It was opened or passed on since.")
    handover_close(case=case, why="withdrawn", actor=actor.name)


def _unqueue(item: BulkItem, case: Case, actor: Actor) -> None:
    if case.queue.key != item.run.what["queue"] or case.state != CaseState.OPEN:
        raise Conflict("It was taken up or moved since.")
    case.queue_fixed = item.before["fixed"]
    case.save(update_fields=["queue_fixed"])
    queue = Queue.objects.get(key=item.before["queue"])
    moved = case_queue_set(case=case, queue=queue, why="a run was undone", actor=actor.name)
    case_settle(case=moved, actor=actor.name)


def _unsnooze(item: BulkItem, case: Case, actor: Actor) -> None:
    if case.snoozed_until is None or case.snoozed_until.isoformat() != item.run.what["until"]:
        raise Conflict("It came back, or was put off anew, since.")
    case_wake(case=case, actor=actor)


def _unrelease(item: BulkItem, case: Case, actor: Actor) -> None:  # noqa: ARG001
    case_claim(case=case, actor=actor)


REVERSALS: dict[BulkAction, Callable[[BulkItem, Case, Actor], None]] = {
    BulkAction.DECIDE: _undecide,
    BulkAction.SEND: _unsend,
    BulkAction.QUEUE: _unqueue,
    BulkAction.SNOOZE: _unsnooze,
    BulkAction.RELEASE: _unrelease,
}


@transaction.atomic
def _end(run_id: UUID) -> None:
    """Close a run that has no case left to act on."""
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    counts = counts_of(run)
    if run.state == RunState.RUNNING and not counts[ItemState.CHOSEN]:
        run.state, name = RunState.DONE, "bulk.ended"
        payload = {"done": counts[ItemState.DONE], "failed": counts[ItemState.FAILED]}
    elif run.state == RunState.UNDOING and not counts[ItemState.DONE]:
        run.state, name = RunState.UNDONE, "bulk.undone"
        payload = {"undone": counts[ItemState.UNDONE], "kept": counts[ItemState.KEPT]}
    else:
        return
    run.ended_at = now()
    run.save(update_fields=["state", "ended_at"])
    event_append(
        chain=SYSTEM_CHAIN, name=name, actor="system", payload={"run": str(run.pk), **payload}
    )
