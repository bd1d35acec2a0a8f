"""Asking for a run, agreeing to it, stopping it, taking it back. The work itself is workflow's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.blank import blank
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.core.wake import task_wake

from .asking import Order
from .models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from .planning import Line, plan_make

TASK = "probity.bulk"
REASON_MAX = 2_000
#: How long one case may take at most on a busy worker; decisions wait for the whole run.
CASE_SECONDS = 2
#: How long an undo may take to reach the last case, beside the time per case.
UNDO_GRACE = timedelta(seconds=60)


@transaction.atomic
def run_propose(
    *,
    order: Order,
    reason: str,
    actor: Actor,
    query: str = "",
    cases: Collection[UUID] = (),
    seen: str = "",
) -> BulkRun:
    """Ask for one action on many cases; it begins at once, or when a second person agreed.

    ``seen`` is the mark of the plan that was looked at; Conflict when the cases changed since.
    Raises NotAllowed, InvalidInput, SearchRefused.
    """
    person = actor.require_person(Ability.BULK_RUN)
    actor.require(Ability.CASES_WORK)
    reason = _reason(reason)
    plan = plan_make(order=order, person=person, query=query, cases=cases)
    if seen and seen != plan.mark:
        raise Conflict(
            "Some of these cases changed while you were looking. Here is what would happen now; "
            "nothing was done."
        )
    if not plan.chosen:
        raise InvalidInput.of({"cases": "Every one of these cases is left out; nothing is to do."})
    query = "" if cases else query.strip()
    digests, salts = {"query": ""}, {}
    for name, text in (("reason", reason), ("query", query)):
        if text:
            digests[name], salts[name] = commit_to(text)
    run = BulkRun(
        action=order.action, what=dict(order.what), query=query, reason=reason, salts=salts,
        state=RunState.WAITING if plan.second_needed else RunState.RUNNING,
        second_needed=plan.second_needed, person=person, proposed_at=now(),
    )  # fmt: skip
    if not plan.second_needed:
        _begin(run, len(plan.chosen))
    run.save(force_insert=True)
    BulkItem.objects.bulk_create(_item(run, place, line) for place, line in enumerate(plan.lines))
    payload = {
        "run": str(run.pk), "action": run.action, "chosen": len(plan.chosen),
        "left_out": len(plan.left_out), "second_person": plan.second_needed,
        "reason": digests["reason"], "query": digests["query"],
    }  # fmt: skip
    _said("bulk.proposed", actor, payload)
    return run


def _item(run: BulkRun, place: int, line: Line) -> BulkItem:
    return BulkItem(
        run=run, case=line.case, place=place, why=(line.left_out or line.second)[:400],
        state=ItemState.LEFT_OUT if line.left_out else ItemState.CHOSEN, held=bool(line.second),
    )  # fmt: skip


@transaction.atomic
def run_answer(*, run: BulkRun, agreed: bool, reason: str, actor: Actor) -> BulkRun:
    """A second person agrees, and the run begins, or refuses with a reason.

    Agreeing to the run agrees to no decision in it that needs a second person of its own.
    Raises NotAllowed for whoever asked for it, Conflict when it waits for nobody, InvalidInput.
    """
    person = actor.require_person(Ability.DECISIONS_APPROVE)
    locked = BulkRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state != RunState.WAITING:
        raise Conflict("This run does not wait for a second person any more.")
    if locked.person_id == person.pk:
        raise NotAllowed("Somebody else has to look at this: you asked for it yourself.")
    text = reason.strip() if agreed else _reason(reason)
    digest = ""
    if text:
        digest, locked.salts["second_reason"] = commit_to(text)
    locked.second, locked.second_reason = person, text
    if agreed:
        locked.state = RunState.RUNNING
        _begin(locked, locked.items.filter(state=ItemState.CHOSEN).count())
    else:
        locked.state, locked.ended_at = RunState.REFUSED, now()
    locked.save()
    _said("bulk.answered", actor, {"run": str(run.pk), "agreed": agreed, "reason": digest})
    return locked


@transaction.atomic
def run_stop(*, run: BulkRun, actor: Actor) -> BulkRun:
    """Stop a run: what is done stays done and can be undone, the other cases are left alone."""
    actor.require_person(Ability.BULK_RUN)
    locked = BulkRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state != RunState.RUNNING:
        raise Conflict("This run is not at work any more.")
    locked.state, locked.ended_at = RunState.STOPPED, now()
    locked.save(update_fields=["state", "ended_at"])
    done = locked.items.filter(state=ItemState.DONE).count()
    left = locked.items.filter(state=ItemState.CHOSEN).count()
    _said("bulk.stopped", actor, {"run": str(run.pk), "done": done, "left": left})
    return locked


@transaction.atomic
def run_undo(*, run: BulkRun, reason: str, actor: Actor) -> BulkRun:
    """Take a whole run back, case by case, while its time to undo lasts.

    A case that changed since stays as it is, and says so. Decisions can be taken back only by
    whoever made them. Raises NotAllowed, Conflict, InvalidInput.
    """
    person = actor.require_person(Ability.BULK_RUN)
    locked = BulkRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state not in (RunState.RUNNING, RunState.DONE, RunState.STOPPED):
        raise Conflict("There is nothing of this run to undo.")
    if locked.undo_until is None or now() > locked.undo_until:
        raise Conflict(
            "The time to undo this run as a whole is over. Each case can be changed by itself."
        )
    if locked.action == BulkAction.DECIDE and locked.person_id != person.pk:
        raise NotAllowed("Only whoever asked for this run can take its decisions back.")
    text = _reason(reason)
    digest, locked.salts["undo_reason"] = commit_to(text)
    locked.state, locked.undone_by, locked.undo_reason = RunState.UNDOING, person, text
    locked.save()
    _said("bulk.undo_begun", actor, {"run": str(run.pk), "reason": digest})
    transaction.on_commit(lambda: task_wake(TASK))
    return locked


def _begin(run: BulkRun, count: int) -> None:
    """Set when a run begins, until when it can be undone, and when its decisions take effect."""
    run.begun_at = now()
    spent = timedelta(seconds=CASE_SECONDS * count)
    run.undo_until = run.begun_at + spent + timedelta(seconds=settings.BULK_UNDO_SECONDS)
    run.lands_at = run.undo_until + spent + UNDO_GRACE
    transaction.on_commit(lambda: task_wake(TASK))


def _reason(text: str) -> str:
    text = text.strip()
    if blank(text) or len(text) > REASON_MAX:
        raise InvalidInput.of(
            {"reason": f"Give the reason in a sentence or two, at most {REASON_MAX} characters."}
        )
    return text


def _said(name: str, actor: Actor, payload: dict[str, object]) -> None:
    event_append(chain=SYSTEM_CHAIN, name=name, actor=actor.name, payload=payload)
