"""What one person's golden copies and second reviews say: for that person and for leads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.core.shares import wilson

from .models import Right, Trial, TrialKind

#: Below so many a share of one person says nothing.
LEAST = 5


@dataclass(frozen=True)
class Share:
    """Hits of a number; ``low`` and ``high`` bound the share (Wilson, 95 %), None below LEAST."""

    hits: int
    count: int

    @property
    def low_percent(self) -> int | None:
        """The lower bound in whole per cent."""
        return round(100 * self.bounds[0]) if self.bounds else None

    @property
    def high_percent(self) -> int | None:
        """The upper bound in whole per cent."""
        return round(100 * self.bounds[1]) if self.bounds else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Where the true share lies."""
        return wilson(self.hits, self.count) if self.count >= LEAST else None


@dataclass(frozen=True)
class Standing:
    """One person: accepted answers to golden copies, second reviews that agreed, and of their own
    decisions that a lead ruled on, those that stood."""

    person: Person
    golden: Share
    agreed: Share
    stood: Share


def standings(reader: Person | None) -> list[Standing]:
    """Everybody who answered a copy or was differed from, by name, over what the reader may see."""
    return _standings(Trial.objects.filter(visible(reader, through="source")))


def standing_of(person: Person) -> Standing:
    """One's own, over everything."""
    own = Trial.objects.filter(person=person) | Trial.objects.filter(decider=person)
    found = [each for each in _standings(own) if each.person.pk == person.pk]
    return found[0] if found else Standing(person, Share(0, 0), Share(0, 0), Share(0, 0))


def _standings(rows: QuerySet[Trial]) -> list[Standing]:
    answered = rows.filter(answered_at__isnull=False)
    tallies: dict[Person, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for trial in answered.select_related("person", "decider", "ruling"):
        if trial.person is not None:
            tallies[trial.person][trial.kind, bool(trial.agrees)] += 1
        ruling = getattr(trial, "ruling", None)
        if ruling is not None:
            tallies[trial.decider]["ruled", ruling.right != Right.SECOND] += 1
    people = sorted(tallies, key=lambda person: person.username)
    return [
        Standing(person, *(_share(tallies[person], kind) for kind in _kinds())) for person in people
    ]


def _kinds() -> Iterable[str]:
    return (TrialKind.GOLDEN, TrialKind.SECOND, "ruled")


def _share(tally: Counter[tuple[str, bool]], kind: str) -> Share:
    return Share(tally[kind, True], tally[kind, True] + tally[kind, False])
