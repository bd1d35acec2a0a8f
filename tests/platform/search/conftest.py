"""Cases with words of their own, made quickly through the rooms' services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.cases.services import case_open, report_add

Told = Callable[..., Case]


@pytest.fixture
def told(db: None) -> Told:
    """A case with reports; the first text opens it."""

    def make(*texts: str, category: str = "defamation", **fields: Any) -> Case:
        case: Case | None = None
        for text in texts or ("A report without anything special.",):
            notice = notice_read(
                {
                    "category": category, "explanation": text, "email": "secret@reporter.example",
                    "url": "https://host.example/watch/clip42", **fields,
                },
                has_file=False,
            )  # fmt: skip
            if case is None:
                case = case_open(case_id=uuid4(), notice=notice, actor="reporter")
            report_add(case=case, notice=notice, channel="web", actor="reporter")
        assert case is not None
        return case

    return make
