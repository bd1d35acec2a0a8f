"""People: made, changed, closed; what they see; exceptions; tokens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from probity.accounts.actors import person_actor
from probity.accounts.adapters import CONFIRMED_KEY
from probity.accounts.grants import category_decline, exception_notice, grant_end
from probity.accounts.models import ApiToken, Grant, GrantKind, Person
from probity.accounts.services import person_create
from probity.accounts.tokens import token_create
from probity.audit.models import AuditEvent
from probity.cases.access import case_visible, cases_visible, queues_visible
from probity.cases.claims import case_claim, next_case_claim
from probity.cases.models import CaseClaim
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.workflow.break_glass import queue_open_by_exception
from probity.workflow.people import person_close

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(person: Callable[..., Any]) -> Any:
    return person("chief", "administrator")


@pytest.fixture
def desk(chief: Any) -> Client:
    """The administrator's browser, just confirmed."""
    browser = Client()
    browser.force_login(chief)
    session = browser.session
    session[CONFIRMED_KEY] = time.time()
    session.save()
    return browser


@pytest.fixture
def rita(db: None) -> Any:
    """A reviewer who sees nothing yet."""
    return person_create(username="rita", roles=["reviewer"], queues=[])[0]


def give(desk: Client, rita: Any, queue: str, category: str = "") -> None:
    sent = {"queue": queue, "category": category}
    assert desk.post(f"/administration/people/{rita.pk}/grants", sent).status_code == 302


def test_grants_open_queues_and_categories(
    desk: Client, rita: Any, queues: Any, case_in: Any
) -> None:
    intimate, elections = queues
    one = case_in(intimate, category="intimate")
    two = case_in(elections, mark="2")
    three = case_in(elections, category="defamation", mark="3")
    assert not cases_visible(rita).exists()
    assert list(queues_visible(rita)) == []
    give(desk, rita, "elections", "election")
    assert list(cases_visible(rita)) == [two]
    give(desk, rita, "elections")
    assert set(cases_visible(rita)) == {two, three}
    assert list(queues_visible(rita)) == [elections]
    give(desk, rita, "*", "intimate")
    assert set(cases_visible(rita)) == {one, two, three}
    category_decline(person=rita, category="intimate", actor="system")
    assert set(cases_visible(rita)) == {two, three}
    grant = rita.grants.get(queue="elections", category="")
    desk.post(f"/administration/people/{rita.pk}/grants/{grant.pk}/end")
    assert list(cases_visible(rita)) == [two]
    assert not case_visible(rita, three.pk)
    assert AuditEvent.objects.filter(name="grant.given").count() == 5, "one is the chief’s"


def test_what_is_out_of_sight_is_in_no_list_page_or_queue(
    client: Client, desk: Client, rita: Any, queues: Any, case_in: Any
) -> None:
    hidden, shown = case_in(queues[0]), case_in(queues[1], mark="2")
    give(desk, rita, "elections")
    _, secret = token_create(person=rita, scopes=["all"])
    rita.password_change_required = False
    rita.save()
    client.force_login(rita)
    page = client.get("/triage").content.decode()
    assert shown.label in page
    assert hidden.label not in page
    headers = {"authorization": f"Token {secret}"}
    listed = [one["id"] for one in client.get("/api/v1/cases", headers=headers).json()["cases"]]
    assert listed == [str(shown.pk)]
    for address in (f"/triage/{hidden.pk}", f"/api/v1/cases/{hidden.pk}"):
        absent = client.get(address, headers=headers)
        nothing = client.get(address.replace(str(hidden.pk), str(rita.pk)), headers=headers)
        assert (absent.status_code, nothing.status_code) == (404, 404)
        same = "There is no case with this id."
        assert same in absent.content.decode()
        assert same in nothing.content.decode()
    claim = next_case_claim(actor=person_actor(rita))
    assert claim is not None
    assert claim.case_id == shown.pk
    assert next_case_claim(actor=person_actor(rita)) is None


def test_the_glass_is_broken_with_a_reason_for_a_time_and_leads_are_told(
    client: Client, rita: Any, queues: Any, case_in: Any, person: Callable[..., Any]
) -> None:
    case, actor = case_in(queues[0]), person_actor(rita)
    asked: dict[str, Any] = {"actor": actor, "queue": "intimate", "reason": "Nobody else is here."}
    for wrong in ({"reason": " "}, {"hours": 99}, {"queue": "nothing"}, {"queue": "*"}):
        with pytest.raises(InvalidInput):
            queue_open_by_exception(**{"hours": 2, **asked, **wrong})
    grant = queue_open_by_exception(**asked, hours=2)
    assert case_visible(rita, case.pk)
    with pytest.raises(Conflict):
        queue_open_by_exception(**asked, hours=2)
    taken = AuditEvent.objects.get(name="access.exception_taken")
    assert "Nobody" not in str(taken.payload)
    lead = person("lara", "lead")
    client.force_login(lead)
    assert "Nobody else is here." in client.get("/administration/access").content.decode()
    client.post(f"/administration/access/{grant.pk}/notice")
    grant.refresh_from_db()
    assert grant.noticed_by == lead
    with pytest.raises(Conflict):
        exception_notice(grant=grant, actor=person_actor(lead))
    Grant.objects.filter(pk=grant.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert not case_visible(rita, case.pk)
    again = queue_open_by_exception(**asked, hours=1)
    with pytest.raises(NotAllowed):
        exception_notice(grant=again, actor=actor)
    grant_end(grant=again, actor=actor.name)
    assert not case_visible(rita, case.pk)


def test_nobody_takes_notice_of_their_own(person: Callable[..., Any], queues: Any) -> None:
    lead, _ = person_create(username="lone", roles=["lead"], queues=[])
    grant = queue_open_by_exception(
        actor=person_actor(lead), queue="intimate", reason="Night", hours=1
    )
    with pytest.raises(NotAllowed, match="Somebody else"):
        exception_notice(grant=grant, actor=person_actor(lead))
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(noticed_at=timezone.now(), noticed_by=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(
            person=lead, kind=GrantKind.EXCEPTION, queue="elections", given_at=timezone.now()
        )


def test_a_new_person_gets_a_password_that_is_shown_once(desk: Client, queues: Any) -> None:
    sent = {"username": "nina", "roles": ["reviewer"], "queues": ["elections"]}
    page = desk.post("/administration/people", sent).content.decode()
    found = re.search(r'id="once">([\w-]+)<', page)
    assert found is not None
    assert found[1] not in desk.get("/administration/people").content.decode()
    nina = Person.objects.get(username="nina")
    assert nina.check_password(found[1])
    assert [grant.queue for grant in nina.grants.all()] == ["elections"]
    assert desk.post("/administration/people", sent).status_code == 409
    assert desk.post("/administration/people", {"username": "x"}).status_code == 422
    listed = desk.get("/administration/people").content.decode()
    assert "Elections" in listed
    assert "Second factor" in listed


def test_closing_gives_back_what_they_hold_and_ends_tokens(
    desk: Client, chief: Any, queues: Any, case_in: Any, person: Callable[..., Any]
) -> None:
    ada, case = person("ada"), case_in(queues[0])
    _, secret = token_create(person=ada, scopes=["cases:read"])
    case_claim(case=case, actor=person_actor(ada))
    assert person_close(person=ada, actor=person_actor(chief)) == 1
    case.refresh_from_db()
    assert case.state == "open"
    assert not CaseClaim.objects.filter(person=ada, ended_at=None).exists()
    answer = Client().get("/api/v1/cases", headers={"authorization": f"Token {secret}"})
    assert answer.status_code == 401
    desk.post(f"/administration/people/{ada.pk}/open")
    assert Person.objects.get(pk=ada.pk).is_active
    assert ApiToken.objects.get().revoked_at is not None, "tokens stay ended"


def test_a_token_is_shown_once_ends_in_time_and_never_exceeds_its_person(
    client: Client, person: Callable[..., Any], enter: Any, settings: Any
) -> None:
    person("ada", "reviewer")
    enter(client, "ada")
    sent = {"name": "Importer", "scopes": ["cases:read", "reports:write"], "days": "30"}
    page = client.post("/account/tokens", sent).content.decode()
    found = re.search(r'id="new-token">(prb_[\w-]+)<', page)
    assert found is not None
    assert found[1] not in client.get("/account/tokens").content.decode()
    token = ApiToken.objects.get()
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)
    headers = {"authorization": f"Token {found[1]}"}
    assert client.get("/api/v1/cases", headers=headers).status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None
    for wrong in ({"days": "400"}, {"days": "0"}, {"scopes": []}, {"scopes": ["people:manage"]}):
        assert client.post("/account/tokens", {**sent, **wrong}).status_code == 422
    client.post(f"/account/tokens/{token.pk}/revoke")
    assert client.get("/api/v1/cases", headers=headers).status_code == 401
    assert client.post(f"/account/tokens/{person('eve').pk}/revoke").status_code == 404


def test_what_opens_doors_is_confirmed_first(
    client: Client, person: Callable[..., Any], enter: Any, settings: Any
) -> None:
    person("ada", "administrator")
    enter(client, "ada")
    assert client.get("/account/tokens").status_code == 200, "they just signed in"
    session = client.session
    session[CONFIRMED_KEY] = time.time() - settings.CONFIRM_MINUTES * 60 - 1
    session.save()
    for address in ("/account/tokens", "/account/second-factor/app", "/administration/people"):
        assert client.get(address)["Location"].startswith("/account/confirm?next=")
    wrong = client.post("/account/confirm", {"password": "no", "next": "/account/tokens"})
    assert wrong.status_code == 401
    right = {"password": "correct horse battery", "next": "/account/tokens"}
    assert client.post("/account/confirm", right)["Location"] == "/account/tokens"
    assert client.get("/account/tokens").status_code == 200


def test_programs_manage_people_too(client_for: Callable[..., Any], queues: Any) -> None:
    api = client_for("chief", "administrator")
    made = api.post(
        "/api/v1/people", {"username": "nina", "roles": ["reviewer"], "queues": []}, format="json"
    ).json()
    address = f"/api/v1/people/{made['id']}"
    assert made["one_time_password"]
    granted = api.post(f"{address}/grants", {"queue": "elections"}, format="json")
    assert granted.status_code == 201
    assert api.get(address).json()["sees"][0]["queue"] == "elections"
    assert api.delete(f"{address}/grants/{granted.json()['id']}").status_code == 204
    assert api.get(address).json()["sees"] == []
    assert api.post(f"{address}/grants", {"queue": "nowhere"}, format="json").status_code == 422
    changed = api.patch(address, {"roles": ["lead"], "active": False}, format="json").json()
    assert (changed["roles"], changed["active"]) == (["lead"], False)
    me = api.get("/api/v1/me").json()
    assert me["username"] == "chief"
    assert me["token"]["expires_at"]
    own = api.get("/api/v1/me/tokens").json()["tokens"]
    assert api.delete(f"/api/v1/me/tokens/{own[0]['id']}").status_code == 204
    assert api.get("/api/v1/me").status_code == 401
    weak = client_for("wim", "reviewer")
    assert weak.get("/api/v1/people").status_code == 403
    assert weak.get("/api/v1/access/exceptions").status_code == 403


def test_an_administrator_ends_one_session_and_the_others_go_on(
    desk: Client, person: Callable[..., Any]
) -> None:
    somebody, browsers = person("olga"), (Client(), Client())
    for browser in browsers:
        browser.force_login(somebody)
        assert browser.get("/triage").status_code == 200
    first, second = (browser.session["sitting"] for browser in browsers)
    page = f"/administration/people/{somebody.pk}"
    assert desk.get(page).content.decode().count("End it") == 2
    assert desk.post(f"{page}/sessions/{first}/end").status_code == 302
    assert browsers[0].get("/triage").status_code == 302
    assert browsers[1].get("/triage").status_code == 200
    ended = AuditEvent.objects.get(name="session.ended")
    assert ended.payload["session"] == first
    assert ended.payload["why"] == "ended by an administrator"
    assert desk.post(f"{page}/sessions/{first}/end").status_code == 404
    chief = Person.objects.get(username="chief")
    assert desk.post(f"/administration/people/{chief.pk}/sessions/{second}/end").status_code == 404
