"""Passing a case on: next of a queue, hand over, put off, skip, return, escalate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.cases.claims import (
    case_claim,
    case_release,
    claim_extend,
    claims_sweep,
    next_case_claim,
)
from probity.cases.handing import (
    case_calm,
    case_escalate,
    case_requeue,
    case_send,
    case_skip,
    case_snooze,
    case_wake,
)
from probity.cases.models import Case, CaseClaim, CaseState, Handover, Queue, WorkNote
from probity.cases.selectors import claim_live
from probity.cases.waiting import waiting_sweep
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.outbox.models import Message

pytestmark = pytest.mark.django_db


def said(case: Case) -> list[str]:
    events = AuditEvent.objects.filter(chain_id=f"case:{case.pk}").order_by("seq")
    return [event.name for event in events]


def test_the_next_case_is_the_most_urgent_of_the_queue(
    opened: Callable[..., Case], ada: Actor, swift: Queue
) -> None:
    grave, mild = opened(category="intimate"), opened(category="defamation", places=["JP"])
    Case.objects.filter(pk=mild.pk).update(queue=swift)

    first = next_case_claim(actor=ada, queue=swift)
    second = next_case_claim(actor=ada)
    assert first is not None
    assert second is not None
    assert (first.case_id, second.case_id) == (mild.pk, grave.pk)
    assert next_case_claim(actor=ada) is None
    grave.refresh_from_db()
    assert grave.first_action_at is not None


def test_two_people_never_hold_one_case(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    claim = case_claim(case=case, actor=ada)
    with pytest.raises(Conflict, match=r"^ada holds this case until \d\d:\d\d UTC"):
        case_claim(case=case, actor=ben)
    assert ben.person is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClaim.objects.create(case=case, person=ben.person, since=now(), until=now())
    for _ in range(12):
        claim = claim_extend(claim=claim, actor=ada)
    assert claim.until > now()


def test_a_case_is_handed_to_a_person_who_accepts_it(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    assert ada.person is not None
    assert ben.person is not None
    case_claim(case=case, actor=ada)
    with pytest.raises(InvalidInput, match="Name somebody else"):
        case_send(case=case, person=ada.person, reason="", actor=ada)
    case_send(case=case, person=ben.person, reason="You read Portuguese.", actor=ada)

    assert claim_live(case) is None
    assert next_case_claim(actor=ada) is None
    with pytest.raises(Conflict, match="sent to a colleague"):
        case_claim(case=case, actor=ada)
    taken = next_case_claim(actor=ben)
    assert taken is not None
    assert taken.case_id == case.pk
    assert Handover.objects.get().ended_why == "accepted"
    assert WorkNote.objects.get().text == "You read Portuguese."
    assert {"case.sent", "case.sent_ended", "case.noted"} <= set(said(case))


def test_what_nobody_accepts_is_free_again(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    assert ben.person is not None
    case_send(case=case, person=ben.person, reason="", actor=ada)
    Handover.objects.update(until=now() - timedelta(seconds=1))
    assert waiting_sweep() == 1
    taken = next_case_claim(actor=ada)
    assert taken is not None
    assert Handover.objects.get().ended_why == "ran out"


def test_only_who_may_work_on_it_is_sent_a_case(
    opened: Callable[..., Case], ada: Actor, person: Callable[..., Any]
) -> None:
    with pytest.raises(InvalidInput, match="may not work on this case"):
        case_send(case=opened(), person=person("aud", "auditor"), reason="", actor=ada)


def test_a_case_put_off_comes_back_by_itself_or_when_taken(
    opened: Callable[..., Case], ada: Actor
) -> None:
    case = opened(category="defamation", places=["JP"])
    case_snooze(case=case, until=now() + timedelta(hours=1), actor=ada)
    assert next_case_claim(actor=ada) is None
    Case.objects.update(snoozed_until=now() - timedelta(seconds=1))
    taken = next_case_claim(actor=ada)
    assert taken is not None
    case_snooze(case=case, until=now() + timedelta(hours=1), actor=ada)
    case_claim(case=case, actor=ada)
    case.refresh_from_db()
    assert (case.snoozed_until, case.state) == (None, CaseState.IN_REVIEW)
    case_snooze(case=case, until=now() + timedelta(hours=1), actor=ada)
    assert case_wake(case=case, actor=ada).snoozed_until is None
    assert said(case).count("case.woken") == 3


def test_nothing_is_put_off_beyond_a_legal_warning_without_a_reason(
    opened: Callable[..., Case], ada: Actor
) -> None:
    case = opened(category="intimate", places=["US-CA"])
    warning = case.clocks.filter(ended_at=None).earliest("warn_at").warn_at
    with pytest.raises(InvalidInput, match="A legal deadline warns at"):
        case_snooze(case=case, until=warning + timedelta(minutes=1), actor=ada)
    case_snooze(case=case, until=warning - timedelta(minutes=1), actor=ada)
    case_wake(case=case, actor=ada)
    later = warning + timedelta(minutes=1)
    case_snooze(case=case, until=later, reason="The court answers on Monday.", actor=ada)
    for wrong in (now() - timedelta(seconds=1), now() + timedelta(days=61)):
        with pytest.raises(InvalidInput):
            case_snooze(case=case, until=wrong, reason="x", actor=ada)


def test_what_one_skips_the_others_get(opened: Callable[..., Case], ada: Actor, ben: Actor) -> None:
    case = opened()
    case_claim(case=case, actor=ada)
    case_skip(case=case, actor=ada)
    assert next_case_claim(actor=ada) is None
    taken = next_case_claim(actor=ben)
    assert taken is not None
    assert taken.case_id == case.pk


def test_a_case_is_returned_with_a_reason(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    case_claim(case=case, actor=ada)
    with pytest.raises(Conflict):
        case_release(case=case, actor=ben, reason="mine")
    case_release(case=case, actor=ada, reason="I know the person shown.")
    case.refresh_from_db()
    assert (case.state, CaseClaim.objects.get().ended_why) == (CaseState.OPEN, "returned")
    assert WorkNote.objects.get().kind == "returned"


def test_an_escalated_case_gains_points_and_leads_are_told(
    opened: Callable[..., Case], ada: Actor, lea: Actor, settings: Any
) -> None:
    settings.ESCALATION_MAIL = ["lead@host.example"]
    case = opened()
    before = case.priority
    with pytest.raises(InvalidInput, match="what the lead should look at"):
        case_escalate(case=case, reason=" ", actor=ada)
    raised = case_escalate(case=case, reason="Is this parody?", actor=ada)
    assert raised.priority > before
    mail = Message.objects.get(recipient="lead@host.example")
    assert case.label in mail.subject
    with pytest.raises(Conflict):
        case_escalate(case=case, reason="Again?", actor=ada)
    with pytest.raises(NotAllowed):
        case_calm(case=case, reason="no", actor=ada)
    calmed = case_calm(case=case, reason="It is. Decide as usual.", actor=lea)
    assert (calmed.escalated_at, calmed.priority) == (None, before)


def test_a_person_s_choice_of_queue_stays(
    opened: Callable[..., Case], ada: Actor, swift: Queue
) -> None:
    case = opened()
    with pytest.raises(InvalidInput, match="why it belongs"):
        case_requeue(case=case, queue=swift, reason="", actor=ada)
    moved = case_requeue(case=case, queue=swift, reason="It is about an election.", actor=ada)
    assert (moved.queue, moved.queue_fixed) == (swift, True)


def test_a_lease_that_runs_out_gives_the_case_back(opened: Callable[..., Case], ada: Actor) -> None:
    case = opened()
    case_claim(case=case, actor=ada)
    CaseClaim.objects.update(until=now() - timedelta(seconds=1))
    assert claims_sweep() == 1
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
