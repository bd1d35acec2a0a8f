"""A decision takes effect once its window is over, with all that hangs on it; not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.audit.services import case_chain
from probity.cases.models import Case, CaseState
from probity.cases.selectors import claim_live
from probity.core.errors import Conflict, NotAllowed
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, DecisionState, Measure, StatementOfReasons
from probity.decisions.selectors import decision_current, decision_pending
from probity.workflow.decision_effect import (
    decision_settle,
    decision_take_back,
    decisions_sweep,
)

pytestmark = pytest.mark.django_db
Decide = Callable[..., Decision]


def names(case: Case) -> list[str]:
    rows = AuditEvent.objects.filter(chain=case_chain(case.pk)).order_by("seq")
    return list(rows.values_list("name", flat=True))


def state(decision: Decision) -> DecisionState:
    return Decision.objects.get(pk=decision.pk).state


def test_nothing_follows_within_the_window(
    case: Case, decide: Decide, window: int, later: Callable[..., None]
) -> None:
    decision = decide(case, "remove")
    case.refresh_from_db()
    assert decision.state == DecisionState.WAITING
    assert case.state == CaseState.IN_REVIEW
    assert claim_live(case) is None
    assert decisions_sweep() == 0
    assert decision_current(case) is None
    assert decision_pending(case) == decision
    assert not StatementOfReasons.objects.exists()
    assert Measure.objects.get().starts_at is None
    with pytest.raises(Conflict, match="can still be undone"):
        decision_settle(decision=decision)

    later(seconds=window + 1)
    assert decisions_sweep() == 1
    case.refresh_from_db()
    assert state(decision) == DecisionState.EFFECTIVE
    assert case.state == CaseState.DECIDED
    assert StatementOfReasons.objects.get().decision == decision
    assert Measure.objects.get().starts_at is not None
    assert names(case)[-1] != "case.decided"
    assert "decision.effective" in names(case)
    assert decisions_sweep() == 0


def test_undone_within_the_window_gives_the_case_back(
    case: Case, decide: Decide, reviewer: Actor, window: int, later: Callable[..., None]
) -> None:
    decision = decide(case, "remove")
    decision_take_back(decision=decision, actor=reviewer)
    case.refresh_from_db()
    claim = claim_live(case)
    assert claim is not None
    assert claim.person == reviewer.person
    assert case.state == CaseState.IN_REVIEW
    assert state(decision) == DecisionState.UNDONE
    later(seconds=window + 1)
    assert decisions_sweep() == 0
    assert decision_current(case) is None
    assert decide(case, "label").supersedes is None


def test_the_window_ends(
    case: Case, decide: Decide, reviewer: Actor, window: int, later: Callable[..., None]
) -> None:
    decision = decide(case, "remove")
    later(seconds=window + 1)
    with pytest.raises(Conflict, match="time to undo is over"):
        decision_take_back(decision=decision, actor=reviewer)
    decisions_sweep()
    with pytest.raises(Conflict, match="cannot be undone any more"):
        decision_take_back(decision=decision, actor=reviewer)


def test_only_who_decided_undoes(case: Case, decide: Decide, senior: Actor, window: int) -> None:
    decision = decide(case, "remove")
    with pytest.raises(NotAllowed, match="Only whoever decided"):
        decision_take_back(decision=decision, actor=senior)


def test_one_decision_waits_at_a_time(case: Case, decide: Decide, window: int) -> None:
    decide(case, "remove")
    with pytest.raises(Conflict, match="can still be undone"):
        decide(case, "label")


def test_a_decided_case_stays_decided_until_the_new_decision_takes_effect(
    case: Case, decide: Decide, window: int, later: Callable[..., None]
) -> None:
    first = decide(case, "remove")
    later(seconds=16)
    decisions_sweep()
    second = decide(case, "label")
    case.refresh_from_db()
    assert case.state == CaseState.DECIDED
    assert decision_current(case) == first
    later(seconds=16)
    decisions_sweep()
    assert decision_current(case) == second
    assert second.supersedes == first
    assert state(first) == DecisionState.SUPERSEDED


def test_measures_are_lifted_where_the_new_decision_lacks_them(case: Case, decide: Decide) -> None:
    first = decide(case, "remove", "warn", Asked("preserve", days=30))
    decide(case, Asked("remove"), Asked("preserve", days=10))
    old = {row.action: row for row in first.measures.all()}
    new = {row.action: row for row in decision_current(case).measures.all()}  # type: ignore[union-attr]
    assert old["remove"].over_why == "continued"
    assert new["remove"].continues == old["remove"]
    assert new["remove"].reference == old["remove"].reference
    assert old["warn"].over_why == "lifted"
    assert old["preserve"].over_why == "lifted"
    assert new["preserve"].reference != old["preserve"].reference


def test_a_measure_ends_when_its_time_is_over(
    case: Case, decide: Decide, later: Callable[..., None]
) -> None:
    decision = decide(case, Asked("restrict", places=("FR",), days=3), "warn")
    later(days=2, hours=23)
    assert decisions_sweep() == 0
    later(hours=2)
    assert decisions_sweep() == 1
    row = decision.measures.get(action="restrict")
    assert row.over_why == "expired"
    assert names(case)[-2:] == ["measure.over", "notice.sent"]
    assert decision.measures.get(action="warn").over_at is None
    assert decisions_sweep() == 0


def test_one_that_fails_keeps_no_other_back(
    make_case: Any, decide: Decide, window: int, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.workflow import decision_effect

    bad, good = make_case(), make_case()
    decide(bad, "remove"), decide(good, "remove")
    real = decision_effect.decision_settle

    def settle(*, decision: Decision, actor: str = "system") -> Decision:
        if decision.case_id == bad.pk:
            raise RuntimeError("a fault")
        return real(decision=decision, actor=actor)

    monkeypatch.setattr(decision_effect, "decision_settle", settle)
    later(seconds=16)
    assert decisions_sweep() == 1
    assert decision_current(good) is not None
    assert decision_current(bad) is None
