"""The administrators' pages and calls for endpoints and deliveries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.outbox.delivery import outbox_deliver
from probity.outbox.models import Endpoint, Message
from probity.outbox.services import mail_queue, webhooks_queue

pytestmark = pytest.mark.django_db
GOOD = {"name": "Host", "url": "https://host.example/hook", "kinds": ["decision.made"]}


@pytest.fixture
def admin(client: Client, person: Callable[..., Any]) -> Client:
    client.force_login(person("ada", "administrator"))
    return client


def test_only_administrators_see_it(person: Callable[..., Any], client: Client) -> None:
    for path in ("/outbox", "/outbox/messages"):
        assert client.get(path).status_code == 302
    client.force_login(person("lea", "lead"))
    for path in ("/outbox", "/outbox/messages"):
        assert client.get(path).status_code == 403
    assert client.post("/outbox", GOOD).status_code == 403
    assert not Endpoint.objects.exists()


def test_an_endpoint_from_its_making_to_its_end(admin: Client) -> None:
    wrong = admin.post("/outbox", {"name": "", "url": "http://x.example"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("field-error") == 3
    made = admin.post("/outbox", GOOD).content.decode()
    (secret,) = re.findall(r"whsec_[\w+/=]+", made)
    row = Endpoint.objects.get()
    page = f"/outbox/endpoints/{row.pk}"
    assert secret not in admin.get(page).content.decode()
    assert admin.post("/outbox", GOOD).status_code == 409
    assert admin.post(page, {**GOOD, "name": "Host 2"}).status_code == 302
    assert admin.post(f"{page}/rotate", {"hours": "x"}).status_code == 422
    again = admin.post(f"{page}/rotate", {"hours": "3"}).content.decode()
    assert re.search(r"whsec_[\w+/=]+", again)
    assert "Two secrets sign until" in again
    message_page = admin.post(f"{page}/test")["Location"]
    assert "endpoint.test" in admin.get(message_page).content.decode()
    admin.post(f"{page}/switch", {"to": "off", "why": "moving"})
    text = admin.get(page).content.decode()
    assert "moving" in text
    assert "Dead letter" in text
    assert admin.post(f"{message_page}/again").status_code == 409
    admin.post(f"{page}/switch", {"to": "on"})
    assert admin.post(f"{message_page}/again").status_code == 302
    assert Message.objects.get().state == "waiting"
    assert admin.get(f"/outbox/endpoints/{Message.objects.get().pk}").status_code == 404


def test_deliveries_by_state_and_their_words(
    endpoint: Endpoint, receiver: Any, behaviours: Any, admin_actor: Any, client: Client
) -> None:
    client.force_login(admin_actor.person)
    receiver.plan = [behaviours["answers"](410, "<script>gone</script>")]
    webhooks_queue(kind="decision.made", data={"a": "<b>"}, key="1", actor="system")
    link = "https://probity.example/alerts/leave/abc:def-1"
    mail_queue(
        kind="alert.raised", to="ada@example.org", subject="Alert", text=f"End: {link}\n", key="2",
        actor="system", headers={"List-Unsubscribe": f"<{link}>"},
    )  # fmt: skip
    outbox_deliver()
    listed = {
        state: client.get(f"/outbox/messages?state={state}").content.decode()
        for state in ("", "dead", "sent", "waiting", "odd")
    }
    assert listed["dead"].count('class="work work-failed"') == 1
    assert listed["sent"].count('class="work work-done"') == 1
    assert "Nothing here." in listed["waiting"]
    assert listed["odd"] == listed[""] or "Alert" in listed["odd"]
    assert "a…@example.org" in listed["sent"]
    assert "ada@" not in "".join(listed.values())
    dead = Message.objects.get(state="dead")
    text = client.get(f"/outbox/messages/{dead.pk}").content.decode()
    assert "&lt;script&gt;gone" in text
    assert "<script>gone" not in text
    assert "Send it again" in text
    sent = Message.objects.get(state="sent")
    text = client.get(f"/outbox/messages/{sent.pk}").content.decode()
    assert "/alerts/leave/[private]" in text
    assert "abc:def-1" not in text
    assert "ada@" not in text


def test_the_api_does_the_same(client_for: Callable[..., APIClient]) -> None:
    api = client_for("ada", "administrator", scopes=("outbox:manage",))
    base = "/api/v1/webhooks/endpoints"
    made = api.post(base, GOOD, format="json")
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    one = f"{base}/{body['id']}"
    assert "secret" not in api.get(one).json()
    assert [row["name"] for row in api.get(base).json()["endpoints"]] == ["Host"]
    changed = api.patch(one, {"name": "Host 2"}, format="json").json()
    assert (changed["name"], changed["url"]) == ("Host 2", GOOD["url"])
    assert api.post(f"{one}/secret", {"hours": 1}, format="json").json()["former_secret_until"]
    tested = api.post(f"{one}/test")
    assert tested.status_code == 202
    message = f"/api/v1/outbox/messages/{tested.json()['id']}"
    assert tested.json()["webhook_id"].startswith("msg_")
    assert api.post(f"{message}/redelivery").status_code == 409
    off = api.patch(one, {"enabled": False, "why": "x"}, format="json").json()
    assert (off["enabled"], off["disabled_why"]) == (False, "x")
    assert api.get("/api/v1/outbox/messages?state=dead").json()["messages"][0]["error"]
    assert api.patch(one, {"enabled": True}, format="json").json()["enabled"]
    assert api.post(f"{message}/redelivery").status_code == 202
    assert api.get(message).json()["tries"] == []
    listed = api.get(f"/api/v1/outbox/messages?endpoint={body['id']}").json()["messages"]
    assert len(listed) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", []), ("", {"name": "x"}), ("", {**GOOD, "kinds": "all"}), ("", {**GOOD, "more": 1}),
        ("", {**GOOD, "url": "http://10.0.0.1/"}), ("", {**GOOD, "name": "a\x00"}),
        ("/secret", {"hours": "1"}), ("/secret", {"hours": True}), ("/secret", {"hours": 1000}),
    ],
)  # fmt: skip
def test_bad_bodies(client_for: Callable[..., APIClient], path: str, body: Any) -> None:
    api = client_for("ada", "administrator")
    base = "/api/v1/webhooks/endpoints"
    if path:
        base = f"{base}/{api.post(base, GOOD, format='json').json()['id']}"
    answer = api.post(f"{base}{path}", body, format="json")
    assert answer.status_code == 422
    assert answer["content-type"] == "application/problem+json"


def test_scopes_and_bad_queries(client_for: Callable[..., APIClient]) -> None:
    reader = client_for("lea", "lead")
    for path in ("webhooks/endpoints", "outbox/messages"):
        assert reader.get(f"/api/v1/{path}").status_code == 403
    api = client_for("ada", "administrator")
    assert api.get("/api/v1/outbox/messages?state=odd").status_code == 422
    assert api.get("/api/v1/outbox/messages?endpoint=odd").status_code == 422
