"""A statement of reasons as a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from probity.audit.canonical import digest_of
from probity.cases.models import Case
from probity.decisions.models import StatementOfReasons
from probity.web.language.later import later
from probity.web.notices.letter import Block, letter_blocks

GROUNDS = {
    "illegal_content": later("The law"),
    "incompatible_content": later("The terms of the service"),
}


@dataclass(frozen=True)
class Ground:
    """One rule the decision rests on."""

    kind: str
    title: str
    citation: dict[str, Any]
    explanation: str
    open: bool


@dataclass(frozen=True)
class StatementPage:
    """The letter and its proof."""

    case: Case
    at: datetime
    decided_at: datetime
    body: dict[str, Any]
    grounds: list[Ground]
    sha256: str
    language: str
    blocks: list[Block]
    unchanged: bool
    earlier: int


def statement_page(case: Case, row: StatementOfReasons) -> StatementPage:
    """Gather it."""
    grounds = [
        Ground(
            kind=GROUNDS.get(ground["ground"] or "", "Rule"),
            title=ground["title"],
            citation=ground["citation"],
            explanation=ground["explanation"] or "",
            open=ground["outcome"] == "unknown",
        )
        for ground in row.body["grounds"]
    ]
    return StatementPage(
        case=case,
        at=row.at,
        decided_at=datetime.fromisoformat(row.body["decided_at"]),
        body=row.body,
        grounds=grounds,
        sha256=row.sha256,
        language=row.body.get("language", "en"),
        blocks=letter_blocks(row.text),
        unchanged=digest_of(row.text) == row.sha256,
        earlier=case.statements.count() - 1,
    )
