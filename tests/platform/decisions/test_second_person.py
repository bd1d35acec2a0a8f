"""What needs a second person is held until somebody else agreed, and why is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.cases.models import Case, CaseState, Category, Report
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.models import Approval, Decision, DecisionState, StatementOfReasons
from probity.decisions.second_person import second_person_rule, table_now
from probity.decisions.selectors import decision_current
from probity.workflow.case_decide import facts_answer
from probity.workflow.decision_effect import (
    decision_agree,
    decision_refuse,
    decision_take_back,
    decisions_sweep,
)

pytestmark = pytest.mark.django_db
Decide = Callable[..., Decision]


def whys(decision: Decision) -> list[str]:
    return [why["subject"] for why in decision.second_person]


def test_a_suspension_is_held_until_somebody_else_agreed(
    case: Case, decide: Decide, reviewer: Actor, senior: Actor
) -> None:
    decision = decide(case, "suspend", "remove")
    case.refresh_from_db()
    assert decision.state == DecisionState.HELD
    assert whys(decision) == ["action:suspend"]
    assert case.state == CaseState.IN_REVIEW
    assert decisions_sweep() == 0
    assert not StatementOfReasons.objects.exists()
    with pytest.raises(Conflict, match="waits for a second person"):
        decide(case, "label")
    with pytest.raises(Conflict, match="waits for a second person"):
        facts_answer(case=case, answers={"parody": True}, actor=reviewer)

    agreed = decision_agree(decision=decision, actor=senior)
    assert agreed.state == DecisionState.EFFECTIVE
    assert decision_current(case) == decision
    assert Approval.objects.get().person == senior.person
    with pytest.raises(Conflict, match="any more"):
        decision_agree(decision=decision, actor=senior)


def test_nobody_agrees_to_their_own_decision(
    case: Case, decide: Decide, senior: Actor, reviewer: Actor
) -> None:
    decision = decide(case, "suspend", actor=senior)
    with pytest.raises(NotAllowed, match="you decided it yourself"):
        decision_agree(decision=decision, actor=senior)
    with pytest.raises(NotAllowed, match="decisions:approve"):
        decision_agree(decision=decision, actor=reviewer)
    assert not Approval.objects.exists()


def test_a_refusal_needs_a_reason_and_gives_the_case_back(
    case: Case, decide: Decide, senior: Actor
) -> None:
    decision = decide(case, "suspend")
    with pytest.raises(InvalidInput, match="Say why not"):
        decision_refuse(decision=decision, reason="  ", actor=senior)
    refused = decision_refuse(decision=decision, reason="A warning is enough.", actor=senior)
    case.refresh_from_db()
    assert refused.state == DecisionState.REFUSED
    assert case.state == CaseState.OPEN
    told = AuditEvent.objects.get(name="decision.refused")
    assert "A warning is enough." not in str(told.payload)
    assert told.payload["reason"]
    assert decide(case, "warn").state == DecisionState.EFFECTIVE


def test_after_a_yes_the_window_opens_for_both(
    make_case: Any, decide: Decide, senior: Actor, reviewer: Actor, window: int, later: Any
) -> None:
    for who in (reviewer, senior):
        case = make_case()
        decision = decide(case, "suspend")
        later(days=1)
        assert decision_agree(decision=decision, actor=senior).state == DecisionState.WAITING
        assert decision_take_back(decision=decision, actor=who).state == DecisionState.UNDONE
        later(seconds=window + 1)
        assert decisions_sweep() == 0
        assert decision_current(case) is None


def test_whoever_decided_takes_a_held_decision_back(
    case: Case, decide: Decide, reviewer: Actor, senior: Actor
) -> None:
    decision = decide(case, "suspend")
    with pytest.raises(NotAllowed):
        decision_take_back(decision=decision, actor=senior)
    assert decision_take_back(decision=decision, actor=reviewer).state == DecisionState.UNDONE


@pytest.mark.parametrize("fact", ["depicted_is_minor", "depicts_candidate", "authority_order"])
def test_facts_that_need_a_second_person(
    case: Case, decide: Decide, reviewer: Actor, fact: str
) -> None:
    facts_answer(case=case, answers={fact: True}, actor=reviewer)
    decision = decide(case, "no_action")
    assert f"fact:{fact}" in whys(decision)
    assert decision.state == DecisionState.HELD


def test_a_rule_of_the_packs_asks_for_a_second_person(
    make_case: Any, decide: Decide, reviewer: Actor, person: Any
) -> None:
    lead = person_actor(person("boss", "lead"))
    for subject in ("fact:minor_sexualised", "fact:depicted_is_minor"):
        second_person_rule(subject=subject, needed=False, because="the packs say it", actor=lead)
    case = make_case(Category.INTIMATE)
    facts_answer(case=case, answers={"minor_sexualised": True}, actor=reviewer)
    decision = decide(case, "remove")
    assert decision.second_person == [
        {
            "from": "policy",
            "subject": "house-minors",
            "because": "it seems to show a minor, nude or in a sexual act",
        }
    ]


def test_who_sent_it_matters(case: Case, decide: Decide) -> None:
    Report.objects.filter(case=case).update(sender_kind="authority")
    assert whys(decide(case, "label")) == ["sender:authority"]


def test_the_operator_changes_the_table_on_the_record(
    make_case: Any, decide: Decide, reviewer: Actor, person: Any
) -> None:
    lead = person_actor(person("boss", "lead"))
    with pytest.raises(NotAllowed):
        second_person_rule(subject="sealed", needed=False, because="x", actor=reviewer)
    with pytest.raises(InvalidInput) as wrong:
        second_person_rule(subject="action:burn", needed=True, because=" ", actor=lead)
    assert set(wrong.value.fields) == {"subject", "because"}

    second_person_rule(subject="action:suspend", needed=False, because="we are two", actor=lead)
    assert decide(make_case(), "suspend").state == DecisionState.EFFECTIVE
    second_person_rule(subject="category:election", needed=True, because="a vote", actor=lead)
    held = decide(make_case(Category.ELECTION), "label")
    assert held.second_person[0]["because"] == "a vote"
    assert "action:suspend" not in table_now()
    said = AuditEvent.objects.filter(name="second_person.ruled").order_by("seq")
    assert [row.payload["needed"] for row in said] == [False, True]


def test_the_degree_of_automation_is_derived(
    make_case: Any, decide: Decide, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.decisions import facts
    from probity.decisions.facts import KnownFact

    plain = decide(make_case(), "label")
    assert plain.automation["decision"] == "not_automated"
    assert not plain.automation["detection"]
    carried = decide(make_case(), "label", carried_from="another")
    assert carried.automation["decision"] == "partially_automated"
    assert carried.automation["detection"] is True

    def found(case: Case) -> dict[str, KnownFact]:
        return {"synthetic": KnownFact(True, "detector")}

    monkeypatch.setattr(facts, "_detector", found)
    case = make_case()
    facts_answer(case=case, answers={"disclosed": False}, actor=reviewer)
    rested = decide(case, "label", rules=["house-synthetic-label"])
    assert rested.automation["proposed"] == ["synthetic"]
    assert rested.automation["decision"] == "partially_automated"
