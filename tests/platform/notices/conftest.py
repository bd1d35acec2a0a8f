"""Cases with a report, an uploader and a decision that took effect, made through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.cases.models import Case, Report
from probity.cases.notice import notice_read
from probity.decisions.measures import Asked
from probity.decisions.models import Decision
from probity.parties.models import Uploader
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import report_receive

EXPLANATION = (
    "I am Ada Byron and my former partner Charles put my face on this recording last Tuesday."
)
EMAIL = "ada.byron@example.org"


@pytest.fixture(autouse=True)
def few_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packs instead of all: what the law says is not the matter here, and it takes its time."""
    from probity.decisions import law

    few = tuple(p for p in law.packs() if p.id in {"house-fraud", "eu-dsa-notice-and-action"})
    assert len(few) == 2
    monkeypatch.setattr(law, "packs", lambda: few)


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lena", "lead", "reviewer"))


@pytest.fixture
def reviewer(person: Callable[..., Any]) -> Actor:
    return person_actor(person("ravi", "reviewer"))


@pytest.fixture
def reported(db: None) -> Callable[..., Case]:
    """Make a case from a report; ``uploader`` None leaves the account unknown."""

    def make(
        *, email: str = EMAIL, uploader: dict[str, str] | None = None, language: str = "",
        **said: str,
    ) -> Case:  # fmt: skip
        fields = {
            "category": "defamation", "explanation": EXPLANATION, "email": email,
            "url": f"https://videos.example/watch?v={uuid4().hex[:8]}&from=ada.byron", **said,
        }  # fmt: skip
        notice = notice_read(
            {name: value for name, value in fields.items() if value}, has_file=False
        )
        case = report_receive(notice=notice, upload=None, channel="web", actor=REPORTER).case
        if uploader is not None:
            case.uploader = Uploader.objects.create(
                reference=uploader.get("reference", f"acct-{uuid4().hex[:8]}"),
                email=uploader.get("email", ""), language=uploader.get("language", ""),
                first_named_at=case.opened_at,
            )  # fmt: skip
            case.save(update_fields=["uploader"])
        if language:
            Report.objects.filter(case=case).update(language=language)
        return Case.objects.get(pk=case.pk)

    return make


@pytest.fixture
def decide(reviewer: Actor) -> Callable[..., Decision]:
    """Decide a case with one or more measures; it takes effect at once."""

    def act(case: Case, *actions: str | Asked, reason: str = "", **more: Any) -> Decision:
        asked = [Asked(one) if isinstance(one, str) else one for one in actions]
        decision = case_decide(
            case=case, measures=asked or [Asked("label")], rules=[], actor=reviewer,
            reason=reason or "The voice was made by a machine.", **more,
        )  # fmt: skip
        return Decision.objects.select_related("standing", "case").get(pk=decision.pk)

    return act
