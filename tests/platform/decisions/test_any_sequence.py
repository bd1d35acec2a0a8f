"""Whatever people do in whatever order, the promises about decisions hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probity.accounts.actors import Actor
from probity.cases.models import Case, CaseState
from probity.core.errors import Refusal
from probity.decisions.measures import Asked
from probity.decisions.models import (
    PENDING,
    Decision,
    DecisionState,
    Measure,
    Standing,
    StatementOfReasons,
)
from probity.outbox.models import Message
from probity.workflow.case_decide import case_decide
from probity.workflow.decision_effect import (
    decision_agree,
    decision_refuse,
    decision_take_back,
    decisions_sweep,
)

pytestmark = pytest.mark.django_db

ACTIONS = st.sets(
    st.sampled_from(["remove", "label", "warn", "suspend", "preserve", "no_action"]), max_size=3
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), ACTIONS, st.sampled_from([None, 1])),
        st.tuples(
            st.sampled_from(["undo", "agree", "refuse"]), st.sampled_from(["rev", "sen", "oth"])
        ),
        st.tuples(st.just("wait"), st.sampled_from([5, 20, 2 * 86400])),
    ),
    min_size=4,
    max_size=14,
)


class Desk:
    """Three people, one case, a clock."""

    def __init__(self, case: Case, people: dict[str, Actor]) -> None:
        self.case, self.people = case, people
        self.ahead = timedelta()

    def do(self, step: tuple[Any, ...]) -> None:
        """One step; what is refused changes nothing."""
        try:
            with transaction.atomic():
                getattr(self, step[0])(*step[1:])
        except Refusal:
            pass

    def decide(self, actions: set[str], days: int | None) -> None:
        measures = [
            Asked(action, days=days if action in {"remove", "preserve"} else None)
            for action in sorted(actions)
        ]
        case_decide(
            case=self.case, measures=measures, reason="x", rules=[], actor=self.people["rev"]
        )

    def undo(self, who: str) -> None:
        decision_take_back(decision=self._last(), actor=self.people[who])

    def agree(self, who: str) -> None:
        decision_agree(decision=self._last(), actor=self.people[who])

    def refuse(self, who: str) -> None:
        decision_refuse(decision=self._last(), reason="no", actor=self.people[who])

    def wait(self, seconds: int) -> None:
        self.ahead += timedelta(seconds=seconds)
        decisions_sweep()

    def _last(self) -> Decision:
        last = Decision.objects.filter(case=self.case).order_by("-at").first()
        if last is None:
            raise Refusal("Nothing is decided.")
        return last


def holds(case: Case) -> None:
    """Everything that is promised at any moment."""
    rows = list(Standing.objects.filter(case=case).select_related("decision__approval"))
    states = Counter(DecisionState(row.state) for row in rows)
    assert states[DecisionState.EFFECTIVE] <= 1
    assert sum(states[state] for state in PENDING) <= 1
    effective = {DecisionState.EFFECTIVE, DecisionState.SUPERSEDED}
    for row in rows:
        answer = getattr(row.decision, "approval", None)
        started = row.decision.measures.filter(starts_at__isnull=False).count()
        if row.state in effective:
            assert row.effective_at is not None
            assert row.effective_after is not None
            assert row.effective_at >= row.effective_after
            assert started == row.decision.measures.count()
            assert StatementOfReasons.objects.filter(decision=row.decision).count() == 1
            if row.decision.second_person:
                assert answer is not None
                assert answer.given
                assert answer.person_id != row.decision.person_id
        else:
            assert started == 0
            assert not StatementOfReasons.objects.filter(decision=row.decision).exists()
    _measures_hold(case)
    case.refresh_from_db()
    assert (case.state == CaseState.DECIDED) == (states[DecisionState.EFFECTIVE] == 1)


def _measures_hold(case: Case) -> None:
    """Only the decision in force has running measures; each reference is told of once at most."""
    running = Measure.objects.filter(
        decision__case=case, starts_at__isnull=False, over_at=None
    ).select_related("decision__standing")
    assert all(row.decision.standing.state == DecisionState.EFFECTIVE for row in running)
    told = Counter(
        (message.about, message.kind)
        for message in Message.objects.filter(kind__startswith="measure.")
    )
    assert not [key for key, count in told.items() if count > 1]
    applied = {about for about, kind in told if kind == "measure.applied"}
    ended = {about for about, kind in told if kind != "measure.applied"}
    loud: set[UUID] = {row.reference for row in running if row.action != "no_action"}
    assert applied - ended == {f"measure:{reference}" for reference in loud}


def test_the_promises_hold(
    make_case: Callable[..., Case], reviewer: Actor, senior: Actor, person: Any, window: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from probity.accounts.actors import person_actor
    from probity.outbox.endpoints import endpoint_make

    other = person_actor(person("oth", "lead"))
    people = {"rev": reviewer, "sen": senior, "oth": other}
    endpoint_make(
        actor=person_actor(person("root", "administrator")),
        name="host",
        url="https://host.example/hook",
        subscribed=["measure.applied", "measure.lifted", "measure.expired"],
    )
    real = timezone.now

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def run(steps: list[tuple[Any, ...]]) -> None:
        with transaction.atomic():
            desk = Desk(make_case(), people)
            monkeypatch.setattr(timezone, "now", lambda: real() + desk.ahead)
            for step in steps:
                desk.do(step)
                holds(desk.case)
            transaction.set_rollback(True)
        monkeypatch.setattr(timezone, "now", real)

    run()
