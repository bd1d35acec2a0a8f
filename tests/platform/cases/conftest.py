"""Cases made from reports without files, and people who work on them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.cases.models import Case, Queue
from probity.cases.notice import notice_read
from probity.cases.queues import queue_add
from probity.workflow.report_receive import Receipt, report_receive

numbers = count(1)


@pytest.fixture
def reported() -> Callable[..., Receipt]:
    """Take a report in; each is about another address unless one is named."""

    def take(**fields: Any) -> Receipt:
        raw = {
            "category": "impersonation",
            "explanation": "This is not me.",
            "url": f"https://host.example/post/{next(numbers)}",
            **fields,
        }
        notice = notice_read(raw, has_file=False)
        return report_receive(notice=notice, upload=None, channel="web", actor=REPORTER)

    return take


@pytest.fixture
def opened(reported: Callable[..., Receipt]) -> Callable[..., Case]:
    """The case of a new report, as it is kept."""

    def take(**fields: Any) -> Case:
        return Case.objects.get(pk=reported(**fields).case.pk)

    return take


@pytest.fixture
def ada(person: Callable[..., Any]) -> Actor:
    """A reviewer."""
    return person_actor(person("ada", "reviewer"))


@pytest.fixture
def ben(person: Callable[..., Any]) -> Actor:
    """Another reviewer."""
    return person_actor(person("ben", "reviewer"))


@pytest.fixture
def lea(person: Callable[..., Any]) -> Actor:
    """A lead."""
    return person_actor(person("lea", "lead"))


@pytest.fixture
def swift(lea: Actor) -> Queue:
    """A queue beside the general one."""
    return queue_add(title="Swift", order=1, actor=lea)
