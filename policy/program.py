"""Packs made ready: every different test once, every different jurisdiction once.

Rules share facts, so a hundred rules ask far fewer different things than they have leaves. One
pass over those fills a table; each rule then reads its own leaves from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from policy.api import LegalState, Pack, Rule, Source, StateChange
from policy.case import Sources, good_sources
from policy.logic import LeafTest, Truth, Value
from policy.parts import Reach
from policy.places import within

_MOST_PROGRAMS = 8
_MOST_DAYS = 64
Status = tuple[LegalState, StateChange | None]
Minimums = tuple[tuple[str, Source], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule and where its place (`place`) and its leaves (`leaves`) stand in the table.

    `approved_as` is what an approval must name: the pack and its digest.
    """

    rule: Rule
    approved_as: tuple[str, str]
    group: int
    place: int
    reach: Reach
    leaves: Callable[[Sequence[Truth]], tuple[Truth, ...]]


@dataclass(frozen=True, slots=True)
class Program:
    """`tests` are (group, fact, test); a group is the packs that ask for the same sources."""

    packs: tuple[Pack, ...]
    groups: tuple[Sources, ...]
    jurisdictions: tuple[str, ...]
    tests: tuple[tuple[int, str, LeafTest], ...]
    entries: tuple[Entry, ...]
    _days: dict[date, tuple[Status, ...]] = field(default_factory=dict)

    def table(self, places: Sequence[str], values: Sequence[Mapping[str, Value]]) -> list[Truth]:
        """The truth of every place and every test; `values` by group."""
        reached: list[Truth] = [within(place, places) for place in self.jurisdictions]
        return reached + [test(values[group].get(fact)) for group, fact, test in self.tests]

    def states(self, day: date) -> tuple[Status, ...]:
        """The legal state of every rule on that day, in the order of `entries`."""
        if day not in self._days:
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            self._days[day] = tuple(_status(entry.rule, day) for entry in self.entries)
        return self._days[day]


def _status(rule: Rule, day: date) -> Status:
    change = rule.state_at(day)
    return (change.state if change else LegalState.PENDING), change


_kept: dict[tuple[int, ...], Program] = {}


def program(packs: Iterable[Pack]) -> Program:
    """The program of these packs, in the order of their ids; kept for the same pack objects."""
    ordered = tuple(sorted(packs, key=lambda pack: pack.id))
    # A kept program holds its packs, so that no other object can come to bear their identities.
    key = tuple(map(id, ordered))
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _MOST_PROGRAMS:
            _kept.clear()
        found = _kept[key] = _program(ordered)
    return found


def _program(packs: tuple[Pack, ...]) -> Program:
    groups: dict[Minimums, int] = {}
    places = sorted({rule.jurisdiction for pack in packs for rule in pack.rules})
    tests: dict[tuple[int, str, str, object], tuple[int, LeafTest]] = {}
    entries: list[Entry] = []
    for pack in packs:
        group = groups.setdefault(tuple(sorted(pack.minimums.items())), len(groups))
        for rule in pack.rules:
            slots = []
            for leaf in rule.logic.leaves:
                key = (group, leaf.fact, leaf.operator, leaf.operand)
                slot, _ = tests.setdefault(key, (len(places) + len(tests), leaf.test))
                slots.append(slot)
            place = places.index(rule.jurisdiction)
            leaves = itemgetter(place, *slots)
            reach = Reach(f"in {rule.jurisdiction}", rule.citation)
            entries.append(Entry(rule, (pack.id, pack.digest), group, place, reach, leaves))
    return Program(
        packs=packs,
        groups=tuple(good_sources(dict(minimums)) for minimums in groups),
        jurisdictions=tuple(places),
        tests=tuple((group, fact, test) for (group, fact, _, _), (_, test) in tests.items()),
        entries=tuple(entries),
    )
