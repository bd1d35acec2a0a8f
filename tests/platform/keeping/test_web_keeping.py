"""The pages and addresses of keeping and erasing, as staff, reporters and programs use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.cases.models import Case, Report, WorkNote
from probity.cases.notes import work_note
from probity.cases.receipts import receipt_token
from probity.keeping.erasing import erasures_run
from probity.keeping.forgetting import report_forget
from probity.keeping.models import ErasureRequest, LegalHold, RetentionSchedule

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
HOLD = {"kind": "court_order", "reason": "Doe v. Roe.", "reference": "HC-17", "asset": ""}


@pytest.fixture
def browser(client: Client, administrator: Actor) -> Client:
    client.force_login(administrator.person)
    return client


def test_a_hold_is_placed_shown_and_released(browser: Client, made: Made) -> None:
    case = made()
    page = f"/review/{case.pk}/keeping"
    wrong = browser.post(f"{page}/hold", HOLD | {"reason": "", "until": "someday"})
    assert wrong.status_code == 422
    assert "The end is a day" in wrong.content.decode()
    wrong = browser.post(f"{page}/hold", HOLD | {"reason": ""})
    assert "Say why it must be kept" in wrong.content.decode()
    placed = browser.post(f"{page}/hold", HOLD | {"until": "2099-12-31"}, follow=True)
    assert "Court order on the whole case, until 31 Dec 2099" in placed.content.decode()
    assert "On legal hold" in browser.get(f"/triage/{case.pk}").content.decode()
    assert "On hold" in browser.get("/triage").content.decode()
    assert case.label in browser.get("/keeping").content.decode()
    hold = LegalHold.objects.get()
    browser.post(f"{page}/hold/{hold.pk}/release", {"release_reason": "Settled."})
    assert "On legal hold" not in browser.get(f"/triage/{case.pk}").content.decode()
    shown = browser.get(page).content.decode()
    assert "Settled." in shown
    history = browser.get(f"/review/{case.pk}").content.decode()
    assert "A legal hold was released." in history
    assert "differs from what was recorded" not in history


def test_who_sees_why_and_who_may_do_what(
    client: Client, made: Made, legal: Actor, person: Callable[..., Any], browser: Client
) -> None:
    case = made()
    browser.post(f"/review/{case.pk}/keeping/hold", HOLD)
    other = Client()
    other.force_login(person("rev", "reviewer"))
    page = other.get(f"/review/{case.pk}/keeping").content.decode()
    assert "Court order on the whole case" in page
    assert "Doe v. Roe." not in page
    assert "HC-17" not in page
    assert other.post(f"/review/{case.pk}/keeping/hold", HOLD).status_code == 403
    assert other.post("/keeping/schedules", {"category": "other"}).status_code == 403
    assert Client().get("/keeping").status_code in {302, 401, 403}


def test_a_reporter_asks_on_their_page_and_reads_the_outcome(
    made: Made, browser: Client, django_capture_on_commit_callbacks: Any
) -> None:
    case = made()
    report = Report.objects.get()
    address = f"/status/{receipt_token(report.pk)}"
    stranger = Client()
    assert "Ask for your data to be erased" in stranger.get(address).content.decode()
    said = {"files": "1", "words": "Please."}
    assert stranger.post(f"{address}/erase", said).status_code == 302
    shown = stranger.get(address).content.decode()
    assert "Waits for a decision" in shown
    assert stranger.post(f"{address}/erase", said).status_code == 409
    row = ErasureRequest.objects.get()
    assert row.assets == [case.items.get().asset_id]
    page = f"/review/{case.pk}/keeping"
    browser.post(f"{page}/hold", HOLD)
    assert "Please." in browser.get(page).content.decode()
    approved = {"narrowed": "1", "assets": row.assets}
    browser.post(f"{page}/erasure/{row.pk}/approve", approved)
    erasures_run()
    shown = stranger.get(address).content.decode()
    assert "a legal duty obliges us to keep the data for now" in shown
    assert "HC-17" not in shown
    hold = LegalHold.objects.get()
    browser.post(f"{page}/hold/{hold.pk}/release", {"release_reason": "Settled."})
    with django_capture_on_commit_callbacks(execute=True):
        erasures_run()
    shown = stranger.get(address).content.decode()
    assert "All that was asked for is erased" in shown
    assert "What you said in it was erased." in shown
    history = browser.get(f"/review/{case.pk}").content.decode()
    assert "differs from what was recorded" not in history
    assert "<b>Destroyed</b>" in browser.get(f"/triage/{case.pk}").content.decode()


def test_staff_write_a_request_down_and_refuse_it(browser: Client, made: Made) -> None:
    case = made()
    page = f"/review/{case.pk}/keeping"
    assert browser.post(f"{page}/erasure", {"requester": "uploader"}).status_code == 422
    asked = {"requester": "uploader", "assets": [case.items.get().asset_id], "words": "Mine."}
    answer = browser.post(f"{page}/erasure", asked).content.decode()
    found = re.search(r"http://testserver(/erasure/[\w-]+)", answer)
    assert found
    row = ErasureRequest.objects.get()
    decide = f"{page}/erasure/{row.pk}"
    assert browser.post(f"{decide}/refuse", {"ground": "", "reason": ""}).status_code == 422
    browser.post(f"{decide}/extend", {"why": "Two cases to look at."})
    assert "Two cases to look at." in Client().get(found[1]).content.decode()
    browser.post(f"{decide}/refuse", {"ground": "claims", "reason": "A suit is pending."})
    outcome = Client().get(found[1])
    assert "A suit is pending." in outcome.content.decode()
    assert outcome["Referrer-Policy"] == "no-referrer"
    assert Client().get("/erasure/unknown-address").status_code == 404


def test_a_schedule_is_previewed_then_changed(browser: Client, made: Made) -> None:
    made(days_ago=40)
    assert "Nothing goes" in browser.get("/keeping/schedules").content.decode()
    said = {"category": "defamation", "days": "30", "anchor": "decision", "why": ""}
    seen = browser.post("/keeping/schedules", said | {"preview": "1"}).content.decode()
    assert "1 case would be cleared and 1 file" in seen
    assert not RetentionSchedule.objects.exists()
    refused = browser.post("/keeping/schedules", said | {"save": "1"})
    assert refused.status_code == 422
    browser.post("/keeping/schedules", said | {"why": "Our notice.", "save": "1"})
    assert RetentionSchedule.objects.get().days == 30
    assert "Our notice." in browser.get("/keeping/schedules").content.decode()


def test_the_same_through_the_api(
    client_for: Callable[..., APIClient], made: Made, django_capture_on_commit_callbacks: Any
) -> None:
    api, case = client_for("api", "administrator"), made()
    holds = f"/api/v1/cases/{case.pk}/holds"
    wrong = api.post(holds, {"kind": "whim", "reason": "", "reference": ""}, format="json")
    assert wrong.status_code == 422, wrong.json()
    assert (wrong.status_code, set(wrong.json()["fields"])) == (
        422,
        {"kind", "reason", "reference"},
    )
    hold = {"kind": "authority", "reason": "Asked.", "reference": "7", "asset": None}
    placed = api.post(holds, hold, format="json")
    assert placed.status_code == 201, placed.json()
    assert len(api.get("/api/v1/holds").json()["holds"]) == 1
    asked = {"requester": "depicted", "assets": [case.items.get().asset_id]}
    request = api.post(f"/api/v1/cases/{case.pk}/erasures", asked, format="json").json()
    decision = f"/api/v1/erasures/{request['id']}/decision"
    assert api.post(decision, {"decision": "perhaps"}, format="json").status_code == 422
    assert api.post(decision, {"decision": "approve"}, format="json").status_code == 200
    erasures_run()
    assert api.get("/api/v1/erasures").json()["erasures"][0]["state"] == "held"
    address = f"/api/v1/holds/{placed.json()['id']}/release"
    assert api.post(address, {"reason": "Over."}, format="json").status_code == 200
    assert api.post(address, {"reason": "Over."}, format="json").status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures_run() == 1
    rows = api.get(f"/api/v1/cases/{case.pk}/erasures").json()["erasures"]
    assert [row["state"] for row in rows] == ["done"]
    said = {"days": 400, "anchor": "report", "why": "Longer."}
    assert api.put("/api/v1/retention/other", said, format="json").json()["days"] == 400
    assert api.put("/api/v1/retention/none", said, format="json").status_code == 404
    shown = api.get("/api/v1/retention").json()
    assert {row["category"]: row["default"] for row in shown["schedules"]}["other"] is False
    reader = client_for("reader", "auditor")
    assert reader.post(holds, hold, format="json").status_code == 403
    assert reader.put("/api/v1/retention/other", said, format="json").status_code == 403


def test_notes_are_shown_to_who_decides_kept_and_erased(
    browser: Client, made: Made, person: Callable[..., Any]
) -> None:
    case, lead = made(), person("lena", "lead")
    for text in ("Ask ada@example.org.", "The caller seemed upset.", "The nurse from Ward 3."):
        work_note(case=case, kind="returned", person=lead, text=text, actor="system")
    report_forget(report=case.reports.get(), actor="system", why="test")
    page = f"/review/{case.pk}/keeping"
    shown = browser.get(page).content.decode()
    assert "The caller seemed upset." in shown
    assert "ada@example.org" not in shown
    assert f"{page}#notes-title" in browser.get("/keeping").content.decode()
    other = Client()
    other.force_login(lead)
    assert "Notes to look at" not in other.get(page).content.decode()
    keep, drop = (
        WorkNote.objects.get(text=text)
        for text in ("The caller seemed upset.", "The nurse from Ward 3.")
    )
    address = f"{page}/note/{drop.pk}"
    assert other.post(address, {"answer": "remove"}).status_code == 403
    said = browser.post(f"{page}/note/{keep.pk}", {"answer": "keep"}, follow=True)
    assert "The note stays." in said.content.decode()
    said = browser.post(address, {"answer": "remove"}, follow=True).content.decode()
    assert "The note is erased." in said
    assert "Notes to look at" not in said
    assert browser.post(address, {"answer": "keep"}).status_code == 409
    history = browser.get(f"/review/{case.pk}").content.decode()
    assert "A person looked at a note and kept it." in history
    assert "differs from what was recorded" not in history
