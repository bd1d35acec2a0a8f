"""Webhooks long after they were written, and between clocks that differ.

The receiver checks each request as the documentation tells it to, by a clock of its own.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from probity.accounts.actors import Actor
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import endpoint_rotate
from probity.outbox.models import Attempt, Endpoint, Message
from probity.outbox.services import message_redeliver, webhooks_queue

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=31)


class Checking:
    """A receiver's answer: 200 to what it believes, else 401; it says what its clock shows."""

    def __init__(self, check: Callable[..., bool], receiver: Any) -> None:
        self.check, self.receiver = check, receiver
        self.secret, self.off = "", 0.0

    def clock(self) -> float:
        """Seconds since 1970, as this receiver believes."""
        return time.time() + self.off

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        headers, body = self.receiver.heard[-1]
        handler.date_time_string = lambda *_: formatdate(self.clock(), usegmt=True)  # type: ignore[method-assign]
        handler.send_response(200 if self.check(self.secret, headers, body) else 401)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def checking(root: Path, receiver: Any, endpoint: Endpoint) -> Checking:
    """It answers every request; its check is the one of the documentation, on its own clock."""
    text = (root / "docs/how-to/receive-webhooks.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    space: dict[str, Any] = {}
    exec(compile(snippet, "receive-webhooks.md", "exec"), space)
    found = Checking(space["believed"], receiver)
    space["time"] = SimpleNamespace(time=found.clock)
    found.secret = endpoint.told_secret  # type: ignore[attr-defined]
    receiver.plan = [found] * 20
    return found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, checking: Checking) -> Callable[[timedelta], None]:
    """Let time pass here and at the receiver."""
    real = timezone.now

    def pass_by(passed: timedelta) -> None:
        checking.off += passed.total_seconds()
        ahead = timedelta(seconds=checking.off)
        monkeypatch.setattr(timezone, "now", lambda: real() + ahead)

    return pass_by


def queued() -> Message:
    (message,) = webhooks_queue(
        kind="decision.made", data={"case": "P-000001"}, key="d1", actor="system"
    )
    return message


def test_sent_again_after_a_month_it_is_signed_anew_and_acted_on_once(
    endpoint: Endpoint, receiver: Any, checking: Checking, later: Callable[[timedelta], None],
    admin_actor: Actor,
) -> None:  # fmt: skip
    message, old = queued(), checking.secret
    assert outbox_deliver() == 1
    later(timedelta(days=1))
    _, checking.secret = endpoint_rotate(actor=admin_actor, endpoint=endpoint, hours=24)
    later(MONTH)
    message_redeliver(message=message, actor=admin_actor)
    assert outbox_deliver() == 1, "the receiver believes it: the new secret, the time of this try"
    (first, told), (second, again) = receiver.heard
    assert first["webhook-id"] == second["webhook-id"] == f"msg_{message.pk.hex}"
    assert told == again
    assert list(receiver.effects) == [first["webhook-id"]]
    passed = int(second["webhook-timestamp"]) - int(first["webhook-timestamp"])
    assert passed == pytest.approx((MONTH + timedelta(days=1)).total_seconds(), abs=120)
    happened = datetime.fromisoformat(json.loads(again)["timestamp"]).timestamp()
    assert happened == pytest.approx(int(first["webhook-timestamp"]), abs=120)
    assert len(second["webhook-signature"].split()) == 1, "the former secret signs no more"
    assert not checking.check(old, second, again)
    assert not checking.check(checking.secret, first, told), "a copy of the first is too old"


def test_what_waited_for_days_is_signed_at_each_try(
    receiver: Any, checking: Checking, later: Callable[[timedelta], None], behaviours: Any
) -> None:
    receiver.plan[:0] = [behaviours["answers"](503), behaviours["answers"](503)]
    queued()
    for _ in range(3):
        outbox_deliver()
        later(timedelta(days=1))
    times = [int(headers["webhook-timestamp"]) for headers, _ in receiver.heard]
    assert len(times) == 3
    assert all(then - was > 80_000 for was, then in pairwise(times))
    assert Message.objects.get().state == "sent"


@pytest.mark.parametrize("minutes", [4, -4])
def test_clocks_four_minutes_apart_do_no_harm(
    receiver: Any, checking: Checking, minutes: int
) -> None:
    checking.off = minutes * 60
    queued()
    assert outbox_deliver() == 1


@pytest.mark.parametrize(("minutes", "way"), [(7, "ahead of"), (-7, "behind")])
def test_clocks_further_apart_are_named_and_the_message_waits(
    receiver: Any, checking: Checking, now_due: Callable[[], None], minutes: int, way: str
) -> None:
    checking.off = minutes * 60
    queued()
    assert outbox_deliver() == 0
    assert f"Its clock is 7 minutes {way} ours" in Attempt.objects.get().error
    checking.off = 0
    now_due()
    assert outbox_deliver() == 1
    assert len(receiver.effects) == 1


def test_a_refusal_by_a_clock_that_agrees_says_nothing_of_clocks(
    receiver: Any, checking: Checking
) -> None:
    checking.secret = "whsec_AAAA"
    queued()
    assert outbox_deliver() == 0
    assert Attempt.objects.get().error == "It answered 401."
