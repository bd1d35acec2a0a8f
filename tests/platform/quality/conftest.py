"""Decided cases, and people who know or do not know what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.decisions.measures import Asked
from probity.decisions.models import Decision
from probity.quality.goldens import golden_mark
from probity.quality.models import Golden, Trial
from probity.quality.sampling import rate_set
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import report_receive


@pytest.fixture
def reviewer(person: Callable[..., Any]) -> Actor:
    """Who decides first."""
    return person_actor(person("rev", "reviewer"))


@pytest.fixture
def other(person: Callable[..., Any]) -> Actor:
    """Who decides the same anew."""
    return person_actor(person("oth", "reviewer"))


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    """Who marks golden cases and rules where two differ."""
    return person_actor(person("lea", "lead"))


@pytest.fixture
def decided(reviewer: Actor) -> Callable[..., Decision]:
    """A reported case and its decision."""
    count = 0

    def make(action: str = "remove", *, actor: Actor | None = None, **fields: Any) -> Decision:
        nonlocal count
        count += 1
        given = {
            "category": "impersonation", "explanation": "Somebody poses as me", "places": "DE",
            "url": f"https://host.example/post/{count}", "email": "jo@example.org",
            "uploader": {"reference": f"user-{count}"}, **fields,
        }  # fmt: skip
        notice = notice_read(given, has_file=False)
        receipt = report_receive(notice=notice, upload=None, channel="api", actor=REPORTER)
        return decide(receipt.case, action, actor=actor or reviewer)

    return make


def decide(case: Case, action: str, *, actor: Actor, **more: Any) -> Decision:
    """Decide a case now."""
    case = Case.objects.get(pk=case.pk)
    given = {"reason": "It poses as somebody else", "rules": [], **more}
    return case_decide(case=case, measures=[Asked(action)], actor=actor, **given)


@pytest.fixture
def decide_anew() -> Callable[..., Trial]:
    """Decide a copy, and see what became of it."""

    def make(trial: Trial, action: str, *, actor: Actor, **more: Any) -> Trial:
        decide(trial.case, action, actor=actor, **more)
        return Trial.objects.get(pk=trial.pk)

    return make


@pytest.fixture
def golden(decided: Callable[..., Decision], lead: Actor) -> Golden:
    """A case whose right answer is to remove or to restrict it."""
    case = decided("remove").case
    case.refresh_from_db()
    return golden_mark(
        case=case, actions=["remove", "restrict"], facts={}, why="It names a real person.",
        actor=lead,
    )  # fmt: skip


@pytest.fixture
def every_second(lead: Actor) -> None:
    """Every decision is looked at a second time."""
    rate_set(kind="second", queue="", category="", per_mille=1000, because="A test", actor=lead)
