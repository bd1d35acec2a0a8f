"""Many plain cases, and people who may act on them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from probity.accounts.actors import Actor, person_actor
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.cases.services import case_open, report_add


@pytest.fixture
def many(db: None) -> Callable[..., list[Case]]:
    """Cases with one report each."""

    def make(
        count: int, *, text: str = "The same advertisement again.", **fields: Any
    ) -> list[Case]:
        notice = notice_read(
            {"category": "advertising", "explanation": text, "places": "DE", **fields},
            has_file=True,
        )
        made = []
        for _ in range(count):
            case = case_open(case_id=uuid4(), notice=notice, actor="reporter")
            report_add(case=case, notice=notice, channel="web", actor="reporter")
            made.append(case)
        return made

    return make


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lena", "lead"))


@pytest.fixture
def other(person: Callable[..., Any]) -> Actor:
    return person_actor(person("omar", "lead"))
