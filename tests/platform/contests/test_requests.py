"""Requests by people who are shown: what each law wants, the guided form, what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import Actor
from probity.cases.models import Report
from probity.cases.request_law import Filled, dsa_16, law_checks, sb_981, take_it_down
from probity.contests.request_models import RequestUpdate
from probity.contests.updates import requests_open
from probity.core.errors import Conflict
from probity.matching.models import CopySearch
from probity.notices.models import Notice
from probity.workflow.report_receive import Receipt
from probity.workflow.request_copies import requests_sweep
from probity.workflow.request_update import request_update

Send = Callable[..., Receipt]
VALID: dict[str, Any] = {
    "category": "intimate", "depicted": True, "good_faith": True, "signature": "Jo Doe",
    "email": "jo@example.org",
}  # fmt: skip
CALIFORNIA = {**VALID, "no_consent": True, "resident": True, "has_account": True}


@pytest.mark.parametrize("name", ["depicted", "url", "good_faith", "signature", "email"])
def test_every_element_of_a_take_it_down_request_is_needed(name: str) -> None:
    whole = {**VALID, "url": "https://host.example/1"}
    assert take_it_down(Filled(**whole)).valid
    without = {key: value for key, value in whole.items() if key != name}
    missing = take_it_down(Filled(**without)).missing
    assert [one.field for one in missing] == [name]


def test_another_way_to_be_reached_is_enough() -> None:
    asked = {**VALID, "url": "https://host.example/1", "email": "", "contact": "Box 7, Berlin"}
    assert take_it_down(Filled(**asked)).valid
    assert not dsa_16(Filled(**asked, explanation="x")).valid


def test_who_cannot_ask_under_which_law() -> None:
    assert "nobody for them" in sb_981(Filled(**CALIFORNIA, on_behalf=True)).ruled_out
    assert "live in California" in sb_981(Filled(**{**CALIFORNIA, "resident": False})).ruled_out
    assert take_it_down(Filled(**{**VALID, "category": "election"})).ruled_out
    child = Filled(may_show_minor=True, explanation="x", url="https://a.example", good_faith=True)
    assert dsa_16(child).valid
    assert all(check.gives for check in law_checks(child))


@pytest.mark.django_db
def test_a_californian_request_is_confirmed_in_writing_and_owed_an_update(
    send: Send, reviewer: Actor
) -> None:
    receipt = send(**CALIFORNIA)
    update = RequestUpdate.objects.get(report=receipt.report)
    assert (update.kind, update.person) == ("confirmed", None)
    assert update.text in Notice.objects.get(kind="update").text
    assert [row.next for row in requests_open(None)] == ["Write a status update"]
    request_update(report=receipt.report, kind="status", text="We are looking.", actor=reviewer)
    assert [row.next for row in requests_open(None)] == ["Decide"]
    with pytest.raises(Conflict):
        request_update(report=send().report, kind="status", text="x", actor=reviewer)


@pytest.mark.django_db
def test_copies_are_looked_for_by_the_system_once(
    send: Send, client_for: Callable[..., Any], work: Callable[[], int]
) -> None:
    from io import BytesIO

    from PIL import Image

    held = BytesIO()
    Image.new("RGB", (64, 64), "plum").save(held, "PNG")
    held.seek(0)
    held.name = "shown.png"
    answer = client_for().post(
        "/api/v1/reports",
        {**VALID, "explanation": "Me", "url": "https://host.example/9", "file": held},
        format="multipart",
    )
    assert answer.status_code == 201, answer.content
    assert requests_sweep() == 0
    work()
    assert requests_sweep() == 1
    assert requests_sweep() == 0
    assert CopySearch.objects.get().person is None


@pytest.mark.django_db
def test_the_guided_form_carries_its_answers_and_starts_the_clock(client: Client) -> None:
    page = client.get("/request")
    assert page.status_code == 200
    filled: dict[str, str] = {}
    steps = {
        "who": {"person": "me"},
        "where": {
            "category": "intimate", "url": "https://host.example/7", "explanation": "It is me",
        },
        "say": {"good_faith": "true"},
        "reach": {"email": "jo@example.org", "signature": "Jo Doe"},
    }  # fmt: skip
    for step, said in steps.items():
        filled |= said
        page = client.post("/request", {**filled, "step": step, "go": "next"})
        assert page.status_code == 200, step
        assert not Report.objects.exists()
    assert "complete" in page.content.decode()
    sent = client.post(
        "/request", {**filled, "step": "send", "go": "send"}, headers={"hx-request": "true"}
    )
    assert "/status/" in sent["HX-Redirect"]
    report = Report.objects.get()
    assert report.request_valid_at
    assert report.case.clocks.filter(rule="us-tida-notice-removal", ended_at=None).exists()


@pytest.mark.django_db
def test_the_form_leads_back_to_what_is_wrong_and_checks_as_one_goes(client: Client) -> None:
    nobody = client.post("/request", {"step": "who", "go": "next"})
    assert nobody.status_code == 422
    wrong = client.post(
        "/request",
        {"person": "me", "category": "intimate", "url": "nowhere", "step": "send", "go": "send"},
    )
    assert wrong.status_code == 422
    assert 'name="step" value="where"' in wrong.content.decode()
    part = client.post("/request/check", {"person": "behalf", "category": "intimate"})
    assert "Sign it: type your full name." in part.content.decode()
    assert client.post("/request", {"person": "other", "step": "who"}).url == "/report"  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_browser_s_own_back_has_a_step_to_lead_to(client: Client) -> None:
    """A page that was posted for cannot be gone back to: the steps take each other's place."""
    page = client.get("/request").content.decode()
    form = page.split('<form id="request-form"')[1].split(">")[0]
    assert 'hx-target="#main" hx-select="#main"' in form
    assert "probity/steps.js" in page
    sent = client.post(
        "/request", {"person": "other", "step": "who"}, headers={"hx-request": "true"}
    )
    assert sent["HX-Redirect"] == "/report"
