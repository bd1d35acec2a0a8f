"""A decision in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from probity.decisions.models import Action, Decision
from probity.decisions.selectors import rules_by_id
from probity.decisions.statements import MEASURES

from .actions_words import ACTION_WORDS


@dataclass(frozen=True)
class Decided:
    """One decision as pages show it."""

    action: str
    measure: str
    reason: str
    rules: list[str]
    who: str
    at: datetime


def decided(row: Decision) -> Decided:
    """Gather it; rules go by the titles they had when the person decided."""
    titles = rules_by_id(row.evaluation)
    return Decided(
        action=ACTION_WORDS[Action(row.action)],
        measure=MEASURES[Action(row.action)],
        reason=row.reason,
        rules=[titles[rule]["title"] if rule in titles else rule for rule in row.rules],
        who=row.person.username,
        at=row.at,
    )
