"""The search page, saved searches, the table, and the same for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import person_actor
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.search.models import SavedView, SearchExport
from probity.search.services import export_record, view_remove, view_save
from probity.web.tables import cell

pytestmark = pytest.mark.django_db
Told = Callable[..., Case]


@pytest.fixture
def window_of(person: Callable[..., Any]) -> Callable[..., Client]:
    def open_(name: str, *roles: str) -> Client:
        from probity.accounts.models import Person

        somebody = person(name, *roles)
        Person.objects.filter(pk=somebody.pk).update(password_change_required=False)
        client = Client()
        client.force_login(Person.objects.get(pk=somebody.pk))
        return client

    return open_


def test_the_page_shows_why_and_escapes_it(told: Told, window_of: Callable[..., Client]) -> None:
    case = told("Look: <script>alert(1)</script> the Mayor danced.")
    page = window_of("ada", "reviewer").get("/triage/search", {"q": "mayor"})
    text = page.content.decode()
    assert page.status_code == 200
    assert case.label in text
    assert "<mark>Mayor</mark>" in text
    assert "<script>alert" not in text
    assert "Take along as CSV" not in text
    assert "Act on the ticked" not in text


def test_a_count_that_takes_too_long_is_left_out(
    told: Told, window_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probity.web.finding.page.MOST", 1)
    monkeypatch.setattr("probity.web.finding.page.count_up_to", lambda found: None)
    told("same"), told("same")
    page = window_of("ada", "reviewer").get("/triage/search", {"q": "same"})
    assert "More than 1 cases" in page.content.decode()


def test_only_the_results_come_when_htmx_asks(told: Told, window_of: Callable[..., Client]) -> None:
    told("something")
    page = window_of("ada", "reviewer").get(
        "/triage/search", {"q": "something"}, headers={"HX-Request": "true"}
    )
    assert page.content.decode().lstrip().startswith('<div id="found"')


def test_a_wrong_search_says_what_is_wrong(window_of: Callable[..., Client]) -> None:
    page = window_of("ada", "reviewer").get("/triage/search", {"q": "colour:red"})
    assert page.status_code == 200
    assert "There is no filter called “colour:”" in page.content.decode()


def test_the_table_leaves_on_the_record_and_without_reporters(
    told: Told, window_of: Callable[..., Client]
) -> None:
    case = told("something", places="DE")
    answer = window_of("lena", "lead").post("/triage/search/table", {"q": "something"})
    text = b"".join(answer).decode("utf-8-sig")
    header, row = text.splitlines()
    assert header.startswith("case,state,queue")
    assert row.startswith(f"{case.label},open,general,defamation,DE,1,")
    assert "secret" not in text
    event = AuditEvent.objects.get(name="search.exported")
    assert event.payload["cases"] == 1
    assert "something" not in str(event.payload)
    assert SearchExport.objects.get().query == "something"


def test_who_may_not_take_a_table(
    person: Callable[..., Any], window_of: Callable[..., Client]
) -> None:
    assert window_of("ada", "reviewer").post("/triage/search/table", {"q": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        export_record(query="x", actor=person_actor(person("bob", "reviewer")))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("=1+1", "'=1+1"), ("+49", "'+49"), ("-x", "'-x"), ("@a", "'@a"), ("\tx", "'\tx"),
     (" =1+1", "' =1+1"), ("＝1+1", "'＝1+1"), ("a=b", "a=b"), (" ", " "),
     ("plain", "plain"), (-3, "-3"), (None, ""), (1.5, "1.5")],
)  # fmt: skip
def test_a_cell_is_no_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_saved_searches_are_ones_own_or_shared(person: Callable[..., Any]) -> None:
    ada, lena = person_actor(person("ada", "reviewer")), person_actor(person("lena", "lead"))
    view_save(name="Mine", query="state:open", pinned=True, actor=ada)
    view = view_save(name="Mine", query="state:decided", actor=ada)
    assert SavedView.objects.get().query == "state:decided"
    with pytest.raises(NotAllowed):
        view_save(name="Ours", query="", shared=True, actor=ada)
    ours = view_save(name="Ours", query="clock:late", shared=True, pinned=True, actor=lena)
    with pytest.raises(NotAllowed):
        view_remove(view=ours, actor=ada)
    with pytest.raises(NotAllowed):
        view_remove(view=view, actor=lena)
    with pytest.raises(InvalidInput):
        view_save(name="Wrong", query="colour:red", actor=ada)
    with pytest.raises(Conflict, match="shares a search"):
        view_save(name="Ours", query="", shared=True, actor=person_actor(person("omar", "lead")))
    view_remove(view=ours, actor=lena)
    assert SavedView.objects.count() == 1


def test_pinned_searches_are_tabs_of_the_queue_page(window_of: Callable[..., Client]) -> None:
    client = window_of("lena", "lead")
    client.post(
        "/triage/search/views",
        {"q": "clock:late", "name": "Late ones", "pinned": "on", "shared": "on"},
    )
    assert "Late ones" in client.get("/triage").content.decode()
    view = SavedView.objects.get()
    client.post(f"/triage/search/views/{view.pk}/remove", follow=True)
    assert "Late ones" not in client.get("/triage").content.decode()


def test_programs_search_page_by_page(told: Told, client_for: Callable[..., APIClient]) -> None:
    first, second = told("same words"), told("same words")
    client = client_for("ada", "reviewer")
    answer = client.get("/api/v1/search", {"q": "same", "limit": 1}).json()
    assert [row["number"] for row in answer["cases"]] == [second.label]
    assert answer["cases"][0]["matched"][0]["kind"] == "report"
    more = {"q": "same", "limit": 1, "cursor": answer["next"]}
    answer = client.get("/api/v1/search", more).json()
    assert [row["number"] for row in answer["cases"]] == [first.label]
    assert answer["next"] is None
    for asked in ({}, {"q": "colour:red"}, {"q": "x", "cursor": "-1"}):
        assert client.get("/api/v1/search", asked).status_code == 422
