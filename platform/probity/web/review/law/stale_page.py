"""What is due for another look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probity.core.clock import now
from probity.decisions.library import sources_due


@dataclass(frozen=True)
class StalePage:
    """Reviews that are overdue, and states about to change."""

    day: str
    reviews: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]


def stale_page() -> StalePage:
    """As of today."""
    found = sources_due(now().date())
    return StalePage(found["at"], found["reviews"], found["changes"])
