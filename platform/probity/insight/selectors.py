"""All figures by name."""

from __future__ import annotations

from collections.abc import Callable

from probity.accounts.models import Person
from probity.core.errors import NotFound

from . import agreement, flow, outcomes, precision, rules
from .figures import Figure, Span

FIGURES: dict[str, Callable[[Person | None, Span], Figure]] = {
    "backlog": lambda person, _: flow.backlog(person),
    "days": flow.days,
    "first-action": flow.first_action,
    "decision": flow.decision,
    "clocks": flow.clocks,
    "actions": outcomes.actions,
    "appeals": outcomes.appeals,
    "detectors": outcomes.detectors,
    "precision": precision.precision,
    "agreement": agreement.second_reviews,
    "answers": agreement.answers,
    "golden": agreement.golden,
    "actions-twice": agreement.actions_twice,
    "rules-twice": agreement.rules_twice,
    "reversals": rules.reversals,
    "obligations": rules.obligations,
    "views": outcomes.views,
}


def figure(*, key: str, person: Person | None, span: Span) -> Figure:
    """One figure over what this person may see; raises NotFound for an unknown name."""
    make = FIGURES.get(key)
    if make is None:
        raise NotFound(f"There is no figure of this name. There are: {', '.join(FIGURES)}.")
    return make(person, span)


def figures(*, person: Person | None, span: Span) -> list[Figure]:
    """Every figure."""
    return [make(person, span) for make in FIGURES.values()]
