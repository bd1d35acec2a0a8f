"""Signing in and out, and the wall around a one-time password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.services import person_create
from probity.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
OWN = "correct horse battery"


@pytest.fixture
def newcomer() -> str:
    """The one-time password of a new reviewer called “nina”."""
    return person_create(username="nina", roles=["reviewer"])[1]


def sign_in(client: Client, password: str, name: str = "nina", **more: str) -> Any:
    return client.post("/sign-in", {"username": name, "password": password, **more})


def test_a_one_time_password_opens_only_the_password_page(client: Client, newcomer: str) -> None:
    assert sign_in(client, newcomer)["Location"] == "/"
    for address in ("/triage", "/report", "/"):
        assert client.get(address)["Location"] == "/password"
    fragment = client.get("/triage", headers={"hx-request": "true"})
    assert fragment["HX-Redirect"] == "/password"
    assert client.get("/healthz").status_code == 200
    page = client.get("/password").content.decode()
    assert "Set your own password" in page
    changed = client.post("/password", {"current": newcomer, "new": OWN, "again": OWN})
    assert changed["Location"] == "/"
    assert client.get("/triage").status_code == 200
    assert "Sign out" in client.get("/report").content.decode()


@pytest.mark.parametrize(
    ("current", "new", "again", "field"),
    [
        ("wrong", OWN, OWN, "current"),
        (None, OWN, "something else", "again"),
        (None, "short", "short", "new"),
        (None, None, None, "new"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(
    client: Client, newcomer: str, current: str | None, new: str | None, again: str | None,
    field: str,
) -> None:  # fmt: skip
    sign_in(client, newcomer)
    body = {
        "current": current or newcomer,
        "new": new or newcomer,
        "again": again or new or newcomer,
    }
    answer = client.post("/password", body)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.content.decode()
    assert client.get("/triage")["Location"] == "/password"


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, newcomer: str) -> None:
    answer = sign_in(client, "no")
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "do not fit together" in page
    assert 'value="nina"' in page
    assert sign_in(client, newcomer, name="nobody").status_code == 401
    assert sign_in(client, newcomer, name="ni\x00na").status_code == 401


def test_signing_in_is_on_the_record_and_limited(
    client: Client, newcomer: str, settings: Any
) -> None:
    settings.SIGN_IN_RATE = "2/minute"
    sign_in(client, newcomer)
    assert AuditEvent.objects.filter(name="person.signed_in").count() == 1
    client.post("/sign-out")
    sign_in(client, "no")
    assert sign_in(client, newcomer).status_code == 429


def test_only_our_own_addresses_are_returned_to(client: Client, person: Callable[..., Any]) -> None:
    person("ada")
    assert sign_in(client, OWN, "ada", next="/triage?show=mine")["Location"] == "/triage?show=mine"
    client.post("/sign-out")
    assert sign_in(client, OWN, "ada", next="https://evil.example/")["Location"] == "/"
    client.post("/sign-out")
    assert sign_in(client, OWN, "ada", next="//evil.example/")["Location"] == "/"


def test_strangers_are_sent_to_the_door_and_back(client: Client) -> None:
    assert client.get("/triage?show=mine")["Location"] == "/sign-in?next=%2Ftriage%3Fshow%3Dmine"
    assert client.post("/triage/next")["Location"] == "/sign-in"
    whole = client.get("/triage", headers={"hx-request": "true", "hx-target": "main"})
    assert whole["HX-Redirect"] == "/sign-in?next=%2Ftriage"
    fragment = client.get("/triage", headers={"hx-request": "true", "hx-target": "found"})
    assert (fragment.status_code, fragment["HX-Reswap"]) == (401, "none")
    assert 'href="/sign-in"' in fragment.content.decode()


def test_signing_out_takes_a_form(client: Client, person: Callable[..., Any]) -> None:
    client.force_login(person("ada"))
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/"
    assert client.get("/triage")["Location"].startswith("/sign-in")


def test_signed_in_pages_are_not_kept(client: Client, person: Callable[..., Any]) -> None:
    client.force_login(person("ada"))
    assert client.get("/triage")["Cache-Control"] == "no-store"


def test_legal_reviewers_read_and_reviewers_do_not_read_the_log(
    client: Client, person: Callable[..., Any]
) -> None:
    from uuid import uuid4

    client.force_login(person("lena", "legal"))
    assert client.post("/triage/next").status_code == 403
    assert client.get(f"/review/{uuid4()}").status_code == 404
    client.force_login(person("rosa", "reviewer"))
    refused = client.get(f"/review/{uuid4()}")
    assert refused.status_code == 403
    assert "audit:read" in refused.content.decode()
