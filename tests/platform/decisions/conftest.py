"""A reported case, people who decide it, and a clock that can be moved on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from probity.accounts.actors import Actor, person_actor
from probity.cases.models import Case, Category
from probity.cases.notice import Notice
from probity.cases.services import case_open, report_add
from probity.decisions.measures import Asked
from probity.decisions.models import Decision
from probity.decisions.services import case_evaluate
from probity.workflow.case_decide import case_decide


@pytest.fixture
def reviewer(person: Callable[..., Any]) -> Actor:
    """Who decides."""
    return person_actor(person("rev", "reviewer"))


@pytest.fixture
def senior(person: Callable[..., Any]) -> Actor:
    """Who may agree."""
    return person_actor(person("sen", "senior"))


@pytest.fixture
def make_case(db: None) -> Callable[..., Case]:
    """Report something new."""
    made: list[Case] = []

    def make(category: Category = Category.IMPERSONATION, **fields: Any) -> Case:
        notice = Notice(
            category=category, explanation="My neighbour Jo made this",
            url=f"https://host.example/post/{len(made) + 1}", **{"places": ["DE"], **fields},
        )  # fmt: skip
        case = case_open(case_id=uuid4(), notice=notice, actor="reporter")
        report_add(case=case, notice=notice, channel="web", actor="reporter")
        case_evaluate(case=case, actor="system")
        made.append(case)
        return case

    return make


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    """One reported case."""
    return make_case()


@pytest.fixture
def decide(reviewer: Actor) -> Callable[..., Decision]:
    """Decide a case with one action or several measures."""

    def make(case: Case, *asked: str | Asked, actor: Actor | None = None, **more: Any) -> Decision:
        measures = [Asked(each) if isinstance(each, str) else each for each in asked]
        given = {"reason": "Jo’s own words", "rules": [], **more}
        return case_decide(case=case, measures=measures, actor=actor or reviewer, **given)

    return make


@pytest.fixture
def window(settings: Any) -> int:
    """Decisions can be undone for this many seconds."""
    settings.UNDO_SECONDS = 15
    return 15


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Move the clock on."""
    ahead = timedelta()
    real = timezone.now

    def move(**span: float) -> None:
        nonlocal ahead
        ahead += timedelta(**span)

    def shown() -> datetime:
        return real() + ahead

    monkeypatch.setattr(timezone, "now", shown)
    return move


@dataclass
class Receiver:
    """What arrived; ``plan`` holds the next answers, None hangs up, then 200.

    It acts as a good receiver does: once per id, on what it took or acted on before it failed.
    """

    url: str = ""
    plan: list[int | None] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    effects: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Any, body: bytes) -> int | None:
        """What to answer; None breaks the line after the thing was done."""
        with self.lock:
            status = self.plan.pop(0) if self.plan else 200
            self.heard.append(headers["webhook-id"])
            if status is None or status < 400:
                self.effects.setdefault(headers["webhook-id"], json.loads(body))
        return status


@pytest.fixture
def receiver(
    settings: Any, listen: Callable[..., AbstractContextManager[str]]
) -> Iterator[Receiver]:
    """The host platform, on a loopback port that the operator's list opens."""
    settings.WEBHOOK_PRIVATE = ["127.0.0.1"]
    found = Receiver()
    with listen(found.take) as found.url:
        yield found
