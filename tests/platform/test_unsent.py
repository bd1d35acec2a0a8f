"""What somebody wrote is not lost when the door refuses the form it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import probity.web
from probity.accounts.sessions import sessions_end
from probity.web.unsent import SENTENCES

pytestmark = pytest.mark.django_db
REASON = "I compared both frames, and the edge of the face is <b>sharper</b> on both sides."
CASE = "/triage/00000000-0000-4000-8000-000000000001"
BY_HTMX = {"hx-request": "true", "referer": f"http://testserver{CASE}?from=board"}


@pytest.fixture
def ada(client: Client, person: Callable[..., Any]) -> Any:
    somebody = person("ada")
    client.force_login(somebody)
    client.get("/triage")
    sessions_end(person=somebody, why="ended elsewhere", actor="system")
    return somebody


def test_a_form_sent_after_the_session_ended_stays_where_it_is(client: Client, ada: Any) -> None:
    for _ in range(2):  # as the session is found ended, and as nobody is signed in any more
        answer = client.post(f"{CASE}/decide", {"reason": REASON}, headers=BY_HTMX)
        page = answer.content.decode()
        assert (answer.status_code, answer["HX-Reswap"]) == (401, "none")
        assert "HX-Redirect" not in answer
        assert f'href="/sign-in?next={CASE.replace("/", "%2F")}%3Ffrom%3Dboard"' in page
        assert "What you wrote is still here" in page


def test_what_a_page_asks_by_itself_never_leads_away_from_it(client: Client, ada: Any) -> None:
    answer = client.get(f"{CASE}/live", headers={**BY_HTMX, "hx-target": "presence"})
    assert (answer.status_code, answer["HX-Reswap"]) == (401, "none")
    assert "HX-Redirect" not in answer
    assert "You were signed out: ended elsewhere" in answer.content.decode()


def test_another_page_leads_to_the_sign_in_and_back(client: Client, ada: Any) -> None:
    answer = client.get(f"{CASE}?x=1", headers={"hx-request": "true", "hx-target": "main"})
    assert answer["HX-Redirect"] == f"/sign-in?next={CASE.replace('/', '%2F')}%3Fx%3D1"


def test_without_scripts_what_was_written_comes_back(client: Client, ada: Any) -> None:
    sent = {"reason": REASON, "new": "a secret of twenty letters", "version": "7"}
    page = client.post(f"{CASE}/decide", sent, headers={"referer": f"http://testserver{CASE}"})
    assert page.status_code == 401
    assert "is &lt;b&gt;sharper&lt;/b&gt; on both sides." in page.content.decode()
    assert "a secret" not in page.content.decode()
    assert client.post(f"{CASE}/claim")["Location"] == "/sign-in"


def test_another_site_says_nothing_of_where_to_go_on(client: Client, ada: Any) -> None:
    away = {"hx-request": "true", "referer": "https://elsewhere.example/triage"}
    assert 'href="/sign-in"' in client.post(f"{CASE}/claim", headers=away).content.decode()


def test_a_form_whose_token_is_old_gets_a_new_one() -> None:
    browser = Client(enforce_csrf_checks=True)
    form = {"category": "other", "explanation": REASON}
    answer = browser.post("/report", form, headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert "send it again" in answer.content.decode()
    token = json.loads(answer["HX-Trigger"])["probity:token"]["value"]
    wrong = browser.post("/report", {**form, "csrfmiddlewaretoken": token[::-1]})
    assert wrong.status_code == 403
    again = browser.post("/report", {**form, "csrfmiddlewaretoken": token})
    assert again.status_code == 422  # read, and refused for what it lacks
    without = Client(enforce_csrf_checks=True).post("/report", form).content.decode()
    assert "sharper&lt;/b&gt;" in without


def test_every_field_of_several_lines_is_one_that_comes_back() -> None:
    templates = Path(probity.web.__file__).parent / "templates"
    names: set[str] = set()
    for path in templates.rglob("*.html"):
        names |= set(re.findall(r'<textarea[^>]*?\bname="([a-z_]+)"', path.read_text("utf-8")))
    assert len(names) > 5
    assert names <= SENTENCES
