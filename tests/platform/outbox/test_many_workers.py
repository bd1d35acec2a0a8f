"""Several workers at one queue: each message leaves once while all goes well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from probity.accounts.actors import person_actor
from probity.accounts.services import person_create
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import endpoint_make
from probity.outbox.models import Attempt, Message
from probity.outbox.services import webhooks_queue

MESSAGES, WORKERS = 24, 4


def test_nobody_sends_what_another_has(
    real_transactions: None, receiver: Any, behaviours: dict[str, Callable[..., Any]]
) -> None:
    somebody, _ = person_create(username="root", roles=["administrator"])
    endpoint_make(
        actor=person_actor(somebody), name="host", url=receiver.url, subscribed=["decision.made"]
    )
    for number in range(MESSAGES):
        webhooks_queue(kind="decision.made", data={"n": number}, key=str(number), actor="system")
    receiver.plan = [behaviours["answers"](400)]
    left: list[int] = []

    def run() -> None:
        try:
            left.append(outbox_deliver())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(left) == MESSAGES - 1
    assert len(receiver.heard) == MESSAGES
    assert len(receiver.effects) == MESSAGES
    assert Attempt.objects.count() == MESSAGES
    assert Message.objects.filter(state="sent").count() == MESSAGES - 1
    assert Message.objects.get(state="waiting").attempts == 1
