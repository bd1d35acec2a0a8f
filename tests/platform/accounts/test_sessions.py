"""Sessions: silent for too long, too old, ended by oneself, by others, and by what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import person_actor
from probity.accounts.models import PersonSession
from probity.accounts.people import person_disable, roles_set
from probity.accounts.sessions import sessions_end
from probity.audit.models import AuditEvent
from probity.core.errors import Conflict, NotAllowed

pytestmark = pytest.mark.django_db
Enter = Callable[..., Any]


@pytest.fixture
def ada(client: Client, person: Callable[..., Any], enter: Enter) -> Any:
    somebody = person("ada")
    enter(client, "ada")
    return somebody


def test_silence_ends_a_session(client: Client, ada: Any, settings: Any) -> None:
    session = PersonSession.objects.get(person=ada)
    long_ago = session.seen_at - timedelta(minutes=settings.SESSION_IDLE_MINUTES + 1)
    PersonSession.objects.update(seen_at=long_ago)
    answer = client.get("/triage", follow=True)
    assert "You were signed out: idle for too long" in answer.content.decode()
    assert client.get("/triage").status_code == 302
    ended = AuditEvent.objects.get(name="session.ended")
    assert ended.payload["why"] == "idle for too long"


def test_no_session_lasts_for_ever(client: Client, ada: Any, settings: Any) -> None:
    session = PersonSession.objects.get(person=ada)
    PersonSession.objects.update(
        began_at=session.began_at - timedelta(hours=settings.SESSION_HOURS, minutes=1)
    )
    assert client.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(client: Client, ada: Any) -> None:
    before = PersonSession.objects.get(person=ada).seen_at - timedelta(minutes=30)
    PersonSession.objects.update(seen_at=before)
    client.get("/triage", headers={"hx-request": "true"})
    assert PersonSession.objects.get(person=ada).seen_at == before
    client.get("/triage")
    assert PersonSession.objects.get(person=ada).seen_at > before


def test_one_sees_and_ends_ones_own_and_nobody_elses(
    client: Client, ada: Any, person: Callable[..., Any], enter: Enter
) -> None:
    there = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    enter(there, "ada")
    page = client.get("/account").content.decode()
    assert "Firefox on Linux" in page
    assert "this one" in page
    other = PersonSession.objects.get(browser="Firefox on Linux")
    stranger = Client()
    stranger.force_login(person("eve"))
    assert stranger.post(f"/account/sessions/{other.pk}/end").status_code == 404
    client.post(f"/account/sessions/{other.pk}/end")
    assert there.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"
    enter(there, "ada")
    client.post("/account/sessions/others")
    assert there.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"
    assert client.get("/triage").status_code == 200


def test_a_new_password_ends_the_others(client: Client, ada: Any, enter: Enter) -> None:
    there = Client()
    enter(there, "ada")
    new = "a calm river in autumn"
    client.post("/password", {"current": "correct horse battery", "new": new, "again": new})
    assert client.get("/triage").status_code == 200
    assert there.get("/triage").status_code == 302
    assert PersonSession.objects.filter(person=ada, ended_why="password changed").count() == 1


def test_new_roles_end_every_session(client: Client, ada: Any, person: Callable[..., Any]) -> None:
    chief = person_actor(person("chief", "administrator"))
    roles_set(person=ada, roles=["lead"], actor=chief)
    assert client.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"
    changed = AuditEvent.objects.get(name="person.roles_set")
    assert changed.payload["before"] == ["reviewer"]
    with pytest.raises(NotAllowed):
        roles_set(person=chief.person, roles=["lead"], actor=chief)  # type: ignore[arg-type]


def test_a_closed_account_is_out_at_once_and_the_last_administrator_stays(
    client: Client, ada: Any, person: Callable[..., Any]
) -> None:
    one = person("one", "administrator")
    person_disable(person=ada, actor=person_actor(one))
    assert client.get("/triage").status_code == 302
    two = person("two", "administrator")
    person_disable(person=one, actor=person_actor(two))
    from probity.accounts.actors import SYSTEM

    with pytest.raises(Conflict, match="last administrator"):
        person_disable(person=two, actor=SYSTEM)


def test_an_ended_session_is_ended_once(client: Client, ada: Any) -> None:
    assert sessions_end(person=ada, why="test", actor="system") == 1
    assert sessions_end(person=ada, why="test", actor="system") == 0
    assert AuditEvent.objects.filter(name="session.ended").count() == 1


def test_a_failed_sign_in_names_only_who_exists(
    client: Client, person: Callable[..., Any], enter: Enter
) -> None:
    ada = person("ada")
    enter(client, "ada", "wrong")
    enter(client, "my secret typed in the wrong field", "x")
    kept = AuditEvent.objects.filter(name="person.sign_in_failed").order_by("seq")
    assert [event.payload["person"] for event in kept] == [str(ada.pk), "nobody"]
    assert "secret" not in str([event.payload for event in kept])


def test_one_name_cannot_be_guessed_from_many_places(
    person: Callable[..., Any], enter: Enter, settings: Any
) -> None:
    settings.SIGN_IN_NAME_RATE = "3/hour"
    person("ada")
    answers = [
        enter(Client(REMOTE_ADDR=f"10.0.0.{n}"), "ada", "wrong").status_code for n in range(5)
    ]
    assert answers == [401, 401, 401, 429, 429]
