"""The pages of runs: choose, look, confirm, follow, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.models import Person
from probity.bulk.models import BulkRun, RunState
from probity.cases.models import Case
from probity.decisions.models import Decision
from probity.decisions.services import case_evaluate
from probity.workflow.bulk_run import bulk_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def window_of(person: Callable[..., Any]) -> Callable[..., Client]:
    def open_(name: str, *roles: str) -> Client:
        somebody = person(name, *roles)
        Person.objects.filter(pk=somebody.pk).update(password_change_required=False)
        client = Client()
        client.force_login(Person.objects.get(pk=somebody.pk))
        return client

    return open_


def test_from_a_search_to_a_run_and_back(
    many: Callable[..., list[Case]], window_of: Callable[..., Client]
) -> None:
    cases, client = many(3), window_of("lena", "lead")
    asked = {"q": "advertisement", "pick": "all"}
    assert "advertisement" in client.post("/triage/bulk/new", asked).content.decode()
    order = {**asked, "act": "decide", "measure": ["label"], "reason": "The same."}
    look = client.post("/triage/bulk/preview", order)
    text = look.content.decode()
    assert all(case.label in text for case in cases)
    assert look.context["plan"].chosen
    made = client.post("/triage/bulk/propose", {**order, "seen": look.context["plan"].mark})
    assert made.status_code == 302
    run = BulkRun.objects.get()
    assert "At work" in client.get(f"/triage/bulk/{run.pk}").content.decode()
    bulk_work()
    part = client.get(f"/triage/bulk/{run.pk}", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="bulk-progress"')
    assert "hx-trigger" not in part
    client.post(f"/triage/bulk/{run.pk}/undo", {"reason": "Wrong."})
    bulk_work()
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert "Decide: Label" in client.get("/triage/bulk").content.decode()


def test_ticked_cases_only(
    many: Callable[..., list[Case]], window_of: Callable[..., Client]
) -> None:
    cases, client = many(3), window_of("lena", "lead")
    order = {"pick": "ticked", "case": [str(cases[1].pk)], "act": "release", "reason": "x"}
    text = client.post("/triage/bulk/preview", order).content.decode()
    assert cases[1].label in text
    assert cases[0].label not in text
    assert "You do not hold it." in text


def test_what_is_wrong_is_said_in_the_form(
    many: Callable[..., list[Case]], window_of: Callable[..., Client]
) -> None:
    many(1)
    client = window_of("lena", "lead")
    for order, said in (
        ({}, "Choose what should happen"),
        ({"act": "decide"}, "at least one action"),
        ({"act": "decide", "measure": ["remove", "no_action"]}, "No action"),
        ({"act": "send", "person": "nemo"}, "somebody who works on cases"),
        ({"act": "queue", "queue": "nowhere"}, "Choose a queue"),
        ({"act": "snooze", "until": "soon"}, "Give a day"),
    ):
        asked = {"q": "advertisement", "pick": "all", **order}
        answer = client.post("/triage/bulk/preview", asked)
        assert answer.status_code == 422
        assert said in answer.content.decode(), order
    assert client.post("/triage/bulk/new", {"pick": "ticked"}).status_code == 422


def test_the_second_person_answers_on_the_page(
    many: Callable[..., list[Case]], window_of: Callable[..., Client], settings: Any
) -> None:
    settings.BULK_SECOND_ABOVE = 0
    many(1)
    mine, others = window_of("lena", "lead"), window_of("omar", "lead")
    asked = {"q": "advertisement", "pick": "all", "act": "decide", "measure": ["label"]}
    mine.post("/triage/bulk/propose", {**asked, "reason": "x"})
    run = BulkRun.objects.get()
    assert "Agree, and begin" not in mine.get(f"/triage/bulk/{run.pk}").content.decode()
    assert "Agree, and begin" in others.get(f"/triage/bulk/{run.pk}").content.decode()
    assert mine.post(f"/triage/bulk/{run.pk}/answer", {"agreed": "yes"}).status_code == 403
    others.post(f"/triage/bulk/{run.pk}/answer", {"agreed": "yes"})
    others.post(f"/triage/bulk/{run.pk}/stop")
    run.refresh_from_db()
    assert run.state == RunState.STOPPED


def test_reviewers_see_no_run(
    many: Callable[..., list[Case]], window_of: Callable[..., Client]
) -> None:
    client = window_of("ada", "reviewer")
    assert client.get("/triage/bulk").status_code == 403
    assert client.post("/triage/bulk/new", {"q": "x", "pick": "all"}).status_code == 403


def test_rules_are_offered_and_each_decision_rests_on_those_that_fit(
    many: Callable[..., list[Case]], window_of: Callable[..., Client]
) -> None:
    first, other = many(2)
    for case in (first, other):
        case_evaluate(case=case, actor="system")
    client = window_of("lena", "lead")
    asked = {"q": "advertisement", "pick": "all"}
    offered = client.post("/triage/bulk/new", asked).context["rules"]
    assert offered
    assert all(0 < rule.applies + rule.may <= 2 for rule in offered)
    chosen = offered[0].id
    order = {**asked, "act": "decide", "measure": ["label"], "reason": "The same."}
    order["rule"] = [chosen, "no-such-rule"]
    look = client.post("/triage/bulk/preview", order)
    assert f'name="rule" value="{chosen}"' in look.content.decode()
    client.post("/triage/bulk/propose", {**order, "seen": look.context["plan"].mark})
    bulk_work()
    decisions = Decision.objects.filter(case__in=[first, other])
    assert [decision.rules for decision in decisions] == [[chosen], [chosen]]
