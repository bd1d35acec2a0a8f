"""Misuse: counted by people, warned first, suspended by two; no statutory request is silenced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.contests.appeals import appeal_take
from probity.contests.misuse import (
    counted,
    manifest_find,
    suspension_answer,
    suspension_propose,
    suspensions_sweep,
)
from probity.contests.misuse_models import FACTORS, MisuseWarning, Suspension
from probity.contests.models import Appeal, Manifest
from probity.contests.party import PartyOf
from probity.contests.words import Misuse
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.models import Decision
from probity.notices.models import Notice
from probity.workflow.appeal_rule import appeal_rule
from probity.workflow.misuse_warn import misuse_warn
from probity.workflow.report_receive import Receipt

pytestmark = pytest.mark.django_db
Send = Callable[..., Receipt]
WEIGHED = dict.fromkeys(FACTORS, "Weighed.")
VALID = {
    "category": "intimate", "depicted": True, "good_faith": True, "signature": "Jo Doe",
    "email": "jo@example.org",
}  # fmt: skip


def _unfounded(send: Send, actor: Actor, number: int) -> list[Manifest]:
    reports = [send(email="jo@example.org").report for _ in range(number)]
    return [
        manifest_find(
            kind=Misuse.UNFOUNDED_NOTICE, report=each, reason="Plainly a cat", actor=actor
        )
        for each in reports
    ]


@pytest.fixture
def warned(send: Send, reviewer: Actor, lead: Actor) -> PartyOf:
    """Somebody who was warned and went on."""
    rows = _unfounded(send, reviewer, 3)
    assert rows[0].reporter is not None
    party = PartyOf(reporter=rows[0].reporter)
    misuse_warn(party=party, reason="Please stop.", actor=lead)
    _unfounded(send, reviewer, 1)
    return party


def _suspend(party: PartyOf, lead: Actor, second: Actor) -> Suspension:
    row = suspension_propose(party=party, factors=WEIGHED, reason="Often", days=30, actor=lead)
    return suspension_answer(suspension=row, agree=True, actor=second)


def test_nobody_is_warned_for_too_little_nor_suspended_unwarned(
    send: Send, reviewer: Actor, lead: Actor
) -> None:
    rows = _unfounded(send, reviewer, 2)
    party = PartyOf(reporter=rows[0].reporter)
    with pytest.raises(Conflict, match="Only 2 of at least 3"):
        misuse_warn(party=party, reason="Stop", actor=lead)
    _unfounded(send, reviewer, 1)
    with pytest.raises(Conflict, match="A warning has to come first"):
        suspension_propose(party=party, factors=WEIGHED, reason="Often", days=3, actor=lead)
    assert counted(party).count() == 3


def test_the_warning_is_told_and_something_must_follow_it(
    send: Send, reviewer: Actor, lead: Actor
) -> None:
    rows = _unfounded(send, reviewer, 3)
    party = PartyOf(reporter=rows[0].reporter)
    misuse_warn(party=party, reason="Please stop.", actor=lead)
    assert "Please stop." in Notice.objects.get(kind="warning_reporter").text
    with pytest.raises(Conflict, match="Nothing manifest has happened since"):
        suspension_propose(party=party, factors=WEIGHED, reason="Often", days=3, actor=lead)


def test_the_database_wants_a_warning_of_the_same_party_before(
    warned: PartyOf, send: Send, lead: Actor
) -> None:
    other = send(email="sam@example.org").report
    warning = MisuseWarning.objects.get()
    row = {
        "warning": warning, "warned_at": warning.at, "factors": WEIGHED, "reason": "r",
        "reason_salt": "s", "days": 3, "state": "proposed", "proposer": lead.person,
        "proposed_at": timezone.now(), "reporter": warned.reporter,
    }  # fmt: skip
    wrongs = (
        {"reporter": other}, {"proposed_at": warning.at - timedelta(days=1)},
        {"factors": {"numbers": "1"}}, {"warning": None}, {"days": 0},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(DatabaseError), transaction.atomic():
            Suspension.objects.create(**{**row, **wrong})


def test_two_people_and_all_four_factors(warned: PartyOf, lead: Actor, second_lead: Actor) -> None:
    with pytest.raises(InvalidInput, match="article 23"):
        suspension_propose(
            party=warned, factors={"numbers": "5"}, reason="Often", days=3, actor=lead
        )
    row = suspension_propose(party=warned, factors=WEIGHED, reason="Often", days=3, actor=lead)
    with pytest.raises(NotAllowed):
        suspension_answer(suspension=row, agree=True, actor=lead)
    assert suspension_answer(suspension=row, agree=True, actor=second_lead).state == "in_force"


def test_a_suspension_stops_reports_but_no_statutory_request(
    warned: PartyOf, send: Send, lead: Actor, second_lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _suspend(warned, lead, second_lead)
    with pytest.raises(Conflict, match="not processed until"):
        send(email="Jo@example.org")
    taken = send(**VALID)
    assert taken.report.request_valid_at
    assert AuditEvent.objects.filter(name="suspension.passed_over").count() == 1
    send(email="jo@example.org", may_show_minor=True)
    send(email="sam@example.org")
    assert row.ends_at is not None
    over = row.ends_at + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: over)
    assert suspensions_sweep() == 1
    send(email="jo@example.org")


def test_a_reversal_takes_back_what_was_manifest(
    appealed: Appeal, reviewer: Actor, judge: Actor, decide: Callable[..., Decision]
) -> None:
    row = manifest_find(
        kind=Misuse.ILLEGAL_CONTENT, decision=appealed.decision, reason="Plain", actor=reviewer
    )
    assert row.uploader is not None
    appeal_take(appeal=appealed, actor=judge)
    appeal_rule(appeal=appealed, outcome="reversed", reason="Satire.", actor=judge)
    row.refresh_from_db()
    assert row.withdrawn_at
    assert not counted(PartyOf(uploader=row.uploader)).exists()


def test_erasing_the_address_ends_the_link(warned: PartyOf) -> None:
    assert warned.reporter is not None
    assert counted(warned).count() == 4
    from probity.cases.services import report_erase

    report_erase(report=warned.reporter, actor="system")
    assert not counted(PartyOf(reporter=type(warned.reporter).objects.get(pk=warned.reporter.pk)))
