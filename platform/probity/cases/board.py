"""What is about to breach: running clocks by how much of their time is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from probity.accounts.models import Person
from probity.core.clock import now

from .access import visible
from .models import CaseClaim, Clock
from .targets import UNDECIDED

#: The board looks this far ahead, and shows this many clocks at most.
AHEAD = timedelta(hours=24)
MOST = 200


def clocks_about_to_breach(
    *, person: Person | None, queue: UUID | None = None, ahead: timedelta = AHEAD
) -> QuerySet[Clock]:
    """Late clocks and those that end within ``ahead``, the latest first; stopped ones left out.

    Of undecided real cases that the person may see; with the case, its queue, and who holds it.
    """
    live = CaseClaim.objects.filter(ended_at=None, until__gte=now()).select_related("person")
    rows = Clock.objects.filter(
        visible(person, through="case"),
        ended_at=None,
        paused_at=None,
        due_at__lte=now() + ahead,
        case__state__in=UNDECIDED,
        case__demonstration="",
    )
    if queue:
        rows = rows.filter(case__queue=queue)
    holders = Prefetch("case__claims", queryset=live, to_attr="live_claims")
    return (
        rows.select_related("case__queue", "case__kept_for")
        .prefetch_related(holders)
        .order_by("due_at")
    )


def clocks_nearest(cases: Collection[UUID]) -> dict[UUID, Clock]:
    """The nearest running clock of each of these cases."""
    rows = Clock.objects.filter(case__in=cases, ended_at=None, paused_at=None)
    return {row.case_id: row for row in rows.order_by("case", "due_at").distinct("case")}


def clocks_foremost(cases: Collection[UUID]) -> dict[UUID, list[Clock]]:
    """The nearest running clocks of each of these cases: the law's, the law's provisional one, and
    our own target, as far as there are any. A nearer target of ours hides no deadline of the law.
    """
    rows = Clock.objects.filter(case__in=cases, ended_at=None, paused_at=None)
    kinds = ("case", "service", "provisional")
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for row in rows.order_by(*kinds, "due_at").distinct(*kinds):
        found[row.case_id].append(row)
    return found


def pressing(clock: Clock, *, at: datetime) -> str:
    """How a clock stands: late, warned (three quarters are gone), or running."""
    if clock.due_at <= at:
        return "late"
    return "warned" if clock.warn_at <= at else "running"
