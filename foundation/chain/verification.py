"""Walking a chain to its first wrong place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from foundation.chain.canonical import NotCanonical
from foundation.chain.event import Event, EventUnreadable, Head, event_hash, genesis


class Wrong(StrEnum):
    """What is wrong at the first wrong place."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    FORKED = "forked"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``place`` counts from 1 and names the event that should stand there; None when intact.

    ``events`` is the number of events read. ``head`` is where the chain ends, None unless intact.
    """

    chain: str
    intact: bool
    events: int
    sentence: str
    wrong: Wrong | None = None
    place: int | None = None
    head: Head | None = None

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON members."""
        return {
            "chain": self.chain,
            "intact": self.intact,
            "events": self.events,
            "wrong": self.wrong.value if self.wrong else None,
            "place": self.place,
            "head": self.head.to_dict() if self.head else None,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class _Flaw:
    wrong: Wrong
    place: int
    why: str


def verify(
    chain: str,
    events: Iterable[Event | Mapping[str, Any]],
    *,
    head: Head | None = None,
    checkpoints: Iterable[Head] = (),
    start: Head | None = None,
) -> Verdict:
    """Check a chain, its events given in the order in which they were kept.

    ``start`` is an end that was checked before: then ``events`` are those after it.

    ``head`` says where the chain must end; ``checkpoints`` are earlier ends it must have passed
    through. Without either, a cut at the end and a chain rewritten as a whole go unseen.
    Events may be given as parsed JSON; nothing in them is trusted, and nothing raises.
    """
    given = list(events)
    begin = start or Head(events=0, hash=genesis(chain))
    links, flaw = _read(given, begin)
    flaw = _first_bad_link(chain, links, begin) or flaw
    flaw = flaw or _beyond(links, begin, head, checkpoints)
    if flaw:
        return Verdict(
            chain=chain,
            intact=False,
            events=len(given),
            wrong=flaw.wrong,
            place=flaw.place,
            sentence=f"Chain {chain}, event {flaw.place} is {flaw.wrong.value}: {flaw.why}.",
        )
    end = Head(events=begin.events + len(links), hash=links[-1].hash if links else begin.hash)
    after = f" after event {begin.events}" if start else ""
    sentence = f"Chain {chain}: all {len(links)} events{after} are intact."
    return Verdict(chain=chain, intact=True, events=len(links), head=end, sentence=sentence)


def _read(
    given: Sequence[Event | Mapping[str, Any]], begin: Head
) -> tuple[list[Event], _Flaw | None]:
    """The readable events before the first unreadable one."""
    links: list[Event] = []
    for place, item in enumerate(given, start=begin.events + 1):
        try:
            links.append(Event.from_dict(item.to_dict() if isinstance(item, Event) else item))
        except (EventUnreadable, TypeError) as error:
            return links, _Flaw(Wrong.ALTERED, place, f"it has not an event's form ({error})")
    return links, None


def _first_bad_link(chain: str, links: Sequence[Event], begin: Head) -> _Flaw | None:
    previous = begin.hash
    for place, event in enumerate(links, start=begin.events + 1):
        flaw = _own_flaw(chain, event, place) or _place_flaw(links, place, begin)
        if flaw:
            return flaw
        if event.prev != previous:
            why = "it continues another event than the one before it: one of the two was replaced"
            return _Flaw(Wrong.FORKED, place, why)
        previous = event.hash
    return None


def _own_flaw(chain: str, event: Event, place: int) -> _Flaw | None:
    try:
        recomputed = event_hash(event)
    except NotCanonical as error:
        return _Flaw(Wrong.ALTERED, place, f"it cannot be hashed ({error})")
    if recomputed != event.hash:
        return _Flaw(Wrong.ALTERED, place, "its content does not give its hash")
    if event.chain != chain:
        return _Flaw(Wrong.INSERTED, place, f"it belongs to chain {event.chain}")
    return None


def _place_flaw(links: Sequence[Event], place: int, begin: Head) -> _Flaw | None:
    """The event is itself; does it stand where its number says?"""
    event = links[place - begin.events - 1]
    if event.seq == place:
        return None
    if event.seq > place:
        if any(later.seq == place for later in links[place - begin.events :]):
            return _Flaw(Wrong.REORDERED, place, f"event {event.seq} stands in its place")
        last = event.seq - 1
        extent = "it is missing" if last == place else f"events {place} to {last} are missing"
        return _Flaw(Wrong.REMOVED, place, extent)
    again = event.seq > begin.events and event.hash != _hash_at(links, event.seq, begin)
    if again and event.prev == _hash_at(links, event.seq - 1, begin):
        return _Flaw(Wrong.FORKED, event.seq, "two different events claim this place")
    return _Flaw(Wrong.INSERTED, place, f"an event numbered {event.seq} stands in its place")


def _hash_at(links: Sequence[Event], place: int, begin: Head) -> str:
    """The hash of the event at a place; that of ``begin`` at its own."""
    return links[place - begin.events - 1].hash if place > begin.events else begin.hash


def _beyond(
    links: Sequence[Event], begin: Head, head: Head | None, checkpoints: Iterable[Head]
) -> _Flaw | None:
    """Every link holds; does the chain agree with what was recorded outside it?"""
    count = begin.events + len(links)
    known = [*checkpoints, *([head] if head else [])]
    for end in sorted(known, key=lambda end: end.events):
        if end.events > count:
            why = f"the recorded head counts {end.events} events, and {count} are here"
            return _Flaw(Wrong.TRUNCATED, count + 1, why)
        if end.events >= begin.events and _hash_at(links, end.events, begin) != end.hash:
            why = "its hash is not the one recorded outside the chain"
            return _Flaw(Wrong.FORKED, max(end.events, 1), why)
    if head and count > head.events:
        why = f"the recorded head ends the chain at event {head.events}"
        return _Flaw(Wrong.INSERTED, head.events + 1, why)
    return None
