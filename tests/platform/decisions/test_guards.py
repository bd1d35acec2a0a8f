"""What the database refuses, whoever asks: effects unseen, self-approval, changed decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from probity.accounts.actors import Actor
from probity.cases.models import Case
from probity.core.clock import now
from probity.decisions.models import (
    DECISION_MOVES,
    Approval,
    Decision,
    DecisionState,
    Measure,
    SecondPersonRule,
    Standing,
)
from probity.workflow.decision_effect import (
    decision_agree,
    decision_refuse,
    decision_take_back,
)

pytestmark = pytest.mark.django_db
Decide = Callable[..., Decision]


def refused(act: Callable[[], object], match: str) -> None:
    def at_once() -> None:
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        at_once()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def put(decision: Decision, **columns: Any) -> Callable[[], object]:
    return lambda: Standing.objects.filter(decision=decision).update(**columns)


def test_every_pair_of_states_is_either_in_the_table_or_refused(
    make_case: Any, decide: Decide, senior: Actor, window: int
) -> None:
    allowed = {
        ("held", "undone"), ("waiting", "effective"), ("waiting", "undone"),
    }  # fmt: skip
    moment = now() + timedelta(minutes=1)
    full: dict[str, dict[str, Any]] = {
        "held": {"effective_after": None, "effective_at": None, "ended_at": None},
        "waiting": {"effective_after": moment, "effective_at": None, "ended_at": None},
        "effective": {"effective_at": moment, "ended_at": None},
        "superseded": {"effective_at": moment, "ended_at": moment},
        "undone": {"effective_at": None, "ended_at": moment},
        "refused": {"effective_at": None, "ended_at": moment},
    }
    for action, was in (("suspend", "held"), ("remove", "waiting")):
        decision = decide(make_case(), action)
        assert decision.standing.state == was
        for to in DecisionState:
            act = put(decision, state=to, **full[to])
            if (was, to) in allowed:
                sid = transaction.savepoint()
                act()
                transaction.savepoint_rollback(sid)
            elif to != was:
                refused(act, "cannot become|needs a second person|only a second person")


def test_what_is_settled_goes_where_its_table_says_and_nowhere_else(
    make_case: Any, decide: Decide, reviewer: Actor, senior: Actor, settings: Any
) -> None:
    case = make_case()
    first, second = decide(case, "remove"), decide(case, "label")
    refusal = decide(make_case(), "suspend")
    decision_refuse(decision=refusal, reason="Too hard.", actor=senior)
    settings.UNDO_SECONDS = 15
    back = decide(make_case(), "remove")
    decision_take_back(decision=back, actor=reviewer)
    stood = {"superseded": first, "effective": second, "refused": refusal, "undone": back}
    for was, decision in stood.items():
        assert Standing.objects.get(decision=decision).state == was
        for to in DecisionState:
            if to != was and not DECISION_MOVES.allows(was, to):
                refused(put(decision, state=to), "cannot become")


def test_nothing_takes_effect_without_the_second_person(
    case: Case, decide: Decide, senior: Actor, window: int
) -> None:
    decision = decide(case, "suspend")
    soon = now() + timedelta(seconds=1)
    refused(put(decision, state="waiting", effective_after=soon), "needs a second person")
    Approval.objects.create(
        decision=decision, given=False, reason="no", decider=decision.person,
        person=senior.person, at=now(),
    )  # fmt: skip
    refused(put(decision, state="waiting", effective_after=soon), "needs a second person")


def test_who_decided_is_never_the_second_person(case: Case, decide: Decide, senior: Actor) -> None:
    decision = decide(case, "suspend")

    def approve(decider: Any, person: Any) -> Callable[[], object]:
        return lambda: Approval.objects.create(
            decision=decision, given=True, decider=decider, person=person, at=now()
        )

    refused(approve(decision.person, decision.person), "cannot be the second person")
    refused(approve(senior.person, decision.person), "cannot be the second person")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE decisions_approval DISABLE TRIGGER approval_by_another")
        refused(approve(decision.person, decision.person), "approval_by_another")
        cursor.execute("ALTER TABLE decisions_approval ENABLE TRIGGER approval_by_another")


def test_a_decision_that_waits_for_nobody_takes_no_answer(
    case: Case, decide: Decide, senior: Actor, window: int
) -> None:
    decision = decide(case, "label")
    refused(
        lambda: Approval.objects.create(
            decision=decision, given=True, decider=decision.person, person=senior.person, at=now()
        ),
        "waits for nobody",
    )


def test_the_window_and_a_second_effective_decision(
    case: Case, decide: Decide, settings: Any
) -> None:
    decide(case, "remove")
    settings.UNDO_SECONDS = 15
    second = decide(case, "label")
    early = now()
    refused(put(second, state="effective", effective_at=early), "undo window")
    due = second.standing.effective_after
    refused(put(second, state="effective", effective_at=due), "one_decision_in_force")


def test_one_decision_waits_per_case(case: Case, decide: Decide, window: int) -> None:
    first = decide(case, "remove")

    def again() -> None:
        other = Decision.objects.create(
            case=case, action="label", reason="x", person=first.person, at=now()
        )
        Standing.objects.create(decision=other, case=case, state="waiting", effective_after=now())

    refused(again, "one_pending_decision")


def test_only_a_new_decision_supersedes(case: Case, decide: Decide) -> None:
    decision = decide(case, "remove")
    refused(put(decision, state="superseded", ended_at=now()), "supersedes another")


def test_a_standing_belongs_to_its_case_and_begins_where_it_must(
    make_case: Any, decide: Decide
) -> None:
    first, other = decide(make_case(), "remove"), make_case()
    taken = Decision.objects.create(
        case=other, action="suspend", reason="x", person=first.person, at=now(),
        second_person=[{"from": "operator", "subject": "x", "because": "x"}],
    )  # fmt: skip

    def begin(case: Case, state: str, after: Any = None) -> Callable[[], object]:
        return lambda: Standing.objects.create(
            decision=taken, case=case, state=state, effective_after=after
        )

    refused(begin(first.case, "held"), "its own case")
    refused(begin(other, "waiting", now()), "begins as held")


def test_measures_start_with_their_decision_and_end_once(
    case: Case, decide: Decide, senior: Actor, window: int
) -> None:
    decision = decide(case, "suspend")
    row = Measure.objects.get()
    rows = Measure.objects.filter(pk=row.pk)
    refused(lambda: rows.update(starts_at=now()), "when its decision takes effect")
    for column, value in (("action", "label"), ("days", 3), ("scope", {"about": "item"})):
        refused(lambda c=column, v=value: rows.update(**{c: v}), "append-only")  # type: ignore[misc]
    refused(lambda: rows.delete(), "append-only")
    del decision


def test_the_moments_of_a_running_measure_stay(case: Case, decide: Decide) -> None:
    decide(case, "remove")
    rows = Measure.objects.all()
    refused(lambda: rows.update(starts_at=now() - timedelta(days=1)), "keeps its moments")
    rows.update(over_at=now(), over_why="lifted")
    refused(lambda: rows.update(over_why="expired"), "keeps its moments")


def test_decisions_answers_and_the_table_never_change(
    case: Case, decide: Decide, senior: Actor, person: Any
) -> None:
    decision = decide(case, "suspend")
    decision_agree(decision=decision, actor=senior)
    SecondPersonRule.objects.create(
        subject="sealed", needed=True, because="x", person=senior.person, at=now()
    )
    for model in (Decision, Approval, SecondPersonRule):
        refused(lambda m=model: m.objects.update(at=now()), "append-only")  # type: ignore[misc]
        refused(lambda m=model: m.objects.all()._raw_delete("default"), "append-only")  # type: ignore[misc]
