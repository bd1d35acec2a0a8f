"""Watch-lists, and reports that they find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from probity.accounts.actors import Actor, person_actor


@pytest.fixture(autouse=True)
def own_address(settings: Any) -> None:
    settings.PUBLIC_URL = "https://probity.example"
    settings.ALERT_RATE = "10/hour"


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    """Somebody who may run watch-lists."""
    return person_actor(person("lea", "lead"))


@pytest.fixture
def reported(db: None) -> Callable[..., Any]:
    """Receive a report; return the receipt."""
    from probity.accounts.actors import REPORTER
    from probity.cases.models import Category
    from probity.cases.notice import Notice
    from probity.workflow.report_receive import report_receive

    def receive(explanation: str, category: str = "impersonation", **more: Any) -> Any:
        more.setdefault("url", f"https://host.example/{uuid4()}")
        notice = Notice(category=Category(category), explanation=explanation, **more)
        return report_receive(notice=notice, upload=None, channel="web", actor=REPORTER)

    return receive


@pytest.fixture
def named_list(lead: Actor) -> Any:
    """A list that watches for one name."""
    from probity.alerts.lists import term_add, watch_list_make

    row = watch_list_make(actor=lead, name="Press office", kind="name", why="our editors")
    term_add(actor=lead, watch_list=row, text="Renée O’Brien-Śmith")
    return row


@pytest.fixture
def subscriber(lead: Actor) -> Callable[..., Any]:
    """An address that has said yes."""
    from probity.alerts.subscriptions import subscription_ask, subscription_confirm

    def make(watch_list: Any, email: str = "desk@paper.example", **more: Any) -> Any:
        given = {"via": "mail", "rhythm": "immediate"} | more
        row = subscription_ask(actor=lead, watch_list=watch_list, email=email, **given)
        return subscription_confirm(subscription=row)

    return make


@pytest.fixture
def mails() -> Callable[[], list[Any]]:
    """The alerts and digests that were written down, the oldest first."""
    from probity.outbox.models import Message

    def found() -> list[Any]:
        return list(
            Message.objects.filter(kind__in=["alert.raised", "alert.digest"]).order_by("queued_at")
        )

    return found
