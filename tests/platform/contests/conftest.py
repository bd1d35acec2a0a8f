"""Decided cases, people who judge, somebody who uploaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.contests.asking import Asking, asking_read
from probity.contests.models import Appeal
from probity.contests.words import Side
from probity.decisions.measures import Asked
from probity.decisions.models import Decision
from probity.workflow.appeal_receive import UPLOADER, appeal_send
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import Receipt, report_receive


@pytest.fixture
def reviewer(person: Callable[..., Any]) -> Actor:
    """Who decides first."""
    return person_actor(person("rev", "reviewer"))


@pytest.fixture
def judge(person: Callable[..., Any]) -> Actor:
    """Who rules on appeals."""
    return person_actor(person("jud", "senior"))


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    """Who may suspend, and keeps the senders."""
    return person_actor(person("lea", "lead"))


@pytest.fixture
def second_lead(person: Callable[..., Any]) -> Actor:
    """The second pair of eyes."""
    return person_actor(person("leb", "lead"))


@pytest.fixture
def send(db: None) -> Callable[..., Receipt]:
    """Report something new, through the same check as every report."""
    count = 0

    def make(actor: Actor = REPORTER, **fields: Any) -> Receipt:
        nonlocal count
        count += 1
        given = {
            "category": "impersonation", "explanation": "Somebody poses as me", "places": "DE",
            "url": f"https://host.example/post/{count}", "uploader": {"reference": "user-4711"},
            **fields,
        }  # fmt: skip
        notice = notice_read(given, has_file=False)
        return report_receive(notice=notice, upload=None, channel="api", actor=actor)

    return make


@pytest.fixture
def decide(reviewer: Actor) -> Callable[..., Decision]:
    """Decide a case."""

    def make(case: Case, *actions: str, actor: Actor | None = None, **more: Any) -> Decision:
        case.refresh_from_db()
        asked = [Asked(action) for action in actions]
        given = {"reason": "It poses as somebody else", "rules": [], **more}
        return case_decide(case=case, measures=asked, actor=actor or reviewer, **given)

    return make


@pytest.fixture
def asking() -> Callable[..., Asking]:
    """What somebody sends who contests."""

    def make(side: Side = Side.UPLOADER, **fields: Any) -> Asking:
        ground = "satire" if side == Side.UPLOADER else "overlooked"
        return asking_read({"ground": ground, "words": "Look again", **fields}, side=side)

    return make


@pytest.fixture
def appealed(
    send: Callable[..., Receipt],
    decide: Callable[..., Decision],
    asking: Callable[..., Asking],
) -> Appeal:
    """A removal that the uploader contests."""
    case = send().case
    decide(case, "remove")
    return appeal_send(case=case, asking=asking(), actor=UPLOADER)
