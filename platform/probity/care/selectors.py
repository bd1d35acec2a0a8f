"""How much of somebody's day is used, what they prefer, and what leads set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import Sum

from probity.accounts.models import Person
from probity.core.clock import now

from .models import AtLimit, Break, CareRules, FirstStep, Preference, Severity

#: From here on a gentle notice is given, as a share of the budget.
NEAR = 0.8
WORDS = {
    Severity.ORDINARY: "Ordinary",
    Severity.GRAVE: "Grave",
    Severity.GRAVEST: "Gravest",
}


@dataclass(frozen=True)
class Used:
    """One severity's budget of the day, in seconds."""

    severity: Severity
    seconds: int
    limit: int

    @property
    def words(self) -> str:
        """The severity's name."""
        return WORDS[self.severity]

    @property
    def share(self) -> float:
        """What of the budget is used; 1 where there is no budget at all."""
        return self.seconds / self.limit if self.limit else 1.0

    @property
    def percent(self) -> int:
        """The same, as a whole number that never says 100 before it is."""
        return int(self.share * 100)

    @property
    def minutes(self) -> str:
        """Used and allowed, in minutes."""
        return f"{self.seconds / 60:.0f} of {self.limit / 60:.0f} minutes"


@dataclass(frozen=True)
class Day:
    """A person's day so far."""

    used: tuple[Used, ...]

    @property
    def begun(self) -> bool:
        """Whether anything was looked at."""
        return any(one.seconds for one in self.used)

    @property
    def highest(self) -> Used:
        """The severity whose budget is most used, among those begun."""
        return max(self.used, key=lambda one: (one.seconds > 0, one.share))

    @property
    def near(self) -> bool:
        """Whether a budget is nearly or wholly used."""
        return self.begun and self.highest.share >= NEAR

    def of(self, severity: Severity) -> Used:
        """One severity's budget."""
        return self.used[severity - 1]


def rules_now() -> CareRules:
    """What holds: the latest row, or what a new installation begins with (not saved)."""
    return CareRules.objects.select_related("set_by").first() or CareRules(at_limit=AtLimit.CONFIRM)


def preference_of(person: Person) -> Preference:
    """What a person chose; the usual (not saved) where they chose nothing."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def greys_first(person: Person) -> bool:
    """Whether the first reveal shows this person grey pictures."""
    return preference_of(person).first_step == FirstStep.GREY


def day_began() -> datetime:
    """The first moment of today, in UTC."""
    return datetime.combine(now().astimezone(UTC).date(), time.min, UTC)


def day_of(person: Person) -> Day:
    """Today's budgets of a person and what of them is used."""
    return _day(person, _used_today(person))


def day_if_begun(person: Person) -> Day | None:
    """The same once anything was looked at today; a page asks for nothing more until then."""
    used = _used_today(person)
    return _day(person, used) if used else None


def _used_today(person: Person) -> dict[int, int]:
    seen = person.exposures.filter(at__gte=day_began()).order_by().values_list("severity")
    return dict(seen.annotate(total=Sum("seconds")))


def _day(person: Person, used: Mapping[int, int]) -> Day:
    return day_from(used, rules=rules_now(), share=preference_of(person).share)


def day_from(used: Mapping[int, int], *, rules: CareRules, share: int) -> Day:
    """Budgets from seconds by severity; ``share`` is the person's own, in per cent."""
    return Day(
        tuple(Used(one, used.get(one, 0), rules.seconds(one) * share // 100) for one in Severity)
    )


def break_of(person: Person) -> Break | None:
    """The break that a person is on."""
    return person.breaks.filter(ended_at=None).first()
