"""Who else looks at a case; claims and clocks that change while a page is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from probity.accounts.actors import person_actor
from probity.audit.models import AuditEvent
from probity.cases.claims import case_claim, case_release
from probity.cases.models import Case, CaseClaim, Presence, Queue
from probity.cases.presence import COUNTS_FOR, SAID_EVERY, presence_note, present

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    said = {"category": "intimate", "explanation": "x", "places": "US-CA", "url": "https://e.org/1"}
    assert Client().post("/report", said).status_code == 302
    return Case.objects.get()


class Page:
    """An open case in somebody's browser: it sends along what it was told last."""

    def __init__(self, person: Any, case: Case) -> None:
        self.client, self.case = Client(), case
        self.client.force_login(person)
        self.marks = dict.fromkeys(("hold", "due", "here"), "")
        self._read(self.client.get(f"/triage/{case.pk}").content.decode())

    def ask(self) -> tuple[str, str]:
        """What came back, and what is said."""
        address = f"/triage/{self.case.pk}/live"
        answer = self.client.get(address, self.marks, headers={"hx-request": "true"})
        if answer.status_code == 204:
            return "", ""
        text = answer.content.decode()
        self._read(text)
        said = re.search(r'id="announce" hx-swap-oob="innerHTML">([^<]*)<', text)
        return text, said[1] if said else ""

    def _read(self, text: str) -> None:
        for name in self.marks:
            found = re.search(rf'id="{name}-mark" name="{name}" value="([^"]*)"', text)
            if found:
                self.marks[name] = found[1]


def test_people_see_each_other_until_they_are_gone(case: Case, person: Callable[..., Any]) -> None:
    ada, bea = person("ada"), person("bea")
    events = AuditEvent.objects.count()
    page = Page(ada, case)
    assert page.ask() == ("", "")
    Page(bea, case).ask()
    assert page.ask()[1] == "bea is looking at this case too."
    assert page.ask() == ("", "")
    presence_note(case=case, person=person("cy"))
    assert page.ask()[1] == "bea, cy are looking at this case too."
    Presence.objects.exclude(person=ada).update(until=now() - timedelta(seconds=1))
    assert page.ask()[1] == "Nobody else is looking at this case any more."
    assert [row.person for row in Presence.objects.all()] == [ada], "what is over is deleted"
    names = set(AuditEvent.objects.order_by("pk")[events:].values_list("name", flat=True))
    assert not any("presence" in name or "look" in name for name in names)


def test_one_row_a_person_and_one_missed_turn_is_forgiven(
    case: Case, person: Callable[..., Any]
) -> None:
    ada, bea = person("ada"), person("bea")
    first = presence_note(case=case, person=ada)
    again = presence_note(case=case, person=ada)
    assert (again.pk, again.since) == (first.pk, first.since)
    assert present(case.pk, besides=bea) == ["ada"]
    assert present(case.pk, besides=ada) == []
    assert timedelta(seconds=2 * SAID_EVERY) < COUNTS_FOR


def test_claims_are_announced_once(case: Case, person: Callable[..., Any]) -> None:
    ada, bea = person("ada"), person("bea")
    page = Page(ada, case)
    case_claim(case=case, actor=person_actor(bea))
    text, said = page.ask()
    assert said == "bea holds this case now."
    assert 'id="hold" hx-swap-oob="true"' in text
    assert page.ask() == ("", "")
    case_release(case=case, actor=person_actor(bea))
    assert page.ask()[1] == "Nobody holds this case now."
    page.client.post(f"/triage/{case.pk}/claim")
    assert page.ask()[1] == "You hold this case now."
    CaseClaim.objects.filter(person=ada).update(until=now() + timedelta(minutes=3))
    text, said = page.ask()
    assert "Your claim ends soon." in text
    assert said == ""
    CaseClaim.objects.filter(person=ada).update(until=now() - timedelta(seconds=1))
    assert page.ask()[1] == "You do not hold this case any more. Take it again to go on."
    case_claim(case=case, actor=person_actor(ada))
    page.ask()
    CaseClaim.objects.filter(person=ada, ended_at=None).update(until=now() - timedelta(seconds=1))
    case_claim(case=case, actor=person_actor(bea))
    assert page.ask()[1] == "You do not hold this case any more; bea took it."


def test_a_clock_is_announced_when_it_presses_or_changes(
    case: Case, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(person("ada"), case)
    due = Case.objects.get().due_at
    assert due is not None
    assert page.ask() == ("", "")
    Case.objects.update(due_at=due - timedelta(hours=1))
    text, said = page.ask()
    assert said.startswith("The deadline changed: ")
    assert 'id="urgency"' in text
    soon = due - timedelta(hours=2)
    monkeypatch.setattr("probity.web.triage.clock.now", lambda: soon)
    assert page.ask()[1].startswith("The deadline is pressing: ")
    assert page.ask() == ("", "")


def test_who_may_not_see_a_case_hears_nothing_of_it(case: Case) -> None:
    from probity.accounts.services import password_set, person_create

    outside, _ = person_create(username="out", roles=["reviewer"], queues=["elections"])
    password_set(person=outside, password="correct horse battery")
    browser = Client()
    browser.force_login(outside)
    assert browser.get(f"/triage/{case.pk}/live").status_code == 404
    assert not Presence.objects.exists()


def test_a_case_takes_anothers_place_in_parts(case: Case, person: Callable[..., Any]) -> None:
    browser = Client()
    browser.force_login(person("ada", "lead"))
    asked = {"headers": {"hx-request": "true", "hx-target": "main"}}
    part = browser.get(f"/triage/{case.pk}", **asked).content.decode()
    assert "<html" not in part
    assert part.lstrip().startswith(f"<title>{case.label}")
    assert part.count("<main") == 1
    back = {"headers": {"hx-request": "true", "hx-history-restore-request": "true"}}
    assert "<html" in browser.get(f"/triage/{case.pk}", **back).content.decode()
    taken = browser.post("/triage/next", {}, headers={"hx-request": "true"})
    assert f"/triage/{case.pk}" in taken["HX-Location"]
    assert '"target": "#main"' in taken["HX-Location"]
    empty = browser.post("/triage/next", {}, headers={"hx-request": "true"})
    assert empty["HX-Redirect"] == "/triage"


def test_the_next_case_comes_from_the_queue_one_works_on(
    case: Case, person: Callable[..., Any]
) -> None:
    other = Queue.objects.create(key="elections", title="Elections", order=2)
    said = {"category": "election", "explanation": "y", "url": "https://example.org/2"}
    Client().post("/report", said)
    Case.objects.exclude(pk=case.pk).update(queue=other)
    browser = Client()
    browser.force_login(person("ada", "lead"))
    assert browser.post("/triage/next", {"queue": "elections"})["Location"].startswith("/triage/")
    assert browser.post("/triage/next")["Location"] == "/triage", "no more in this queue"
    assert browser.post("/triage/next", {"queue": ""})["Location"] == f"/triage/{case.pk}"


def test_who_holds_it_is_asked_far_more_often_and_writes_nothing(
    case: Case, person: Callable[..., Any]
) -> None:
    ada, bea = person("ada"), person("bea")
    page = Page(ada, case)
    page.marks["quick"] = "1"
    assert page.ask() == ("", "")
    assert not Presence.objects.exists()
    case_claim(case=case, actor=person_actor(bea))
    text, said = page.ask()
    assert said == "bea holds this case now."
    assert 'id="hold" hx-swap-oob="true"' in text
    assert 'id="presence"' not in text
    assert page.ask() == ("", "")
    assert not Presence.objects.exists()
    shown = page.client.get(f"/triage/{case.pk}").content.decode()
    assert 0 < int(re.findall(r'data-quick="(\d+)"', shown)[0]) < SAID_EVERY / 2
