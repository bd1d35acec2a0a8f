"""The pages that people look at all day ask the database a fixed number of times."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from probity.cases.claims import case_claim
from probity.cases.models import Case, Queue
from probity.cases.queues import queue_general
from probity.core.clock import now

pytestmark = pytest.mark.django_db
QUEUE_PAGE_MOST = 26
CASE_PAGE_MOST = 40
CASE_WITH_FILE_MOST = 40


@pytest.fixture
def window(person: Callable[..., Any]) -> Client:
    lead = person("lea", "lead")
    lead.password_change_required = False
    lead.save()
    client = Client()
    client.force_login(lead)
    client.get("/triage")
    return client


def cases(count: int, *, number: int) -> list[Case]:
    return Case.objects.bulk_create(
        Case(number=number + place, category="other", opened_at=now(), queue=queue_general())
        for place in range(count)
    )


def asked(window: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert window.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("show", ["waiting", "mine", "decided", "snoozed"])
def test_the_queue_page_asks_as_often_for_many_cases_as_for_few(window: Client, show: str) -> None:
    Queue.objects.create(key="second", title="Second")
    cases(2, number=1)
    few = asked(window, f"/triage?show={show}")
    cases(30, number=100)
    assert asked(window, f"/triage?show={show}") == few <= QUEUE_PAGE_MOST


def test_the_case_page_stays_within_its_number(window: Client) -> None:
    (case,) = cases(1, number=1)
    asked(window, f"/triage/{case.pk}")
    assert asked(window, f"/triage/{case.pk}") <= CASE_PAGE_MOST


def test_a_case_with_a_dozen_findings_costs_little_more(window: Client) -> None:
    call_command("synthetic_load", cases=8, undecided=0.5, into_empty=True, stderr=io.StringIO())
    waiting = Case.objects.filter(state="open", items__isnull=False).order_by("number")
    asked(window, f"/triage/{waiting[0].pk}")
    assert asked(window, f"/triage/{waiting[0].pk}") <= CASE_WITH_FILE_MOST


def test_the_tabs_count_what_they_show(window: Client, person: Callable[..., Any]) -> None:
    from probity.accounts.actors import person_actor
    from probity.accounts.models import Person
    from probity.web.triage.queue_page import queue_page

    second = Queue.objects.create(key="second", title="Second")
    rows = cases(5, number=1)
    Case.objects.filter(pk=rows[0].pk).update(queue=second)
    lea = Person.objects.get(username="lea")
    case_claim(case=rows[1], actor=person_actor(lea))
    Case.objects.filter(pk=rows[2].pk).update(kept_for=lea)
    page = queue_page(person=lea, key="mine")
    assert {tab.key: tab.count for tab in page.tabs} == {
        "waiting": 5, "open": 3, "mine": 2, "snoozed": 0, "decided": 0,
    }  # fmt: skip
    assert {row.id for row in page.rows} == {rows[1].pk, rows[2].pk}
    assert {tab.key: tab.count for tab in page.queues} == {"": 5, "general": 4, "second": 1}
