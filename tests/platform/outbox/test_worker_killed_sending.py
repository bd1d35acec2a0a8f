"""A worker that is killed after a message left and before that was noted: it goes out again, under
the same id, and a receiver that remembers ids acts on it once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from probity.accounts.actors import person_actor
from probity.accounts.services import person_create
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import endpoint_make
from probity.outbox.models import Attempt, Message
from probity.outbox.services import webhooks_queue

WORKER = """
import time
import django
django.setup()
from probity.outbox.delivery import outbox_deliver
while True:
    outbox_deliver()
    time.sleep(0.2)
"""
PATIENCE = 180
TWICE = 2


@pytest.fixture
def env(evidence_store: Path, settings: Any) -> dict[str, str]:
    """The environment of a worker on the database of the test, with the same keys."""
    given = connection.settings_dict
    if given["PASSWORD"]:
        pytest.skip("The database of this run wants a password.")
    place = f"{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    return {
        **os.environ, "DATABASE_URL": f"postgresql://{given['USER']}@/{place}",
        "DJANGO_SETTINGS_MODULE": "probity.settings", "PROBITY_WEBHOOK_PRIVATE": "127.0.0.1",
        "PROBITY_OUTBOX_KEY": settings.OUTBOX_SECRET,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip


@pytest.mark.usefixtures("real_transactions")
def test_sent_again_under_the_same_id(receiver: Any, env: dict[str, str], root: Path) -> None:
    somebody, _ = person_create(username="root", roles=["administrator"])
    endpoint_make(
        actor=person_actor(somebody), name="host", url=receiver.url, subscribed=["decision.made"]
    )
    webhooks_queue(kind="decision.made", data={"n": 1}, key="1", actor="system")
    arrived, dead = threading.Event(), threading.Event()

    def hold(handler: Any) -> None:
        """The message is here; its sender dies before it hears so."""
        arrived.set()
        dead.wait(PATIENCE)
        handler.close_connection = True

    receiver.plan = [hold]
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=root)
    try:
        assert arrived.wait(PATIENCE), (
            f"nothing was sent; worker {worker.poll()}; {list(Message.objects.values())}"
            f" {list(Attempt.objects.values())}"
        )
    finally:
        worker.kill()
        worker.wait()
        dead.set()

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("sending", 1)
    assert not Attempt.objects.exists(), "nobody noted what came of it"
    assert outbox_deliver() == 0, "its lease still runs"
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox_deliver() == 0, "freed, and due again after a wait"
    Message.objects.update(next_at=timezone.now())
    assert outbox_deliver() == 1

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", TWICE)
    assert list(Attempt.objects.order_by("number").values_list("delivered", flat=True)) == [
        False, True,
    ]  # fmt: skip
    ids = [headers["webhook-id"] for headers, _ in receiver.heard]
    assert ids == [f"msg_{message.pk.hex}"] * TWICE
    assert receiver.heard[0][1] == receiver.heard[1][1], "to the letter the same"
    assert list(receiver.effects) == ids[:1], "acted on once"
