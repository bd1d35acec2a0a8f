"""Runs over many cases: planned, agreed to, done once each, undone as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.bulk.asking import (
    Order,
    decide_order,
    queue_order,
    release_order,
    send_order,
    snooze_order,
)
from probity.bulk.models import BulkItem, BulkRun, ItemState, RunState
from probity.bulk.planning import plan_make
from probity.bulk.selectors import counts_of
from probity.bulk.services import run_answer, run_propose, run_stop, run_undo
from probity.cases.claims import case_claim
from probity.cases.models import Case, CaseClaim, CaseState, Queue
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, DecisionState
from probity.keeping.holds import hold_place
from probity.workflow.bulk_run import bulk_work

pytestmark = pytest.mark.django_db
Many = Callable[..., list[Case]]


def label() -> Order:
    return decide_order(measures=[Asked("label")])


def states(run: BulkRun) -> dict[str, int]:
    return {str(state): count for state, count in counts_of(run).items() if count}


def test_every_case_is_decided_once_and_lands_together(many: Many, lead: Actor) -> None:
    cases = many(5)
    run = run_propose(
        order=label(),
        reason="All the same.",
        actor=lead,
        query="advertisement category:advertising",
    )
    assert run.state == RunState.RUNNING
    assert bulk_work() == 5
    assert bulk_work() == 0
    run.refresh_from_db()
    assert (run.state, states(run)) == (RunState.DONE, {"done": 5})
    decisions = Decision.objects.filter(case__in=cases)
    assert {row.reason for row in decisions} == {"All the same."}
    assert {row.standing.effective_after for row in decisions} == {run.lands_at}
    assert all(row.state == DecisionState.WAITING for row in decisions)
    names = AuditEvent.objects.filter(chain=case_chain(cases[0].pk)).values_list("name", flat=True)
    assert "bulk.applied" in names
    assert chain_verify(case_chain(cases[0].pk)).intact


def test_who_is_left_out_and_why(
    many: Many, lead: Actor, other: Actor, person: Callable[..., Any]
) -> None:
    held, kept, gone, plain = many(4)
    case_claim(case=held, actor=other)
    hold_place(
        case=kept, kind="court_order", reason="Order 7", reference="7/26",
        actor=person_actor(person("lex", "legal")),
    )  # fmt: skip
    Case.objects.filter(pk=gone.pk).update(state=CaseState.IN_REVIEW)
    Case.objects.filter(pk=gone.pk).update(state=CaseState.DECIDED, decided_at=now())
    keys = [case.pk for case in (held, kept, gone, plain)]
    plan = plan_make(order=label(), person=lead.person, cases=keys)  # type: ignore[arg-type]
    why = {line.case.pk: line.left_out for line in plan.lines}
    assert why[held.pk].startswith("omar holds it until")
    assert "legal hold" in why[kept.pk]
    assert why[gone.pk] == "It is decided already."
    assert why[plain.pk] == ""


def test_four_eyes_are_never_passed_by(many: Many, lead: Actor) -> None:
    (case,) = many(1)
    order = decide_order(measures=[Asked("suspend", about="account")])
    plan = plan_make(order=order, person=lead.person, cases=[case.pk])  # type: ignore[arg-type]
    assert "suspending an account" in plan.lines[0].second
    run = run_propose(order=order, reason="Again.", actor=lead, cases=[case.pk])
    bulk_work()
    decision = Decision.objects.get(case=case)
    assert decision.state == DecisionState.HELD
    assert run.items.get().held


def test_above_the_limit_a_second_person_agrees_first(
    many: Many, lead: Actor, other: Actor, settings: Any
) -> None:
    settings.BULK_SECOND_ABOVE = 2
    cases = [case.pk for case in many(3)]
    run = run_propose(order=label(), reason="Three.", actor=lead, cases=cases)
    assert run.state == RunState.WAITING
    assert bulk_work() == 0
    with pytest.raises(NotAllowed, match="Somebody else"):
        run_answer(run=run, agreed=True, reason="", actor=lead)
    with pytest.raises(InvalidInput):
        run_answer(run=run, agreed=False, reason=" ", actor=other)
    run = run_answer(run=run, agreed=True, reason="", actor=other)
    assert bulk_work() == 3
    with pytest.raises(Conflict):
        run_answer(run=run, agreed=True, reason="", actor=other)


def test_the_database_refuses_a_run_that_nobody_else_agreed_to(
    many: Many, lead: Actor, settings: Any
) -> None:
    settings.BULK_SECOND_ABOVE = 0
    run = run_propose(order=label(), reason="One.", actor=lead, cases=[many(1)[0].pk])
    for change in ({"state": "running"}, {"state": "running", "second": lead.person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BulkRun.objects.filter(pk=run.pk).update(**change)


def test_more_than_the_cap_and_nothing_are_refused(many: Many, lead: Actor, settings: Any) -> None:
    settings.BULK_MAX = 2
    many(3)
    with pytest.raises(InvalidInput, match="more than 2 cases"):
        run_propose(order=label(), reason="x", actor=lead, query="advertisement")
    with pytest.raises(InvalidInput, match="No case was chosen"):
        run_propose(order=label(), reason="x", actor=lead, query="nothingofthekind")
    with pytest.raises(InvalidInput, match="Give the reason"):
        run_propose(order=label(), reason=" ", actor=lead, query="advertisement state:open")
    assert not BulkRun.objects.exists()


def test_what_changed_since_the_preview_is_looked_at_again(
    many: Many, lead: Actor, other: Actor
) -> None:
    cases = many(2)
    keys = [case.pk for case in cases]
    plan = plan_make(order=label(), person=lead.person, cases=keys)  # type: ignore[arg-type]
    case_claim(case=cases[0], actor=other)
    with pytest.raises(Conflict, match="while you were looking"):
        run_propose(order=label(), reason="x", actor=lead, cases=keys, seen=plan.mark)


def test_a_case_that_was_taken_meanwhile_is_not_done(many: Many, lead: Actor, other: Actor) -> None:
    cases = many(2)
    run = run_propose(order=label(), reason="x", actor=lead, cases=[case.pk for case in cases])
    case_claim(case=cases[0], actor=other)
    bulk_work()
    assert states(run) == {"done": 1, "failed": 1}
    assert " holds this case until " in BulkItem.objects.get(state=ItemState.FAILED).why


def test_a_worker_that_dies_between_leaves_both_or_neither(
    many: Many, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = many(3)
    run = run_propose(order=label(), reason="x", actor=lead, cases=[case.pk for case in cases])
    assert bulk_work(most=1) == 1

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("probity.workflow.bulk_run.event_append", die)
    with pytest.raises(KeyboardInterrupt):
        bulk_work()
    assert states(run) == {"done": 1, "chosen": 2}
    assert Decision.objects.count() == 1
    monkeypatch.undo()
    assert bulk_work() == 2
    assert Decision.objects.count() == 3


def test_a_whole_run_is_undone_and_what_moved_on_stays(many: Many, lead: Actor) -> None:
    cases = many(3)
    run = run_propose(order=label(), reason="x", actor=lead, cases=[case.pk for case in cases])
    bulk_work()
    run_undo(run=run, reason="Wrong search.", actor=lead)
    assert bulk_work() == 3
    run.refresh_from_db()
    assert (run.state, states(run)) == (RunState.UNDONE, {"undone": 3})
    assert {row.state for row in Decision.objects.all()} == {DecisionState.UNDONE}
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.OPEN}
    assert not CaseClaim.objects.filter(ended_at=None).exists()


def test_undo_has_an_end_and_an_owner(many: Many, lead: Actor, other: Actor) -> None:
    run = run_propose(order=label(), reason="x", actor=lead, cases=[many(1)[0].pk])
    bulk_work()
    with pytest.raises(NotAllowed):
        run_undo(run=run, reason="no", actor=other)
    BulkRun.objects.filter(pk=run.pk).update(undo_until=now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="time to undo"):
        run_undo(run=run, reason="no", actor=lead)


def test_a_stopped_run_leaves_the_rest_alone(many: Many, lead: Actor) -> None:
    cases = [case.pk for case in many(3)]
    run = run_propose(order=label(), reason="x", actor=lead, cases=cases)
    bulk_work(most=1)
    run_stop(run=run, actor=lead)
    assert bulk_work() == 0
    assert states(run) == {"done": 1, "chosen": 2}


@pytest.mark.parametrize("name", ["queue", "send", "snooze", "release"])
def test_other_actions_and_their_undo(
    name: str, many: Many, lead: Actor, person: Callable[..., Any]
) -> None:
    Queue.objects.create(key="fraud", title="Fraud")
    ada = person("ada", "reviewer")
    (case,) = many(1)
    if name == "release":
        case_claim(case=case, actor=lead)
    order = {
        "queue": lambda: queue_order(key="fraud"),
        "send": lambda: send_order(username="ada"),
        "snooze": lambda: snooze_order(until=now() + timedelta(hours=2)),
        "release": release_order,
    }[name]()
    before = standing(case)
    run = run_propose(order=order, reason="Belongs there.", actor=lead, cases=[case.pk])
    bulk_work()
    assert states(run) == {"done": 1}, run.items.get().why
    changed = {
        "queue": ("fraud", None, False, None), "send": ("general", ada.pk, False, None),
        "snooze": ("general", None, True, None), "release": ("general", None, False, None),
    }[name]  # fmt: skip
    assert standing(case) == changed
    run_undo(run=run, reason="No.", actor=lead)
    bulk_work()
    assert states(run) == {"undone": 1}, run.items.get().why
    assert standing(case) == before


def standing(case: Case) -> tuple[object, ...]:
    row = Case.objects.select_related("queue").get(pk=case.pk)
    claim = CaseClaim.objects.filter(case=case, ended_at=None).first()
    return (
        row.queue.key, row.kept_for_id, row.snoozed_until is not None,
        claim.person_id if claim else None,
    )  # fmt: skip


def test_a_reviewer_may_not(many: Many, person: Callable[..., Any]) -> None:
    ada = person_actor(person("ada", "reviewer"))
    with pytest.raises(NotAllowed):
        run_propose(order=label(), reason="x", actor=ada, cases=[many(1)[0].pk])
