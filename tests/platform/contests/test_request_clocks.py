"""What is written to whoever asked stops its clock and starts those that count from it: SB 981."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.cases.board import clocks_about_to_breach
from probity.cases.models import Case, Clock
from probity.contests.updates import duties_met
from probity.workflow.report_receive import Receipt
from probity.workflow.request_update import request_update

pytestmark = pytest.mark.django_db
Send = Callable[..., Receipt]
CALIFORNIA: dict[str, Any] = {
    "category": "intimate", "depicted": True, "good_faith": True, "signature": "Jo Doe",
    "email": "jo@example.org", "no_consent": True, "resident": True, "has_account": True,
    "places": "US-CA", "url": "https://host.example/981",
}  # fmt: skip
TWO_WEEKS = timedelta(days=14)


def running(case: Case) -> dict[tuple[str, str], Clock]:
    rows = case.clocks.filter(ended_at=None, rule__startswith="us-ca-sb981")
    return {(row.rule, row.duty): row for row in rows}


def met(case: Case) -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(chain_id=f"case:{case.pk}", name="clock.met").order_by("seq")
    return [(row.payload["duty"], row.actor) for row in rows]


def test_the_confirmation_stops_its_clock_and_the_week_counts_from_it(send: Send) -> None:
    receipt = send(**CALIFORNIA)
    receipt.report.refresh_from_db()
    confirmed = receipt.report.request_confirmed_at
    assert confirmed is not None
    clocks = running(receipt.case)
    assert ("us-ca-sb981", "acknowledge") not in clocks
    assert clocks["us-ca-sb981", "update"].due_at == confirmed + timedelta(days=7)
    assert clocks["us-ca-sb981-decision", "decide"].due_at == confirmed + timedelta(days=30)
    done = receipt.case.clocks.get(rule="us-ca-sb981", duty="acknowledge")
    assert (done.ended_why, done.breached_at) == ("met", None)
    assert met(receipt.case) == [("acknowledge", "system")]


def test_a_sent_update_leaves_the_board_and_the_decision_s_clock_runs_on(
    send: Send, reviewer: Actor
) -> None:
    receipt = send(**CALIFORNIA)
    shown = clocks_about_to_breach(person=None, ahead=TWO_WEEKS)
    assert shown.filter(rule="us-ca-sb981", duty="update").exists()
    request_update(report=receipt.report, kind="blocked", text="It is hidden.", actor=reviewer)
    assert shown.filter(rule="us-ca-sb981", duty="update").exists()
    request_update(report=receipt.report, kind="status", text="We are looking.", actor=reviewer)
    assert not shown.filter(rule="us-ca-sb981", duty="update").exists()
    assert ("us-ca-sb981-decision", "decide") in running(receipt.case)
    assert met(receipt.case) == [("acknowledge", "system"), ("update", reviewer.name)]
    request_update(report=receipt.report, kind="status", text="We still look.", actor=reviewer)
    assert len(met(receipt.case)) == 2


def test_a_second_person_who_asks_is_owed_an_update_of_their_own(
    send: Send, reviewer: Actor
) -> None:
    first = send(**CALIFORNIA)
    request_update(report=first.report, kind="status", text="We are looking.", actor=reviewer)
    assert set(duties_met(first.case)) == {"acknowledge", "update"}
    second = send(**{**CALIFORNIA, "email": "second@example.org"})
    assert second.case.pk == first.case.pk
    assert set(duties_met(first.case)) == {"acknowledge"}
    assert ("us-ca-sb981", "update") in running(first.case)
    request_update(report=second.report, kind="delayed", text="It takes longer.", actor=reviewer)
    assert ("us-ca-sb981", "update") not in running(first.case)


def test_a_report_by_nobody_shown_meets_nothing(send: Send) -> None:
    case = send(category="intimate", url="https://host.example/5").case
    assert duties_met(case) == {}


def test_the_case_page_says_what_was_done(send: Send, reviewer: Actor, client: Client) -> None:
    receipt = send(**CALIFORNIA)
    assert reviewer.person is not None
    client.force_login(reviewer.person)
    page = client.get(f"/triage/{receipt.case.pk}").content.decode()
    assert page.count("Done <time") == 1
    request_update(report=receipt.report, kind="status", text="We are looking.", actor=reviewer)
    page = client.get(f"/triage/{receipt.case.pk}").content.decode()
    assert page.count("Done <time") == 2
