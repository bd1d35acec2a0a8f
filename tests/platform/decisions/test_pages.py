"""Deciding in the browser and over the API: the panel, undo, the second person, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.tokens import token_create
from probity.cases.models import Case
from probity.decisions.models import Decision, DecisionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(reviewer: Any, senior: Any, person: Any) -> Callable[[str], Client]:
    """A browser of the reviewer, the senior or the lead."""
    people = {"rev": reviewer.person, "sen": senior.person, "boss": person("boss", "lead")}

    def go(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return go


@pytest.fixture
def program(reviewer: Any, senior: Any, person: Any) -> Callable[[str], APIClient]:
    """A program of theirs."""
    people = {"rev": reviewer.person, "sen": senior.person, "boss": person("lea", "lead")}

    def go(name: str) -> APIClient:
        _, secret = token_create(person=people[name], scopes=("all",))
        return APIClient(headers={"authorization": f"Token {secret}"})

    return go


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_several_measures_with_scope_and_duration(case: Case, sign_in: Any) -> None:
    client = sign_in("rev")
    body = {
        "action": ["restrict", "preserve"], "places_restrict": "fr, de", "days_restrict": "30",
        "about_preserve": "account", "places_remove": "US", "reason": "It misleads.",
    }  # fmt: skip
    assert client.post(f"/triage/{case.pk}/decide", body).status_code == 302
    decision = Decision.objects.get()
    assert {row.action: (row.scope, row.days) for row in decision.measures.all()} == {
        "restrict": ({"about": "item", "places": ["FR", "DE"]}, 30),
        "preserve": ({"about": "account", "places": []}, None),
    }
    shown = text(client, f"/triage/{case.pk}")
    assert "Decided: restrict by place, preserve" in shown
    assert "the item · in FR, DE · for 30 days" in shown
    assert "no endpoint is told" in shown


def test_what_cannot_be_is_said_in_the_form(case: Case, sign_in: Any) -> None:
    client = sign_in("rev")
    body = {"action": ["no_action", "remove"], "reason": "My words stay.", "days_remove": "9"}
    answer = client.post(f"/triage/{case.pk}/decide", body)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "nothing happens" in shown
    assert "My words stay." in shown
    assert 'value="9"' in shown
    wrong = client.post(
        f"/triage/{case.pk}/decide", {"action": "remove", "days_remove": "soon", "reason": "x"}
    )
    assert "whole number" in wrong.content.decode()
    assert not Decision.objects.exists()


def test_the_preview_says_what_will_happen(case: Case, sign_in: Any, window: int) -> None:
    client, address = sign_in("rev"), f"/triage/{case.pk}/decide/preview"
    shown = client.post(address, {"action": ["suspend", "remove"]}).content.decode()
    assert "A second person has to agree first" in shown
    assert "For 15 seconds you can undo it" in shown
    assert "told to take it down" in shown
    both = client.post(address, {"action": ["label", "remove"]}).content.decode()
    assert "nothing left to change" in both
    assert "What will happen" not in client.post(address, {}).content.decode()
    assert not Decision.objects.exists()


def test_whoever_restricts_without_a_rule_hears_what_the_statement_will_lack(
    case: Case, sign_in: Any
) -> None:
    client, address = sign_in("rev"), f"/triage/{case.pk}/decide/preview"
    lacking = "No ground is ticked."
    for procedure in ([], ["eu-dsa-16"]):
        said = client.post(address, {"action": "remove", "rules": procedure}).content.decode()
        assert lacking in said
    ticked = {"action": "remove", "rules": ["house-synthetic-label"]}
    assert lacking not in client.post(address, ticked).content.decode()
    for harmless in ("no_action", "refer"):
        assert lacking not in client.post(address, {"action": harmless}).content.decode()


def test_the_bar_undoes_from_any_page(case: Case, sign_in: Any, window: int) -> None:
    client = sign_in("rev")
    client.post(f"/triage/{case.pk}/decide", {"action": "remove", "reason": "x"})
    decision = Decision.objects.get()
    undo = f"/triage/decisions/{decision.pk}/undo"
    for address in ("/triage", f"/triage/{case.pk}"):
        assert undo in text(client, address)
    assert "Takes effect soon: Remove" in text(client, f"/triage/{case.pk}")
    assert undo not in text(sign_in("sen"), "/triage")
    assert sign_in("sen").post(undo).status_code == 403
    assert client.post(undo)["Location"] == f"/triage/{case.pk}"
    assert Decision.objects.get().state == DecisionState.UNDONE
    assert client.post(undo).status_code == 409
    assert "Undone" in text(client, f"/triage/{case.pk}")


def test_the_second_person_sees_why_and_answers(case: Case, sign_in: Any) -> None:
    rev, sen = sign_in("rev"), sign_in("sen")
    rev.post(f"/triage/{case.pk}/decide", {"action": "suspend", "reason": "Again and again."})
    decision = Decision.objects.get()
    assert rev.get("/triage/approvals").status_code == 403
    listed = text(sen, "/triage/approvals")
    assert case.label in listed
    assert "silences a person" in listed
    assert 'id="agree"' in text(sen, f"/triage/{case.pk}")
    assert 'id="agree"' not in text(rev, f"/triage/{case.pk}")
    empty = sen.post(f"/triage/decisions/{decision.pk}/refuse", {"reason": " "}, follow=True)
    assert "Say why not" in empty.content.decode()
    sen.post(f"/triage/decisions/{decision.pk}/refuse", {"reason": "Warn first."})
    back = text(rev, f"/triage/{case.pk}")
    assert "sen did not agree" in back
    assert "Warn first." in back
    rev.post(f"/triage/{case.pk}/decide", {"action": "suspend", "reason": "It went on."})
    again = Decision.objects.order_by("-at")[0]
    assert rev.post(f"/triage/decisions/{again.pk}/agree").status_code == 403
    sen.post(f"/triage/decisions/{again.pk}/agree")
    assert "agreed to by sen" in text(rev, f"/triage/{case.pk}")
    assert "No decision waits for a second person" in text(sen, "/triage/approvals")


def test_the_table_is_changed_on_its_page(sign_in: Any) -> None:
    boss = sign_in("boss")
    address = "/triage/approvals/table"
    assert "Action: Suspend" in text(boss, address)
    assert sign_in("sen").get(address).status_code == 403
    wrong = boss.post(address, {"subject": "action:remove", "needed": "yes", "because": ""})
    assert wrong.status_code == 422
    body = {"subject": "action:remove", "needed": "yes", "because": "it is final"}
    assert boss.post(address, body).status_code == 302
    assert "it is final" in text(boss, address)


def test_the_log_tells_every_step(case: Case, sign_in: Any) -> None:
    rev, sen, boss = sign_in("rev"), sign_in("sen"), sign_in("boss")
    rev.post(f"/triage/{case.pk}/decide", {"action": "suspend", "reason": "Again."})
    sen.post(f"/triage/decisions/{Decision.objects.get().pk}/agree")
    told = text(boss, f"/review/{case.pk}")
    assert "A second person agreed to a decision" in told
    assert "Suspend begins, until it is changed." in told
    assert "The decision is as it was taken." in told


def test_everything_over_the_api(case: Case, program: Any, window: int) -> None:
    rev, sen, boss = program("rev"), program("sen"), program("boss")
    body: dict[str, Any] = {
        "measures": [
            {"action": "suspend", "days": 7},
            {"action": "restrict", "places": ["DE"], "about": "item"},
        ],
        "reason": "It goes on.",
    }
    made = rev.post(f"/api/v1/cases/{case.pk}/decisions", body, format="json")
    assert made.status_code == 201, made.content
    decision = made.json()
    assert (decision["state"], decision["action"]) == ("held", "suspend")
    assert decision["second_person"][0]["subject"] == "action:suspend"
    assert decision["automation"]["decision"] == "not_automated"
    assert [row["days"] for row in decision["measures"]] == [None, 7]
    address = f"/api/v1/decisions/{decision['id']}"
    held = sen.get("/api/v1/decisions/held").json()["decisions"]
    assert [row["id"] for row in held] == [decision["id"]]
    assert rev.post(f"{address}/answer", {"given": True}, format="json").status_code == 403
    assert sen.post(f"{address}/answer", {"given": False}, format="json").status_code == 422
    agreed = sen.post(f"{address}/answer", {"given": True}, format="json").json()
    assert (agreed["state"], agreed["approval"]["person"]) == ("waiting", "sen")
    assert rev.post(f"{address}/undo").json()["state"] == "undone"
    assert rev.post(f"{address}/undo").status_code == 409
    whole = rev.get(f"/api/v1/cases/{case.pk}/decisions/all").json()["decisions"]
    assert [row["state"] for row in whole] == ["undone"]
    table = boss.post(
        "/api/v1/second-person",
        {"subject": "action:warn", "needed": True, "because": "we said so"},
        format="json",
    )
    assert table.status_code == 200
    lines = {line["subject"]: line for line in boss.get("/api/v1/second-person").json()["subjects"]}
    assert lines["action:warn"]["needed"] is True


def test_a_program_of_the_platform_reports_the_outcome(
    case: Case, decide: Any, program: Any
) -> None:
    row = decide(case, "remove").measures.get()
    boss, address = program("boss"), f"/api/v1/measures/{row.reference}/outcome"
    body = {"event": "applied", "outcome": "done"}
    first = boss.post(address, body, format="json")
    assert first.status_code == 200
    assert boss.post(address, body, format="json").json()["id"] == first.json()["id"]
    assert program("rev").post(address, body, format="json").status_code == 403
    shown = boss.get(f"/api/v1/decisions/{row.decision_id}").json()["measures"][0]
    assert (shown["delivery"], shown["told"][0]["state"]) == ("done", "done")


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "x"},
        {"reason": "x", "action": "remove", "measures": [{"action": "warn"}]},
        {"reason": "x", "measures": "remove"},
        {"reason": "x", "measures": [{"action": "remove", "days": "3"}]},
        {"reason": "x", "measures": [{"action": "warn", "days": 3}]},
        {"reason": "x", "measures": [{"action": "remove", "places": ["DE"]}]},
        {"reason": "x", "measures": [{"action": "suspend", "about": "item"}]},
        {"reason": "x", "measures": [{"action": "restrict", "places": ["Atlantis"]}]},
        {"reason": "x", "measures": [{"action": "label"}, {"action": "label"}]},
        {"reason": "x", "measures": [{"action": "remove"}, {"action": "age_gate"}]},
        {"reason": "x", "action": "remove", "seen": "yesterday"},
        {"reason": "x", "action": "remove", "colour": "red"},
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    case: Case, program: Any, body: dict[str, Any]
) -> None:
    answer = program("rev").post(f"/api/v1/cases/{case.pk}/decisions", body, format="json")
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert not Decision.objects.exists()


def test_while_a_decision_waits_there_is_nothing_to_take_or_to_answer(
    case: Case, sign_in: Any, window: int
) -> None:
    client, address = sign_in("rev"), f"/triage/{case.pk}"
    before = text(client, address)
    assert "Take this case" in before
    assert 'data-answer="1"' in before
    client.post(f"{address}/decide", {"action": "label", "reason": "It misleads."})
    for name in ("rev", "sen"):
        shown = text(sign_in(name), address)
        assert "Take this case" not in shown
        assert "data-answer" not in shown
        assert "A decision of it waits" in shown
    client.post(f"/triage/decisions/{Decision.objects.get().pk}/undo")
    assert 'data-answer="1"' in text(client, address)
