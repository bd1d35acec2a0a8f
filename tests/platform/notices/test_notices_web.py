"""Private pages, the case's letters, the editor, the public database: on pages and over the API."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from probity.accounts.actors import person_actor
from probity.cases.models import Case
from probity.cases.receipts import receipt_token
from probity.notices.models import TextVersion
from probity.notices.services import page_open

pytestmark = pytest.mark.django_db
BODY = "{outcome}\n{automation}\n{redress}"


@pytest.fixture
def signed_in(person: Callable[..., Any]) -> Client:
    client = Client()
    client.force_login(_ready(person("lena", "lead", "reviewer")))
    return client


def _ready(somebody: Any) -> Any:
    somebody.password_change_required = False
    somebody.save(update_fields=["password_change_required"])
    return somebody


def uploader_url(case: Case) -> str:
    return reverse("uploader-page", args=[page_open(case=case)[1]])


def test_the_uploader_reads_the_statement_and_finds_the_way_to_complain(
    reported: Any, decide: Any, client: Client
) -> None:
    case = reported(uploader={"language": "de"})
    url = uploader_url(case)
    before = client.get(url).content.decode()
    assert "nothing to tell you" in before
    decide(case, "remove")
    answer = client.get(url)
    text = answer.content.decode()
    assert "Der Inhalt wurde entfernt." in text
    assert 'lang="de"' in text
    assert "since no address is known" in text
    assert 'id="disagree"' in text
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    for secret in ("ada", "byron", "charles", receipt_token(case.reports.get().pk)):
        assert secret not in text.lower()
    assert client.get(f"{url}x").status_code == 404


def test_the_reporter_reads_what_was_sent_to_them_and_nothing_sent_to_others(
    reported: Any, decide: Any, client: Client
) -> None:
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "remove")
    text = client.get(f"/status/{receipt_token(case.reports.get().pk)}").content.decode()
    assert "what was decided about your report" in text
    assert "Statement of reasons" not in text
    assert "If you disagree" in text


def test_who_complained_is_told_so_and_not_asked_again(
    reported: Any, decide: Any, client: Client
) -> None:
    case = reported()
    decide(case, "remove")
    token = receipt_token(case.reports.get().pk)
    page = f"/status/{token}"
    assert "Complain about the decision" in client.get(page).content.decode()
    sent = client.post(f"/appeal/{token}", {"ground": "overlooked", "words": "Look again"})
    assert sent.status_code == 302
    text = client.get(page).content.decode()
    assert "Complain about the decision" not in text
    assert f'<a href="/appeal/{token}">See how far it is</a>' in text


def test_staff_read_every_letter_without_the_secret_in_it(
    reported: Any, decide: Any, signed_in: Client, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://probity.example"
    case = reported(uploader={"email": "up@example.net"})
    decide(case, "remove")
    text = signed_in.get(f"/review/{case.pk}/notices").content.decode()
    assert text.count("These are the words that were written.") == 3
    assert page_open(case=case)[1] not in text
    assert receipt_token(case.reports.get().pk) not in text
    assert "up@example.net" not in text
    assert "https://probity.example/…" in text
    log = signed_in.get(f"/review/{case.pk}").content.decode()
    assert "Statement of reasons, to the uploader." in log
    shown = signed_in.post(f"/review/{case.pk}/notices/address").content.decode()
    assert page_open(case=case)[1] in shown


def test_a_hold_is_placed_and_ended_on_the_page(
    reported: Any, decide: Any, signed_in: Client
) -> None:
    case = reported()
    url = f"/review/{case.pk}/notices/hold"
    wrong = signed_in.post(url, {"to": "uploader", "ground": "law", "until": "soon"})
    assert wrong.status_code == 422
    signed_in.post(url, {"to": "", "ground": "law", "reason": "A law says so.", "reference": "§ 1"})
    decide(case, "remove")
    text = signed_in.get(f"/review/{case.pk}/notices").content.decode()
    assert "Another law forbids telling" in text
    assert text.count("Not told") == 2
    hold = case.notice_holds.get()
    ended = signed_in.post(f"{url}/{hold.pk}/end", {"ended_reason": "It ran out."}, follow=True)
    assert "2 notices that it held back went out" in ended.content.decode()


def test_a_text_is_looked_at_saved_and_restored(signed_in: Client) -> None:
    url = "/leading/texts/decided/de"
    assert "Was über Ihre Meldung" in signed_in.get(url).content.decode()
    shown = signed_in.post(url, {"subject": "{case}: Neues", "body": BODY, "preview": "1"})
    assert "P-000123: Neues" in shown.content.decode()
    assert not TextVersion.objects.exists()
    wrong = signed_in.post(url, {"subject": "{case}", "body": "{outcome}", "save": "1"})
    assert wrong.status_code == 422
    assert "{automation}, {redress} is missing" in wrong.content.decode()
    signed_in.post(url, {"subject": "{case}", "body": BODY, "save": "1", "seen": "0"})
    again = signed_in.post(url, {"subject": "{case}", "body": BODY, "save": "1", "seen": "0"})
    assert again.status_code == 409
    assert "version 1" in signed_in.get("/leading/texts").content.decode()
    signed_in.post(f"{url}/restore")
    assert "comes with the product" in signed_in.get(url).content.decode()
    assert signed_in.get("/leading/texts/decided/fr").status_code == 404


def test_leads_see_what_would_go_to_the_public_database(
    reported: Any, decide: Any, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = {
        "rule": "a-law", "title": "A law", "citation": {"law": "Act"}, "outcome": "applies",
        "ground": "illegal_content", "explanation": "It forbids this.",
    }  # fmt: skip
    monkeypatch.setattr("probity.notices.transparency.build.grounds_of", lambda _: [ground])
    decision = decide(reported(), "remove", reason="Ask mary@example.org.")
    text = signed_in.get("/leading/transparency").content.decode()
    assert "It has an e-mail address. Take it out." in text
    url = f"/leading/transparency/{decision.pk}/facts"
    assert signed_in.post(url, {"facts": "Ask mary@example.org."}).status_code == 422
    signed_in.post(url, {"facts": "The voice was cloned.", "content_date": "2026-01-02"})
    assert "The voice was cloned." in signed_in.get("/leading/transparency").content.decode()
    sheet = signed_in.get("/leading/transparency/counts.csv")
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode())))
    assert [(row["category"], row["decisions"]) for row in rows] == [("defamation", "1")]
    assert signed_in.get("/leading/transparency/counts.csv?since=x").status_code == 422


def test_the_api_tells_holds_edits_and_counts(
    reported: Any, decide: Any, client_for: Callable[..., APIClient]
) -> None:
    client = client_for("ada", "administrator")
    case = reported(uploader={"email": "up@example.net"})
    base = f"/api/v1/cases/{case.pk}"
    held = client.post(
        f"{base}/notice-holds",
        {"to": "uploader", "ground": "law", "reason": "r", "reference": "x"}, format="json",
    )  # fmt: skip
    assert held.status_code == 201
    decision = decide(case, "remove")
    ended = client.post(
        f"{base}/notice-holds/{held.json()['id']}/end", {"reason": "over"}, format="json"
    )
    assert [row["kind"] for row in ended.json()["sent"]] == ["statement"]
    rows = client.get(f"{base}/notices").json()["notices"]
    assert [row["way"] for row in rows] == ["mail", "mail", "withheld", "mail"]
    assert "up@example.net" not in str(rows)
    text = "/api/v1/notice-texts/decided/en"
    assert client.put(text, {"subject": "{x}", "body": BODY}, format="json").status_code == 422
    saved = client.put(text, {"subject": "{case}", "body": BODY, "seen": 0}, format="json")
    assert (saved.status_code, saved.json()["number"]) == (200, 1)
    shown = client.post(f"{text}/preview", {"subject": "{case}", "body": BODY}, format="json")
    assert shown.json()["subject"] == "P-000123"
    assert client.delete(text).json()["shipped"] is True
    assert len(client.get("/api/v1/notice-texts").json()["texts"]) == 22
    assert [row["decision"] for row in client.get("/api/v1/transparency").json()["refused"]] == [
        str(decision.pk)
    ]
    facts = f"/api/v1/decisions/{decision.pk}/public-facts"
    assert client.post(facts, {"facts": "Cloned."}, format="json").status_code == 201
    assert client.get("/api/v1/transparency/counts").json()["counts"][0]["decisions"] == 1


def test_a_reviewer_reads_letters_and_changes_nothing(
    reported: Any, person: Callable[..., Any]
) -> None:
    case, client = reported(), Client()
    somebody = _ready(person("rob", "reviewer"))
    assert person_actor(somebody)
    client.force_login(somebody)
    assert client.get(f"/review/{case.pk}/notices").status_code == 200
    for url in ("/leading/texts", "/leading/transparency", "/leading/texts/decided/en"):
        assert client.get(url).status_code == 403
    assert client.post(f"/review/{case.pk}/notices/address").status_code == 403
