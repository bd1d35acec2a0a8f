"""What people do with copies: answer, look for them on the record, carry a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from probity.decisions.selectors import decision_current
from probity.matching.models import Carry, Cluster, ClusterMember, CopySearch, Match
from probity.matching.selectors import carries_of
from probity.workflow.case_carry import carry_agree, carry_preview, carry_propose, carry_refuse
from probity.workflow.case_copies import cases_alike, copies_search, copy_answer
from probity.workflow.case_decide import case_decide

pytestmark = pytest.mark.django_db
Three = tuple[Case, Case, Case]


@pytest.fixture
def three(case_with: Any, look: Callable[[], int], draw: Any, jpeg: Any) -> Three:
    """A case, one with the very same file, and one with a smaller copy."""
    picture = draw(11)
    first = case_with(jpeg(picture))
    same = case_with(jpeg(picture), "defamation")
    near = case_with(jpeg(picture.resize((300, 225)), 55))
    look()
    return first, same, near


def decided(case: Case, actor: Any, action: str = "label") -> Case:
    case_decide(case=case, action=action, reason="It is made up.", rules=[], actor=actor)
    case.refresh_from_db()
    return case


def test_alike_cases_come_nearest_first_with_the_reason(three: Three) -> None:
    found = cases_alike(three[0])
    assert [each.case for each in found] == [three[1], three[2]]
    assert (found[0].identical, found[1].identical) == (True, False)
    assert "looks alike" in found[1].why


def test_an_answer_takes_a_file_out_of_the_campaign_and_back(three: Three, lead: Any) -> None:
    match = Match.objects.get()
    assert ClusterMember.objects.count() == 2
    copy_answer(case=three[2], match=match, accepted=False, why="Another day.", actor=lead)
    assert ClusterMember.objects.count() == 0
    assert [each.case for each in cases_alike(three[0])] == [three[1]]
    copy_answer(case=three[2], match=match, accepted=True, why="", actor=lead)
    assert Cluster.objects.filter(members__isnull=False).distinct().count() == 1
    said = AuditEvent.objects.filter(name="match.answered").order_by("seq")
    assert [event.payload["accepted"] for event in said] == [False, True]
    assert "Another day." not in str(said[0].payload)


def test_only_its_own_matches_can_be_answered(
    three: Three, case_with: Any, draw: Any, jpeg: Any, lead: Any
) -> None:
    other = case_with(jpeg(draw(12)))
    with pytest.raises(NotFound):
        copy_answer(case=other, match=Match.objects.get(), accepted=True, why="", actor=lead)


def test_a_search_records_its_effort(three: Three, lead: Any) -> None:
    search = copies_search(case=three[0], actor=lead)
    assert (search.identical, search.near, search.radius) == (1, 1, 31)
    assert search.compared == 2
    event = AuditEvent.objects.get(name="copies.searched")
    assert event.payload["search"] == str(search.pk)


def test_nothing_is_carried_before_a_decision(three: Three, lead: Any) -> None:
    with pytest.raises(Conflict, match="Decide this case first"):
        carry_propose(case=three[0], chosen=[three[1].pk], actor=lead)


def test_a_label_is_carried_and_a_case_left_out_is_written_down(three: Three, lead: Any) -> None:
    case = decided(three[0], lead)
    carry = carry_propose(case=case, chosen=[three[1].pk], actor=lead)
    assert (carry.outcome, carry.four_eyes) == ("carried", False)
    taken = decision_current(three[1])
    assert taken is not None
    assert (taken.action, taken.reason) == ("label", "It is made up.")
    assert hasattr(taken, "statement")
    assert decision_current(three[2]) is None
    assert {target.case: target.chosen for target in carry.targets.all()} == {
        three[1].pk: True, three[2].pk: False,
    }  # fmt: skip
    received = AuditEvent.objects.get(name="carry.received")
    assert received.payload["from_case"] == str(case.pk)
    assert CopySearch.objects.count() == 1
    assert [each.case for each in carry_preview(case)] == [three[2]]


def test_a_removal_of_the_very_same_file_is_one_step(three: Three, lead: Any) -> None:
    case = decided(three[0], lead, "remove")
    assert carry_propose(case=case, chosen=[three[1].pk], actor=lead).outcome == "carried"


def test_a_removal_by_likeness_waits_for_a_second_person(
    three: Three, lead: Any, second: Any
) -> None:
    case = decided(three[0], lead, "remove")
    carry = carry_propose(case=case, chosen=[three[1].pk, three[2].pk], actor=lead)
    assert (carry.outcome, carry.four_eyes) == ("", True)
    assert decision_current(three[1]) is None
    with pytest.raises(NotAllowed, match="proposed it yourself"):
        carry_agree(carry=carry, actor=lead)
    carry = carry_agree(carry=carry, actor=second)
    assert carry.second == second.person
    taken = [decision_current(each) for each in three[1:]]
    assert [each.action for each in taken if each] == ["remove", "remove"]
    with pytest.raises(Conflict, match="settled already"):
        carry_refuse(carry=carry, actor=second)


def test_a_refusal_carries_nothing(three: Three, lead: Any, second: Any) -> None:
    case = decided(three[0], lead, "remove")
    carry = carry_propose(case=case, chosen=[three[2].pk], actor=lead)
    assert carry_refuse(carry=carry, actor=second).outcome == "refused"
    assert decision_current(three[2]) is None


def test_the_database_knows_no_carried_row_without_four_eyes(three: Three, lead: Any) -> None:
    case = decided(three[0], lead, "remove")
    carry = carry_propose(case=case, chosen=[three[2].pk], actor=lead)
    rows = Carry.objects.filter(pk=carry.pk)
    ended = {"outcome": "carried", "ended_at": carry.proposed_at}
    for change in (ended, {**ended, "second": lead.person}, {"four_eyes": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_case_in_other_hands_keeps_its_trouble_and_the_others_go_on(
    three: Three, lead: Any, second: Any
) -> None:
    from probity.cases.claims import case_claim

    case_claim(case=three[1], actor=second)
    case = decided(three[0], lead)
    carry = carry_propose(case=case, chosen=[three[1].pk, three[2].pk], actor=lead)
    troubles = {target.case: target.trouble for target in carry.targets.all()}
    assert " holds this case until " in troubles[three[1].pk]
    assert decision_current(three[2]) is not None
    assert carries_of(case.pk)[0].targets.filter(decision=None).count() == 1


def test_a_choice_that_is_no_copy_or_empty_is_refused(three: Three, lead: Any) -> None:
    case = decided(three[0], lead)
    with pytest.raises(InvalidInput):
        carry_propose(case=case, chosen=[], actor=lead)
    with pytest.raises(Conflict, match="changed meanwhile"):
        carry_propose(case=case, chosen=[case.pk], actor=lead)
    assert not Carry.objects.exists()
