"""What one evaluation is about: the day, the places, and each fact as good as its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from policy.api import RANK, Approval, Event, Fact, Source
from policy.logic import Value
from policy.parts import Said
from policy.vocabulary import refusal_of, vocabulary

Sources = Mapping[str, frozenset[Source]]


UNSAID = Said(None, None, None, None)


@dataclass(eq=False)
class Case:
    """The same for all packs that ask for the same sources.

    `values` are the admitted ones, `notes` say why others were not; `approvals` are by pack and
    digest.
    """

    day: date
    places: tuple[str, ...]
    given: Mapping[str, Fact]
    values: Mapping[str, Value]
    notes: Mapping[str, str]
    events: Mapping[Event, datetime]
    approvals: Mapping[tuple[str, str], Approval]

    @cached_property
    def said(self) -> Mapping[str, Said]:
        """What was said about every given fact."""
        values, notes = self.values, self.notes
        return {
            name: Said(values.get(name), fact.value, fact.source.value, notes.get(name))
            for name, fact in self.given.items()
        }

    @cached_property
    def where(self) -> Said:
        """What was said about the place."""
        return Said(None, None, None, f"Places known: {', '.join(self.places) or 'none'}.")


def good_sources(minimums: Mapping[str, Source]) -> Sources:
    """For every fact the sources whose word is enough, where a pack raises some minimums."""
    return {
        name: frozenset(
            source
            for source in known.supply
            if RANK[source] >= RANK[minimums.get(name, known.minimum)]
        )
        for name, known in vocabulary().items()
    }


def admitted(given: Mapping[str, Fact], good: Sources) -> tuple[dict[str, Value], dict[str, str]]:
    """The values whose source is good enough, and for the others why not."""
    values: dict[str, Value] = {}
    notes: dict[str, str] = {}
    for name, fact in given.items():
        if fact.source in good[name]:
            values[name] = fact.value
        elif fact.value is not None:
            weakest = min(good[name], key=RANK.__getitem__)
            notes[name] = refusal_of(fact, minimum=weakest) or ""
    return values, notes
