"""Targets of our own: they run beside the law, may stand still, warn, breach, and leads hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.cases.board import clocks_about_to_breach, pressing
from probity.cases.claims import case_claim
from probity.cases.clocks import clocks_sweep
from probity.cases.handing import case_snooze, case_wake
from probity.cases.models import Case, Clock, Queue, TargetKind
from probity.cases.queues import queue_general, targets_set
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotAllowed
from probity.outbox.models import Message

pytestmark = pytest.mark.django_db
BOTH = {TargetKind.FIRST_ACTION: 60, TargetKind.DECISION: 600}


@pytest.fixture
def targets(lea: Actor) -> Queue:
    queue = queue_general()
    targets_set(queue=queue, minutes=BOTH, pauses=True, actor=lea)
    return queue


@pytest.fixture
def case(targets: Queue, opened: Callable[..., Case]) -> Case:
    made = opened(category="defamation", places=["JP"])
    assert made.queue == targets
    return made


def clock(case: Case, kind: TargetKind) -> Clock:
    return Clock.objects.get(case=case, duty=kind, service=True, ended_at=None)


def test_a_queue_s_targets_run_and_the_first_look_ends_one(case: Case, ada: Actor) -> None:
    first = clock(case, TargetKind.FIRST_ACTION)
    assert first.due_at == case.opened_at + timedelta(minutes=60)
    assert case.due_at == first.due_at
    case_claim(case=case, actor=ada)
    case.refresh_from_db()
    assert not Clock.objects.filter(case=case, duty="first_action", ended_at=None).exists()
    assert case.due_at == case.opened_at + timedelta(minutes=600)


def test_only_what_may_stands_still_while_the_case_waits(
    case: Case, ada: Actor, opened: Callable[..., Case]
) -> None:
    law = opened(category="intimate", places=["US-CA"])
    for one in (case, law):
        case_snooze(
            case=one, until=now() + timedelta(minutes=30), waiting_for="reporter", actor=ada
        )
    stopped = Clock.objects.filter(paused_at__isnull=False)
    assert {row.duty for row in stopped} == {"decision"}
    assert all(row.service for row in stopped)
    assert clock(case, TargetKind.FIRST_ACTION).paused_at is None

    Clock.objects.filter(case=case, duty="decision").update(paused_at=now() - timedelta(hours=2))
    case_wake(case=case, actor=ada)
    case.refresh_from_db()
    assert 7_195 <= case.paused_seconds <= 7_260
    moved = clock(case, TargetKind.DECISION).due_at - case.opened_at
    assert moved == timedelta(minutes=600, seconds=case.paused_seconds)


def test_the_database_lets_no_legal_clock_stand_still(opened: Callable[..., Case]) -> None:
    law = opened(category="intimate", places=["US-CA"])
    with pytest.raises(IntegrityError, match="only_a_pausable_clock"), transaction.atomic():
        Clock.objects.filter(case=law).update(paused_at=now())


def test_a_breach_is_recorded_once_and_leads_hear_of_it(
    case: Case, settings: Any, guards_lifted: Callable[[], None], ada: Actor
) -> None:
    settings.ESCALATION_MAIL = ["lead@host.example"]
    guards_lifted()
    past = now() - timedelta(minutes=1)
    Clock.objects.filter(case=case, duty="first_action").update(due_at=past, warn_at=past)
    assert clocks_sweep() == 1
    assert clocks_sweep() == 0
    mail = Message.objects.get(recipient="lead@host.example")
    assert "a deadline has passed" in mail.subject
    line = clocks_about_to_breach(person=ada.person).first()
    assert line is not None
    assert (line.case_id, pressing(line, at=now())) == (case.pk, "late")


def test_targets_are_a_lead_s_and_have_bounds(ada: Actor, lea: Actor) -> None:
    queue = queue_general()
    with pytest.raises(NotAllowed):
        targets_set(queue=queue, minutes=BOTH, pauses=False, actor=ada)
    with pytest.raises(InvalidInput):
        targets_set(queue=queue, minutes={TargetKind.DECISION: 0}, pauses=False, actor=lea)
    targets_set(queue=queue, minutes={TargetKind.DECISION: None}, pauses=False, actor=lea)
    assert not queue.targets.exists()
