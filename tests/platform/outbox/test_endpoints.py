"""Endpoints, their secrets and signatures, and where webhooks never go."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from probity.accounts.actors import Actor, person_actor
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.outbox import posting, signatures
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import (
    endpoint_change,
    endpoint_make,
    endpoint_rotate,
    endpoint_secrets,
    endpoint_test,
)
from probity.outbox.models import Attempt, Endpoint, Message
from probity.outbox.places import place_of
from probity.outbox.posting import post
from probity.outbox.sealing import SecretClosed, seal, unseal
from probity.outbox.services import webhooks_queue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def believed(root: Path) -> Callable[..., bool]:
    """The check that the documentation gives to receivers."""
    text = (root / "docs/how-to/receive-webhooks.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    space: dict[str, Any] = {}
    exec(compile(snippet, "receive-webhooks.md", "exec"), space)
    found: Callable[..., bool] = space["believed"]
    return found


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks' own reference libraries."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    import base64

    found = signatures.signature(
        base64.b64decode(secret), message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330, body=b'{"test": 2432232314}',
    )  # fmt: skip
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_believes_it_and_nothing_else(
    endpoint: Endpoint, receiver: Any, believed: Callable[..., bool]
) -> None:
    webhooks_queue(kind="decision.made", data={"a": "ü"}, key="1", actor="system")
    outbox_deliver()
    ((headers, body),) = receiver.heard
    secret = endpoint.told_secret  # type: ignore[attr-defined]
    assert secret.startswith("whsec_")
    assert headers["content-type"] == "application/json"
    assert believed(secret, headers, body)
    assert not believed(secret, headers, body + b" ")
    assert not believed(secret, {**headers, "webhook-id": "msg_other"}, body)
    assert not believed(signatures.secret_text(b"x" * 32), headers, body)
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}
    assert not believed(secret, late, body)


def test_a_rotation_signs_with_both(
    endpoint: Endpoint, receiver: Any, believed: Callable[..., bool], admin_actor: Actor
) -> None:
    old = endpoint.told_secret  # type: ignore[attr-defined]
    row, new = endpoint_rotate(actor=admin_actor, endpoint=endpoint, hours=2)
    endpoint_test(actor=admin_actor, endpoint=row)
    outbox_deliver()
    headers, body = receiver.heard[-1]
    assert len(headers["webhook-signature"].split()) == 2
    assert believed(old, headers, body)
    assert believed(new, headers, body)
    Endpoint.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    endpoint_test(actor=admin_actor, endpoint=row)
    outbox_deliver()
    headers, body = receiver.heard[-1]
    assert not believed(old, headers, body)
    assert believed(new, headers, body)
    row, _ = endpoint_rotate(actor=admin_actor, endpoint=row, hours=0)
    assert row.former_secret is None
    assert len(endpoint_secrets(row)) == 1
    for hours in (-1, 169):
        with pytest.raises(InvalidInput):
            endpoint_rotate(actor=admin_actor, endpoint=row, hours=hours)


def test_secrets_lie_sealed(endpoint: Endpoint, admin_actor: Actor, settings: Any) -> None:
    told = endpoint.told_secret  # type: ignore[attr-defined]
    kept = str(Endpoint.objects.values_list("secret", flat=True).get())
    assert told.removeprefix("whsec_") not in kept
    box = seal(b"secret", about="endpoint:1")
    assert unseal(box, about="endpoint:1") == b"secret"
    with pytest.raises(SecretClosed):
        unseal(box, about="endpoint:2")
    settings.OUTBOX_SECRET = "another"
    with pytest.raises(SecretClosed):
        unseal(box, about="endpoint:1")
    endpoint_test(actor=admin_actor, endpoint=endpoint)
    assert outbox_deliver() == 0
    assert "PROBITY_OUTBOX_KEY" in Attempt.objects.get().error
    assert Message.objects.get().state == "waiting"


def test_who_may_and_what_is_taken(admin_actor: Actor, person: Callable[..., Any]) -> None:
    good = {"name": "host", "url": "https://host.example/hook", "subscribed": ["decision.made"]}
    with pytest.raises(NotAllowed):
        endpoint_make(actor=person_actor(person("lea", "lead")), **good)  # type: ignore[arg-type]
    row, _ = endpoint_make(actor=admin_actor, **good)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        endpoint_make(actor=admin_actor, **good)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as wrong:
        endpoint_change(actor=admin_actor, endpoint=row, name="", url="x", subscribed=["y"])
    assert set(wrong.value.fields) == {"name", "url", "kinds"}
    with pytest.raises(InvalidInput):
        endpoint_make(actor=admin_actor, name="n", url="https://a.example", subscribed=[])


@pytest.mark.parametrize(
    "url",
    [
        "http://host.example/", "ftp://host.example/", "https://user:pass@host.example/",
        "https://host.example/#part", "https://host.example:99999/", "https:///path", "//x",
        "https://host.example/a b", "https://hö.example/", "https://127.0.0.1/",
        "https://[::1]/", "https://10.0.0.8/", "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/", "https://host.example/" + "x" * 500, "https://host.example/\n",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        place_of(url)
    assert "url" in wrong.value.fields


def test_the_operators_list_opens_inner_places(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE = ["hooks.inside.example", "10.1.0.0/16", "::1"]
    assert place_of("http://hooks.inside.example:8080/a?b=c").authority.endswith(":8080")
    assert place_of("http://10.1.2.3/").port == 80
    assert place_of("https://[::1]:8443/").authority == "[::1]:8443"
    with pytest.raises(InvalidInput):
        place_of("http://10.2.0.1/")


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["64:ff9b::a00:1"], []]
)
def test_a_name_that_leads_inside_is_never_connected_to(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(2, 1, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    dialled: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **__: dialled.append(given))
    answer = post("https://host.example/", body=b"", headers={}, seconds=1)
    assert answer.status is None
    assert "private network" in answer.error
    assert dialled == []


def test_it_connects_to_what_was_looked_up_and_looks_up_once(
    receiver: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The name leads inside on a second look-up; nobody takes one."""
    settings.WEBHOOK_PRIVATE = ["hooks.example"]
    port = int(receiver.url.rsplit(":", 1)[1].split("/")[0])
    answers = [[(2, 1, 6, "", ("127.0.0.1", port))]]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *_, **__: answers.pop(0))
    real = socket.create_connection
    dialled: list[Any] = []

    def dial(place: tuple[str, int], timeout: float) -> socket.socket:
        dialled.append(place)
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(timeout)
        plain.connect(place)
        return plain

    monkeypatch.setattr(posting.socket, "create_connection", dial)
    answer = post(
        f"http://hooks.example:{port}/hook", body=b"{}", headers={"webhook-id": "a"}, seconds=2
    )
    assert real is not dial
    assert (answer.status, answer.address, dialled) == (200, "127.0.0.1", [("127.0.0.1", port)])
    assert receiver.heard[0][0]["host"] == f"hooks.example:{port}"


def test_a_name_that_cannot_be_found_and_a_closed_port(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE = ["127.0.0.1"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (
        "ConnectionRefused"
        in post(f"http://127.0.0.1:{port}/", body=b"", headers={}, seconds=1).error
    )

    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    lost = post("https://host.example/", body=b"", headers={}, seconds=1)
    assert lost.error == "The host's name cannot be found."


def test_an_inner_address_is_found_where_only_ipv6_leads_out(
    receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the C library refuses 127.0.0.1 to those who ask for the configured families only."""
    real = socket.getaddrinfo

    def look(*given: Any, flags: int = 0, **more: Any) -> Any:
        if flags & socket.AI_ADDRCONFIG:
            raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family not supported")
        return real(*given, flags=flags, **more)

    monkeypatch.setattr(posting.socket, "getaddrinfo", look)
    assert post(receiver.url, body=b"{}", headers={"webhook-id": "a"}, seconds=5).status == 200
