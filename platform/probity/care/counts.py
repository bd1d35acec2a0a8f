"""What leads see: how many people a day weighed on. Nobody is named, and few are not counted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import TruncDate

from .models import Break, Exposure, Preference
from .selectors import NEAR, day_began, day_from, rules_now

#: Fewer people than this are not counted out: a number could point at one of them.
GROUP_MIN = 4
FEW = f"fewer than {GROUP_MIN}"
DAYS = 14


@dataclass(frozen=True)
class DayCounts:
    """One day (UTC), each count as it may be shown."""

    day: date
    looked: str
    near: str
    spent: str
    breaks: str


def days_counted() -> list[DayCounts]:
    """The last two weeks, the latest first, by today's rules and everybody's own share."""
    begin = day_began() - timedelta(days=DAYS - 1)
    rules = rules_now()
    shares = dict(Preference.objects.values_list("person", "share"))
    seen: dict[date, dict[UUID, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = Exposure.objects.filter(at__gte=begin).order_by()
    by_day = rows.annotate(day=TruncDate("at", tzinfo=UTC)).values_list("day", "person", "severity")
    for day, person, severity, seconds in by_day.annotate(total=Sum("seconds")):
        seen[day][person][severity] = seconds
    rested = _rested(begin=begin.date())
    found = []
    for back in range(DAYS):
        day = day_began().date() - timedelta(days=back)
        shares_used = [
            day_from(used, rules=rules, share=shares.get(person, 100)).highest.share
            for person, used in seen[day].items()
        ]
        found.append(
            DayCounts(
                day=day,
                looked=shown(len(shares_used)),
                near=shown(sum(NEAR <= one < 1 for one in shares_used)),
                spent=shown(sum(one >= 1 for one in shares_used)),
                breaks=shown(len(rested[day])),
            )
        )
    return found


def _rested(*, begin: date) -> dict[date, set[UUID]]:
    """Who took a break on each day."""
    rows = Break.objects.filter(began_at__date__gte=begin).order_by()
    found: dict[date, set[UUID]] = defaultdict(set)
    for day, person in rows.annotate(day=TruncDate("began_at", tzinfo=UTC)).values_list(
        "day", "person"
    ):
        found[day].add(person)
    return found


def shown(people: int) -> str:
    """A number of people as leads may see it: none, too few to say, or how many."""
    return str(people) if people == 0 or people >= GROUP_MIN else FEW
