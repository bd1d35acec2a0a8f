"""Running deadlines: what starts, moves, warns, breaches and stops them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from probity.audit.models import AuditEvent
from probity.cases.clocks import clocks_running, clocks_sweep
from probity.cases.models import Case, Clock
from probity.core.clock import now
from probity.decisions.models import PolicyEvaluation

pytestmark = pytest.mark.django_db
REQUEST = {
    "category": "intimate",
    "explanation": "This is me and I never agreed.",
    "url": "https://example.org/clip",
    "depicted": True,
    "good_faith": True,
    "signature": "A. Person",
    "email": "a.person@example.org",
    "places": ["US-CA"],
}


@pytest.fixture
def client(client_for: Callable[..., APIClient], settings: Any) -> APIClient:
    settings.SERVICE_FACTS = {"covered_platform": True}
    return client_for("ada", "lead")


def opened(client: APIClient, **fields: Any) -> Case:
    answer = client.post("/api/v1/reports", {**REQUEST, **fields}, format="json")
    assert answer.status_code == 201, answer.content
    return Case.objects.latest("number")


def answer(client: APIClient, case: Case, **facts: Any) -> None:
    said = client.post(f"/api/v1/cases/{case.pk}/facts", facts, format="json")
    assert said.status_code == 200, said.content


def names(case: Case) -> list[str]:
    events = AuditEvent.objects.filter(chain_id=f"case:{case.pk}").order_by("seq")
    return [event.name for event in events]


def removal(case: Case) -> Clock:
    return clocks_running(case).get(rule="us-tida-notice-removal", duty="remove")


def test_a_complete_request_starts_48_hours_at_its_own_moment(client: APIClient) -> None:
    case = opened(client)
    report = case.reports.get()
    assert report.request_valid_at == report.received_at
    clock = removal(case)
    assert clock.provisional
    assert clock.started_at == report.request_valid_at
    assert clock.due_at - clock.started_at == timedelta(hours=48)
    assert case.due_at is not None
    assert case.due_at <= clock.due_at
    assert "request.valid" in names(case)
    assert "clocks.set" in names(case)


def test_an_incomplete_request_is_not_recorded_as_valid(client: APIClient) -> None:
    case = opened(client, signature="")
    assert case.reports.get().request_valid_at is None
    assert "request.valid" not in names(case)
    assert removal(case).provisional


def test_answers_settle_a_clock_or_end_it(client: APIClient) -> None:
    case = opened(client)
    answer(
        client, case, intimate=True, depicts_identifiable_person=True, request_valid=True,
        consent_to_publication=False,
    )  # fmt: skip
    assert not removal(case).provisional
    answer(client, case, intimate=False)
    assert not clocks_running(case).filter(rule="us-tida-notice-removal").exists()
    ended = case.clocks.filter(rule="us-tida-notice-removal", ended_why="ruled out")
    assert {clock.duty for clock in ended} == {"remove", "remove_identical_copies"}


def test_a_decision_stops_every_clock(client: APIClient) -> None:
    case = opened(client)
    body = {"action": "no_action", "reason": "It is somebody else.", "rules": []}
    assert client.post(f"/api/v1/cases/{case.pk}/decisions", body).status_code == 201
    assert not clocks_running(case).exists()
    assert set(case.clocks.values_list("ended_why", flat=True)) == {"decided"}


def test_a_law_of_another_harm_runs_no_clock_before_a_reason_is_found(client: APIClient) -> None:
    case = opened(client, category="election")
    assert not clocks_running(case).filter(rule="us-tida-notice-removal").exists()
    answer(client, case, intimate=True)
    assert removal(case).provisional


def test_where_the_service_is_not_offered_no_provisional_clock_runs(
    client: APIClient, settings: Any
) -> None:
    settings.SERVED_PLACES = ["DE"]
    elsewhere = opened(client, places=[])
    assert not clocks_running(elsewhere).filter(rule="us-tida-notice-removal").exists()
    named = opened(client, places=["US"])
    assert removal(named)


def moved(case: Case, *, started: timedelta, due: timedelta) -> Clock:
    """The removal clock as if it had begun and fallen due at other moments."""
    clock = removal(case)
    Clock.objects.filter(case=case).exclude(pk=clock.pk).update(ended_at=now(), ended_why="test")
    begin, end = now() + started, now() + due
    Clock.objects.filter(pk=clock.pk).update(
        started_at=begin, warn_at=begin + 0.75 * (end - begin), due_at=end
    )
    return clock


@pytest.mark.parametrize(
    ("started", "due", "event"),
    [(-37, 11, "clock.warned"), (-50, -2, "clock.breached")],
)
def test_warning_and_breach_are_recorded_once(
    client: APIClient, guards_lifted: Callable[[], None], started: int, due: int, event: str
) -> None:
    case = opened(client)
    guards_lifted()
    moved(case, started=timedelta(hours=started), due=timedelta(hours=due))
    assert clocks_sweep() == 1
    assert clocks_sweep() == 0
    assert names(case).count(event) == 1


def test_early_clocks_neither_warn_nor_breach(
    client: APIClient, guards_lifted: Callable[[], None]
) -> None:
    case = opened(client)
    guards_lifted()
    moved(case, started=timedelta(hours=-10), due=timedelta(hours=38))
    assert clocks_sweep() == 0


def test_a_clock_s_moments_cannot_be_rewritten(client: APIClient) -> None:
    clock = removal(opened(client))
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(due_at=now() + timedelta(days=9))


def test_evaluations_without_change_leave_the_clocks_alone(client: APIClient) -> None:
    case = opened(client)
    before = list(clocks_running(case).values_list("pk", flat=True))
    answer(client, case, parody=False)
    assert set(before) <= set(case.clocks.values_list("pk", flat=True))
    assert removal(case).pk in before
    assert PolicyEvaluation.objects.filter(case=case).count() >= 2
