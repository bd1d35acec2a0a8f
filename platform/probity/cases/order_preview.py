"""The order that other weights would give today's backlog, beside the order it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from probity.core.clock import now

from .models import Case
from .prioritising import BATCH, priorities_of
from .priority import Priority
from .selectors import cases_in_order

#: A preview of the order looks at this many cases, the most urgent first, and says so.
PREVIEW_MOST = 5_000
PREVIEW_SHOWN = 25


@dataclass(frozen=True)
class Placed:
    """One case in the order that was asked about: its place and points before and after."""

    case: Case
    was: int
    becomes: int
    points_were: int
    priority: Priority


@dataclass(frozen=True)
class OrderPreview:
    """The order that weights would give; ``changed`` of ``looked_at`` cases stand elsewhere."""

    looked_at: int
    changed: int
    more: int
    first: list[Placed]


def order_preview(weights: Mapping[str, int]) -> OrderPreview:
    """The order that these weights would give today's undecided cases; nothing is written."""
    waiting = cases_in_order().filter(demonstration="")
    total = waiting.count()
    cases = list(waiting[:PREVIEW_MOST])
    placed = []
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        for place, (case, found) in enumerate(
            priorities_of(batch, weights=weights, at=now()), start=start + 1
        ):
            placed.append((case, place, found))
    placed.sort(key=lambda one: (-one[2].points, one[0].due_at is None, _due(one[0]), one[1]))
    lines = [
        Placed(case, was, becomes, case.priority, found)
        for becomes, (case, was, found) in enumerate(placed, start=1)
    ]
    changed = sum(line.was != line.becomes for line in lines)
    return OrderPreview(len(cases), changed, total - len(cases), lines[:PREVIEW_SHOWN])


def _due(case: Case) -> float:
    return case.due_at.timestamp() if case.due_at else 0.0
