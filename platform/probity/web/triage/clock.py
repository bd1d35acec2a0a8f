"""A running deadline, in words and as a shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from probity.cases.models import Case, CaseState
from probity.core.clock import now
from probity.web.words import span

SOON = timedelta(hours=6)
NEAR = timedelta(hours=24)


@dataclass(frozen=True)
class Clock:
    """``level`` is one of late, soon, near, later, none, done; each has its own shape."""

    level: str
    words: str
    due_at: datetime | None = None
    since: datetime | None = None

    @property
    def shape(self) -> str:
        """The icon that says the same as the colour."""
        return f"clock-{self.level}"

    @property
    def spent(self) -> int:
        """The share of the time that is gone, in whole percent (0-100)."""
        if self.due_at is None or self.since is None or self.due_at <= self.since:
            return 0
        share = (now() - self.since) / (self.due_at - self.since)
        return min(100, max(0, round(share * 100)))


def case_clock(case: Case) -> Clock:
    """The clock of a case: its nearest legal deadline, or that there is none."""
    if case.state == CaseState.DECIDED:
        return Clock("done", gettext("Decided"), case.decided_at)
    if case.due_at is None:
        return Clock("none", gettext("No legal deadline"))
    return due_clock(case.due_at, since=case.opened_at)


def due_clock(due: datetime, *, since: datetime | None = None) -> Clock:
    """The clock of one due moment."""
    left = due - now()
    if left < timedelta(0):
        return Clock("late", gettext("{span} late").format(span=span(left)), due, since)
    level = "soon" if left < SOON else "near" if left < NEAR else "later"
    return Clock(level, gettext("{span} left").format(span=span(left)), due, since)
