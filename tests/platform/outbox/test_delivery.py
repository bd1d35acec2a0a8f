"""Webhooks against a receiver that fails, is slow, hangs up and answers twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.core.errors import Conflict, NotAllowed
from probity.outbox.delivery import message_deliver, outbox_deliver
from probity.outbox.endpoints import endpoint_change, endpoint_disable, endpoint_enable
from probity.outbox.models import Attempt, Channel, Endpoint, Message
from probity.outbox.queue import leases_sweep, message_claim, retry_seconds
from probity.outbox.services import message_redeliver, messages_forget, webhooks_queue

pytestmark = pytest.mark.django_db
DATA = {"case": "P-000001", "action": "remove"}


def queue(key: str = "d1") -> Message:
    (message,) = webhooks_queue(kind="decision.made", data=DATA, key=key, actor="system")
    return message


def states() -> list[str]:
    return [row.state for row in Message.objects.order_by("queued_at")]


def test_it_arrives_once_in_effect_over_failures(
    endpoint: Endpoint, receiver: Any, behaviours: Any, now_due: Callable[[], None], settings: Any
) -> None:
    settings.WEBHOOK_SECONDS = 0.4
    receiver.plan = [
        behaviours["answers"](500, "broken"),
        behaviours["dawdles"](1.0),
        behaviours["hangs_up"](),
        behaviours["answers"](302, location="http://127.0.0.1/other"),
    ]
    message = queue()
    assert queue().pk == message.pk
    for _ in range(5):
        assert states() == ["waiting"]
        outbox_deliver()
        now_due()
    outbox_deliver()
    assert states() == ["sent"]
    tries = list(Attempt.objects.order_by("number"))
    assert [one.status for one in tries] == [500, None, None, 302, 200]
    assert [one.delivered for one in tries] == [False, False, False, False, True]
    assert tries[0].answer == "broken"
    assert "0.4 seconds" in tries[1].error
    assert "redirects are not followed" in tries[3].error
    ids = {headers["webhook-id"] for headers, _ in receiver.heard}
    assert len(receiver.heard) == 5
    assert ids == {f"msg_{message.pk.hex}"}
    assert {body for _, body in receiver.heard} == {message.body.encode()}
    assert len(receiver.effects) == 1
    assert chain_verify(message.chain).intact


def test_a_receiver_that_drips_is_cut_off(
    endpoint: Endpoint, receiver: Any, behaviours: Any, settings: Any
) -> None:
    settings.WEBHOOK_SECONDS = 0.3
    receiver.plan = [behaviours["dawdles"](60.0, drip=True)]
    queue()
    began = time.monotonic()
    outbox_deliver()
    assert time.monotonic() - began < 20, "long before the receiver would have ended"
    assert "0.3 seconds" in Attempt.objects.get().error


def test_only_the_beginning_of_an_answer_is_kept(
    endpoint: Endpoint, receiver: Any, behaviours: Any
) -> None:
    receiver.plan = [behaviours["answers"](200, "a\x00\x1b[31m" + "é" * 5000)]
    queue()
    outbox_deliver()
    kept = Attempt.objects.get().answer
    assert kept.startswith("a\ufffd\ufffd[31mé")
    assert len(kept.encode()) <= 1024 + 16


def test_410_switches_the_endpoint_off(
    endpoint: Endpoint, receiver: Any, behaviours: Any, admin_actor: Actor
) -> None:
    receiver.plan = [behaviours["answers"](410, "gone")]
    first, second = queue("a"), queue("b")
    outbox_deliver()
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert "410" in endpoint.disabled_why
    assert states() == ["dead", "dead"]
    assert len(receiver.heard) == 1
    assert webhooks_queue(kind="decision.made", data=DATA, key="c", actor="system") == []
    with pytest.raises(Conflict, match="switched off"):
        message_redeliver(message=first, actor=admin_actor)
    endpoint_enable(actor=admin_actor, endpoint=endpoint)
    message_redeliver(message=first, actor=admin_actor)
    message_redeliver(message=second, actor=admin_actor)
    assert outbox_deliver() == 2
    assert states() == ["sent", "sent"]


def test_it_gives_up_and_a_person_sends_it_again(
    endpoint: Endpoint, receiver: Any, behaviours: Any, now_due: Callable[[], None],
    settings: Any, admin_actor: Actor, person: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    from probity.accounts.actors import person_actor

    caplog.set_level("INFO", logger="probity.outbox")
    settings.OUTBOX_ATTEMPTS = 3
    receiver.plan = [behaviours["answers"](503) for _ in range(3)]
    message = queue()
    for _ in range(4):
        outbox_deliver()
        now_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("dead", 3)
    assert message.error == "It answered 503."
    assert f"Message {message.pk} waits after try 2. It answered 503." in caplog.messages
    assert f"Message {message.pk} is a dead letter after 3 tries." in caplog.messages
    with pytest.raises(NotAllowed):
        message_redeliver(message=message, actor=person_actor(person("rev", "reviewer")))
    message_redeliver(message=message, actor=admin_actor)
    with pytest.raises(Conflict, match="under way"):
        message_redeliver(message=message, actor=admin_actor)
    outbox_deliver()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 4)
    assert {headers["webhook-id"] for headers, _ in receiver.heard} == {f"msg_{message.pk.hex}"}
    names = list(AuditEvent.objects.filter(chain_id=message.chain).values_list("name", flat=True))
    assert names == [
        "endpoint.made", "message.queued", "message.dead", "message.redelivered", "message.sent",
    ]  # fmt: skip


def test_the_waits_grow_and_spread() -> None:
    for attempt, most in enumerate((10, 40, 160, 640, 2560, 10240, 21600, 21600), start=1):
        waits = {retry_seconds(attempt) for _ in range(50)}
        assert len(waits) > 10
        assert all(most / 2 <= wait <= most for wait in waits)
    assert retry_seconds(1, asked=300) == 300
    assert retry_seconds(1, asked=10**9) == 21600


def test_a_receiver_may_ask_for_a_pause(endpoint: Endpoint, receiver: Any, behaviours: Any) -> None:
    receiver.plan = [behaviours["answers"](429, Retry_After="1800")]
    message = queue()
    outbox_deliver()
    message.refresh_from_db()
    assert message.next_at > timezone.now() + timedelta(minutes=29)


def test_an_endpoint_in_trouble_rests_and_does_not_hold_up_others(
    endpoint: Endpoint, receiver: Any, behaviours: Any
) -> None:
    receiver.plan = [behaviours["answers"](500)]
    queue("a"), queue("b"), queue("c")
    outbox_deliver()
    assert len(receiver.heard) == 1
    endpoint.refresh_from_db()
    assert endpoint.failures == 1
    assert endpoint.rest_until is not None
    Endpoint.objects.update(rest_until=None)
    assert outbox_deliver() == 2
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.rest_until) == (0, None)


def test_a_message_that_is_refused_alone_does_not_rest_the_endpoint(
    endpoint: Endpoint, receiver: Any, behaviours: Any
) -> None:
    receiver.plan = [behaviours["answers"](400)]
    queue("a"), queue("b")
    assert outbox_deliver() == 1
    assert sorted(states()) == ["sent", "waiting"]


def test_a_worker_that_dies_leaves_a_message_that_is_sent_again(
    endpoint: Endpoint, receiver: Any
) -> None:
    queue()
    lost = message_claim(worker="dead", channels=set(Channel))
    assert lost is not None
    assert message_claim(worker="other", channels=set(Channel)) is None
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases_sweep() == 1
    Message.objects.update(next_at=timezone.now())
    assert outbox_deliver() == 1
    message_deliver(lost)
    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == ("sent", 2)
    assert len(receiver.heard) == 2
    assert len(receiver.effects) == 1
    assert "may have arrived" in Attempt.objects.get(number=1).error


def test_a_changed_address_takes_what_waits(
    endpoint: Endpoint, receiver: Any, admin_actor: Actor
) -> None:
    queue()
    endpoint_change(
        actor=admin_actor, endpoint=endpoint, name="host 2", url=f"{receiver.url}?a=1",
        subscribed=["decision.made"],
    )  # fmt: skip
    assert outbox_deliver() == 1


def test_switching_off_ends_what_waits(endpoint: Endpoint, admin_actor: Actor) -> None:
    message = queue()
    endpoint_disable(actor=admin_actor, endpoint=endpoint, why="moving house")
    message.refresh_from_db()
    assert (message.state, message.error) == ("dead", "Its endpoint was switched off.")
    assert outbox_deliver() == 0


def test_the_words_can_be_erased_and_never_changed(endpoint: Endpoint) -> None:
    (message,) = webhooks_queue(
        kind="decision.made", data=DATA, key="x", actor="system", about="report:1"
    )
    for change in ("body = 'other'", "sha256 = 'x'", "key = 'y'"):
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
        ):
            cursor.execute(f"UPDATE outbox_message SET {change}")
    assert messages_forget(about="report:1", actor="system") == 1
    message.refresh_from_db()
    assert (message.body, message.state) == ("", "dead")
    assert messages_forget(about="report:1", actor="system") == 0
    assert outbox_deliver() == 0
