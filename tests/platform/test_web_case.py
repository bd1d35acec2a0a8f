"""The case page: what it shows, who may act, and what comes back to htmx and to plain browsers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from probity.analysis.models import Finding
from probity.cases.claims import case_claim
from probity.cases.models import Case
from probity.decisions.models import Decision

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"hx-request": "true"}}


def picture(seed: int = 1) -> SimpleUploadedFile:
    pixels = np.random.default_rng(seed).normal(128, 30, (240, 320, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    return SimpleUploadedFile("holiday.jpg", out.getvalue(), "image/jpeg")


def report(**fields: Any) -> Case:
    body = {"category": "election", "explanation": "The day is wrong.", "places": "US-CA", **fields}
    assert Client().post("/report", body).status_code == 302
    return Case.objects.latest("number")


@pytest.fixture
def reviewer(client: Client, person: Callable[..., Any]) -> Client:
    """A browser in which the lead “ada” is signed in."""
    client.force_login(person("ada", "lead"))
    return client


@pytest.fixture
def case() -> Case:
    """A case with an address and no file."""
    return report(url="https://example.org/1")


def page(client: Client, case: Case) -> str:
    return client.get(f"/triage/{case.pk}").content.decode()


def test_the_queue_lists_and_filters(reviewer: Client, case: Case) -> None:
    text = reviewer.get("/triage").content.decode()
    assert case.label in text
    assert "Take the next case" in text
    assert case.label not in reviewer.get("/triage?show=decided").content.decode()
    assert "You hold no case." in reviewer.get("/triage?show=mine").content.decode()
    taken = reviewer.post("/triage/next")
    assert taken["Location"] == f"/triage/{case.pk}"
    assert case.label in reviewer.get("/triage?show=mine").content.decode()
    assert case.label not in reviewer.get("/triage?show=open").content.decode()
    assert reviewer.post("/triage/next")["Location"] == "/triage"
    assert "No case is waiting" in reviewer.get("/triage").content.decode()


def test_the_page_says_why_what_and_until_when(reviewer: Client) -> None:
    case = report(url="https://example.org/1", category="intimate")
    text = page(reviewer, case)
    assert "The day is wrong." in text
    assert "US-CA" in text
    assert "data-due=" in text
    assert "Provisional." in text
    assert "The law still needs to know" in text
    assert "No file came with this report" in text
    assert "https://example.org/1" in text
    assert 'href="https://example.org/1"' not in text


def test_an_unknown_case_is_a_plain_404(reviewer: Client) -> None:
    answer = reviewer.get("/triage/00000000-0000-4000-8000-000000000000")
    assert answer.status_code == 404
    assert "no case with this id" in answer.content.decode()


def test_answering_takes_the_case_and_updates_the_regions(reviewer: Client, case: Case) -> None:
    before = page(reviewer, case)
    assert 'id="ask-parody"' in before
    answer = reviewer.post(f"/triage/{case.pk}/facts", {"fact": "parody", "value": "true"}, **HTMX)
    text = answer.content.decode()
    for region in ("law", "urgency", "hold", "head", "decide-rules"):
        assert re.search(rf'id="{region}"[^>]*hx-swap-oob="true"', text), region
    assert 'id="ask-parody"' not in text
    assert "You hold this case" in text
    assert "<html" not in text
    back = reviewer.post(f"/triage/{case.pk}/facts", {"fact": "parody", "value": "unknown"})
    assert back["Location"] == f"/triage/{case.pk}"
    assert 'id="ask-parody"' in page(reviewer, case)


def test_a_place_is_asked_for_and_can_be_corrected(reviewer: Client) -> None:
    case = report(url="https://example.org/1", places="")
    url = f"/triage/{case.pk}/places"
    assert 'id="ask-places"' in page(reviewer, case)
    wrong = reviewer.post(url, {"places": "Germany"}, **HTMX)
    assert wrong.status_code == 422
    assert "ISO 3166" in wrong.content.decode()
    answer = reviewer.post(url, {"places": "us-ca, de"}, **HTMX).content.decode()
    assert re.search(r'id="where"[^>]*hx-swap-oob="true"', answer)
    assert "US-CA, DE" in answer
    assert 'id="ask-places"' not in answer
    history = reviewer.get(f"/review/{case.pk}").content.decode()
    assert "From no place to US-CA, DE." in history


def test_a_number_is_answered_with_a_number(
    reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy.calendar.occasions", lambda: ())
    case = report(url="https://example.org/1")
    assert 'id="number-days_to_election"' in page(reviewer, case)
    url = f"/triage/{case.pk}/facts"
    wrong = reviewer.post(url, {"fact": "days_to_election", "value": "soon"}, **HTMX)
    assert wrong.status_code == 422
    assert "whole number" in wrong.content.decode()
    assert wrong["HX-Reswap"] == "none"
    reviewer.post(url, {"fact": "days_to_election", "value": "12"})
    assert case.answers.get().value == 12


def test_a_decision_needs_an_action_and_a_reason_and_keeps_the_rest(
    reviewer: Client, case: Case
) -> None:
    url = f"/triage/{case.pk}/decide"
    kept = {"reason": "", "action": "label", "rules": ["house-synthetic-label"]}
    answer = reviewer.post(url, kept, **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="reason-error"' in text
    assert re.search(r'value="label"[^>]*checked', text)
    assert re.search(r'value="house-synthetic-label" checked', text)
    plain = reviewer.post(url, {"reason": "My words stay."})
    assert plain.status_code == 422
    assert "My words stay." in plain.content.decode()
    assert "Choose an action." in plain.content.decode()
    assert not Decision.objects.exists()


def test_deciding_writes_the_statement_and_can_be_done_again(reviewer: Client, case: Case) -> None:
    url = f"/triage/{case.pk}/decide"
    first = reviewer.post(url, {"action": "label", "reason": "It misleads voters."})
    assert first["Location"] == f"/triage/{case.pk}"
    text = page(reviewer, case)
    assert "Decided: label" in text
    assert "It misleads voters." in text
    letter = reviewer.get(f"/review/{case.pk}/statement").content.decode()
    assert "It misleads voters." in letter
    assert "out-of-court" in letter
    reviewer.post(url, {"action": "remove", "reason": "Looked at again."})
    assert "Earlier decisions" in page(reviewer, case)
    assert "It replaces 1 earlier statement" in (
        reviewer.get(f"/review/{case.pk}/statement").content.decode()
    )


def test_a_stale_page_decides_nothing(reviewer: Client, case: Case) -> None:
    seen = re.search(r'name="seen" value="([^"]+)"', page(reviewer, case))
    assert seen
    reviewer.post(f"/triage/{case.pk}/facts", {"fact": "parody", "value": "true"})
    body = {"action": "label", "reason": "x", "seen": seen[1]}
    answer = reviewer.post(f"/triage/{case.pk}/decide", body, **HTMX)
    assert answer.status_code == 409
    assert "nothing was decided" in answer.content.decode()
    assert not Decision.objects.exists()


def test_decide_and_next_leads_to_the_next_case(reviewer: Client, case: Case) -> None:
    other = report(url="https://example.org/2")
    body = {"action": "no_action", "reason": "Fine.", "next": "1"}
    answer = reviewer.post(f"/triage/{case.pk}/decide", body, **HTMX)
    assert f'"path": "/triage/{other.pk}"' in answer["HX-Location"]


def test_a_case_of_somebody_else_is_for_reading(
    reviewer: Client, case: Case, person: Callable[..., Any]
) -> None:
    from probity.accounts.actors import person_actor

    case_claim(case=case, actor=person_actor(person("bert")))
    text = page(reviewer, case)
    assert "bert holds this case" in text
    assert 'id="decide-form"' not in text
    assert 'class="answers"' not in text
    body = {"fact": "parody", "value": "true"}
    assert reviewer.post(f"/triage/{case.pk}/facts", body, **HTMX).status_code == 409
    assert reviewer.post(f"/triage/{case.pk}/release").status_code == 409


def test_claim_extend_release(reviewer: Client, case: Case) -> None:
    taken = reviewer.post(f"/triage/{case.pk}/claim", **HTMX).content.decode()
    assert "You hold this case" in taken
    assert reviewer.post(f"/triage/{case.pk}/claim")["Location"] == f"/triage/{case.pk}"
    assert case.claims.count() == 1
    assert reviewer.post(f"/triage/{case.pk}/release")["Location"] == "/triage"
    assert "went back to the queue" in reviewer.get("/triage").content.decode()


def test_legal_reviewers_read_without_buttons(
    client: Client, case: Case, person: Callable[..., Any]
) -> None:
    client.force_login(person("lena", "legal"))
    text = page(client, case)
    assert "You may read this case" in text
    assert 'class="answers"' not in text
    assert client.post(f"/triage/{case.pk}/claim").status_code == 403


def test_the_analysis_streams_in(reviewer: Client, work: Callable[[], int]) -> None:
    case = report(file=picture())
    text = page(reviewer, case)
    polled = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', text)
    assert polled
    address = polled[1].replace("&amp;", "&")
    assert reviewer.get(address, **HTMX).status_code == 204
    assert "A blurred picture is being made" in text
    assert work() == 1
    answer = reviewer.get(address, **HTMX).content.decode()
    assert "hx-trigger" not in answer
    for region in ("findings", "media", "law"):
        assert re.search(rf'id="{region}"[^>]*hx-swap-oob="true"', answer), region
    assert "Content Credentials" in answer
    assert f"All {Finding.objects.count()} findings are in." in answer
    assert "Taken together" in answer
    provenance = ["Contradictions", "Content Credentials", "Metadata", "Watermarks"]
    titles = re.findall(r"<h4>([\w ]+)", answer)
    assert [name.strip() for name in titles][:4] == provenance


def test_the_history_is_told_and_proved(reviewer: Client, work: Callable[[], int]) -> None:
    case = report(file=picture(2))
    work()
    reviewer.post(f"/triage/{case.pk}/facts", {"fact": "parody", "value": "false"})
    reviewer.post(f"/triage/{case.pk}/decide", {"action": "label", "reason": "It misleads."})
    text = reviewer.get(f"/review/{case.pk}").content.decode()
    assert "Nothing was altered" in text
    for words in (
        "A case was opened.", "The day is wrong.", "A file was received", "An analysis ended.",
        "Is it parody or satire?", "Answer: False.", "A person decided: label.", "It misleads.",
        "The findings are those that were made.", "The statement is as it was written.",
    ):  # fmt: skip
        assert words in text, words
    assert "differs from what was recorded" not in text
    assert "unreadable" not in text


def test_a_forged_reason_and_a_forged_event_are_pointed_at(
    reviewer: Client, case: Case, guards_lifted: Callable[[], None]
) -> None:
    from probity.audit.models import AuditEvent

    reviewer.post(f"/triage/{case.pk}/decide", {"action": "label", "reason": "It misleads."})
    guards_lifted()
    Decision.objects.update(reason="I was told to.")
    text = reviewer.get(f"/review/{case.pk}").content.decode()
    assert "stored rows differ" in text
    assert "differs from what was recorded" in text
    AuditEvent.objects.filter(name="case.opened").update(payload={"case": "another"})
    text = reviewer.get(f"/review/{case.pk}").content.decode()
    assert "The log was altered" in text
    assert "The chain breaks here." in text


def test_every_registered_case_event_is_told_in_words() -> None:
    from probity.audit.registry import kinds
    from probity.web.review.replay import TELLERS

    elsewhere = (
        "person.", "token.", "pack.", "asset.fixity_failed", "instance.", "identity.", "work.",
        "works.", "bank.", "endpoint.", "subscription.", "watch_list.", "alert.", "retention.set",
        "queue.", "routing.", "priority.", "second_person.", "care.", "access.", "grant.",
        "factor.", "session.", "sender.", "suspension.proposed", "suspension.refused",
        "suspension.begun", "suspension.over", "misuse.warned", "uploader.", "view.", "search.",
        "transparency.called", "notice.text_saved", "bulk.answered", "bulk.ended", "bulk.forgotten",
        "bulk.proposed", "bulk.stopped", "bulk.undo_begun", "bulk.undone", "quality.", "golden.",
        "trial.",
    )  # fmt: skip
    of_cases = {kind.name for kind in kinds() if not kind.name.startswith(elsewhere)}
    assert of_cases == set(TELLERS)
