"""Pages and calls for watch-lists and alerts, and the public pages of subscribers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.alerts.models import Alert, Subscription, WatchList
from probity.alerts.telling import alerts_tell
from probity.audit.selectors import chain_verify
from probity.matching.models import BankEntry
from probity.outbox.models import Message

pytestmark = pytest.mark.django_db
NAMED = "renee o'brien smith"


@pytest.fixture
def desk(client: Client, lead: Actor) -> Client:
    assert lead.person is not None
    client.force_login(lead.person)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_who_sees_what(client: Client, person: Callable[..., Any]) -> None:
    for path in ("/alerts", "/alerts/lists"):
        assert client.get(path).status_code == 302
    client.force_login(person("rev", "reviewer"))
    assert client.get("/alerts").status_code == 200
    assert "Watch-lists" not in text(client.get("/alerts"))
    assert client.get("/alerts/lists").status_code == 403
    client.force_login(person("cre", "creator"))
    assert client.get("/alerts").status_code == 403


def test_a_list_from_its_making_to_its_pause(desk: Client) -> None:
    assert desk.post("/alerts/lists", {"name": "x"}).status_code == 422
    page = desk.post("/alerts/lists", {"name": "Us", "kind": "signer", "why": "w"})["Location"]
    assert desk.post("/alerts/lists", {"name": "Us", "kind": "seal", "why": "w"}).status_code == 409
    assert desk.post(f"{page}/names", {"text": "Jo", "own": "zz"}).status_code == 422
    desk.post(f"{page}/names", {"text": "Example Press", "own": f"{'a' * 64}, {'b' * 64}"})
    shown = text(desk.get(page))
    assert shown.count("may carry it: ") == 2
    assert desk.post(f"{page}/names", {"text": "example press"}).status_code == 409
    assert desk.post(f"{page}/hashes", {"kind": "pdq", "value": "0"}).status_code == 422
    remove = re.search(r'action="([^"]+/remove)"', shown)
    assert remove is not None
    assert desk.post(remove[1]).status_code == 302
    assert "Example Press" not in text(desk.get(page))
    desk.post(f"{page}/pause", {"to": "paused"})
    assert "Watch again" in text(desk.get(page))
    desk.post(f"{page}/pause", {"to": "on"})
    row = WatchList.objects.get()
    assert row.paused_at is None
    assert chain_verify(f"watch:{row.pk}").intact
    seal = desk.post("/alerts/lists", {"name": "Seal", "kind": "seal", "why": "w"})["Location"]
    assert "Nothing needs to be added" in text(desk.get(seal))
    assert desk.get(f"/alerts/lists/{'0' * 8}-0000-4000-8000-{'0' * 12}").status_code == 404


def test_hashes_through_the_page(desk: Client) -> None:
    page = desk.post("/alerts/lists", {"name": "H", "kind": "content", "why": "w"})["Location"]
    bad = {"kind": "sha256", "value": "xyz", "why": "w"}
    assert desk.post(f"{page}/hashes", bad).status_code == 422
    desk.post(f"{page}/hashes", {**bad, "value": "A" * 64, "label": "the fake"})
    shown = text(desk.get(page))
    assert "the fake" in shown
    entry = BankEntry.objects.get()
    assert desk.post(f"{page}/hashes/{entry.pk}/remove").status_code == 302
    assert "the fake" not in text(desk.get(page))
    assert "1 hash" not in text(desk.get("/alerts/lists"))


def test_from_asking_to_unsubscribing(
    desk: Client, named_list: WatchList, reported: Callable[..., Any]
) -> None:
    page = f"/alerts/lists/{named_list.pk}"
    asked = {"email": "desk@paper.example", "via": "mail", "rhythm": "immediate"}
    assert desk.post(f"{page}/subscribers", {**asked, "email": "x"}).status_code == 422
    assert desk.post(f"{page}/subscribers", {**asked, "via": "webhook:x"}).status_code == 404
    desk.post(f"{page}/subscribers", asked)
    assert desk.post(f"{page}/subscribers", asked).status_code == 409
    row = Subscription.objects.get()
    assert desk.post(f"{page}/subscribers/{row.pk}/again").status_code == 302
    message = Message.objects.filter(kind="alert.confirmation").latest("queued_at")
    link = re.search(r"https://probity\.example(/alerts/confirm/\S+)", message.body)
    assert link is not None
    stranger = Client()
    assert "Do you want these alerts?" in text(stranger.get(link[1]))
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert "You get alerts now" in text(stranger.post(link[1]))
    assert "You get alerts now" in text(stranger.get(link[1]))
    reported(NAMED)
    alerts_tell()
    alert = Alert.objects.get()
    shown = text(desk.get(f"/alerts/{alert.pk}"))
    for heading in ("What was found", "How sure that is", "What you can do"):
        assert heading in shown
    assert "1 subscriber was told" in shown
    assert alert.found in text(desk.get("/alerts")).replace("&#x27;", "'")
    assert stranger.get(f"/alerts/{alert.pk}")["Location"].startswith("/sign-in?next=")
    desk.post(f"/alerts/{alert.pk}/close", {"outcome": "false_alarm"})
    assert "Nothing here." in text(desk.get("/alerts"))
    assert "False alarm" in text(desk.get(f"/alerts?show=all&list={named_list.pk}"))
    desk.post(f"{page}/subscribers/{row.pk}/end")
    assert "These alerts were ended" in text(stranger.get(link[1]))
    assert "desk@paper.example" not in text(desk.get(page))
    assert desk.get("/alerts?list=odd").status_code == 404


def test_the_api_does_the_same(
    client_for: Callable[..., APIClient], reported: Callable[..., Any]
) -> None:
    api = client_for("api", "lead", scopes=("alerts:manage", "cases:read", "cases:work"))
    made = api.post(
        "/api/v1/watch-lists", {"name": "P", "kind": "likeness", "why": "w"}, format="json"
    )
    assert made.status_code == 201
    one = f"/api/v1/watch-lists/{made.json()['id']}"
    named = api.post(f"{one}/names", {"text": NAMED}, format="json").json()["names"][0]
    hashed = api.post(
        f"{one}/hashes", {"kind": "sha256", "value": "0" * 64, "why": "w"}, format="json"
    ).json()["hashes"][0]
    asked = api.post(
        f"{one}/subscribers",
        {"email": "a@b.example", "via": "mail", "rhythm": "daily"},
        format="json",
    ).json()["subscribers"][0]
    assert asked["confirmed_at"] is None
    assert len(api.get("/api/v1/watch-lists").json()["watch_lists"]) == 1
    reported(NAMED)
    alert = api.get(f"/api/v1/alerts?show=open&watch_list={made.json()['id']}").json()["alerts"][0]
    assert (alert["level"], alert["withheld"]) == ("possible", True)
    address = f"/api/v1/alerts/{alert['id']}"
    assert api.get(address).json() == alert
    closed = api.post(address, {"outcome": "useful"}, format="json").json()
    assert closed["outcome"] == "useful"
    assert api.get("/api/v1/alerts?show=open").json()["alerts"] == []
    assert api.patch(one, {"paused": True}, format="json").json()["paused"]
    for path in (f"names/{named['id']}", f"hashes/{hashed['id']}", f"subscribers/{asked['id']}"):
        assert api.delete(f"{one}/{path}").status_code == 204
        assert api.delete(f"{one}/{path}").status_code == 404
    whole = api.get(one).json()
    assert whole["names"] == whole["hashes"] == whole["subscribers"] == []


def test_bad_bodies_and_scopes(client_for: Callable[..., APIClient]) -> None:
    api = client_for("api", "lead")
    lists = "/api/v1/watch-lists"
    for body in ([], {}, {"name": "x", "kind": "faces", "why": "w"}, {"name": 1}):
        assert api.post(lists, body, format="json").status_code == 422
    assert api.get("/api/v1/alerts?watch_list=odd").status_code == 422
    reviewer = client_for("rev", "reviewer")
    assert reviewer.get(lists).status_code == 403
    assert reviewer.get("/api/v1/alerts").status_code == 200
