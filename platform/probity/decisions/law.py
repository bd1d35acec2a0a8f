"""The platform's door to the policy engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from policy import calendar, engine, languages, loader, vocabulary
from policy.api import Approval, Event, Fact, Pack, Source
from policy.places import line, normalise
from probity.core.errors import InvalidInput, Refusal

from .facts import KnownFact, Value

LARGEST = 100_000
#: Catalogues of what packs say: ``<language>/LC_MESSAGES/<domain>.po`` under this folder.
CATALOGUES, CATALOGUE_DOMAIN = languages.FOLDER, languages.DOMAIN


@cache
def packs() -> tuple[Pack, ...]:
    """The installed packs, read once per process."""
    return loader.load_packs()


def pack_of(document: Mapping[str, Any], *, name: str = "kept version") -> Pack:
    """A pack rebuilt from a document as it was kept; raises Refusal where it no longer holds."""
    return loader.pack_of(document, name=name)


def calendar_of(places: Collection[str], *, at: datetime) -> dict[str, KnownFact]:
    """What the event calendar says of these places at that moment, such as days_to_election."""
    found = calendar.calendar_facts(calendar.occasions(), at=at, places=places)
    return {name: KnownFact(fact.value, fact.source.value) for name, fact in found.items()}


def rule_titles() -> dict[str, str]:
    """The title of every rule in the installed packs, by id."""
    return {rule.id: rule.title for pack in packs() for rule in pack.rules}


def told(text: str, language: str) -> str | None:
    """Words of a pack, of the vocabulary or of a recorded evaluation in another language; None
    where they are not known whole."""
    return languages.told(text, language)


def texts() -> dict[str, list[str]]:
    """Every text of packs and vocabulary that is translated, with the files that have it."""
    return languages.messages()


def evaluate(
    facts: Mapping[str, KnownFact],
    *,
    at: datetime,
    places: Collection[str],
    received_at: datetime,
    restricted_at: datetime | None = None,
    requested_at: datetime | None = None,
    confirmed_at: datetime | None = None,
    approvals: Iterable[Approval] = (),
) -> dict[str, Any]:
    """Apply every pack; the result as JSON-able data.

    Clocks start at ``received_at``; those that wait for a valid request at ``requested_at`` when
    that is known, those that wait for a restriction at ``restricted_at``, those that wait for the
    written confirmation to whoever asked at ``confirmed_at``.
    """
    known = {
        name: Fact(name=name, value=f.value, source=Source(f.source)) for name, f in facts.items()
    }
    moments = {
        Event.RESTRICTION_IMPOSED: restricted_at,
        Event.VALID_REQUEST_RECEIVED: requested_at,
        Event.CONFIRMATION_ISSUED: confirmed_at,
    }
    events = {event: moment for event, moment in moments.items() if moment}
    named = tuple(approvals)
    result = engine.evaluate(
        packs(),
        facts=known,
        at=at,
        places=places,
        received_at=received_at,
        events=events,
        approvals=named,
    )
    return {**result.record(), "inputs": _inputs(events, named)}


def _inputs(events: Mapping[Event, datetime], approvals: Iterable[Approval]) -> dict[str, Any]:
    """What besides facts, places and packs went in, so that it can be repeated elsewhere."""
    return {
        "events": {event.value: moment.isoformat() for event, moment in events.items()},
        "approvals": [
            {"pack": row.pack, "digest": row.digest, "by": row.by, "on": row.on.isoformat()}
            for row in approvals
        ],
    }


def fact_check(name: str, value: object) -> Value:
    """The value as this fact takes it; raises InvalidInput with the field's own sentence."""
    try:
        known = vocabulary.check(Fact(name=name, value=value, source=Source.REVIEWER))  # type: ignore[arg-type]
    except Refusal as refusal:
        raise InvalidInput.of({name: refusal.sentence})
    if isinstance(known.value, int) and abs(known.value) > LARGEST:
        raise InvalidInput.of({name: f"“{name}” must lie between -{LARGEST} and {LARGEST}."})
    return known.value


def service_fact_check(name: str, value: Value) -> str:
    """A sentence when the service itself may not say this of itself, else an empty string."""
    fact = Fact(name=name, value=value, source=Source.PLATFORM)
    try:
        vocabulary.check(fact)
    except Refusal as refusal:
        return refusal.sentence
    spec = vocabulary.vocabulary()[name]
    return vocabulary.refusal_of(fact, minimum=spec.minimum) or ""


@dataclass(frozen=True)
class FactWords:
    """How the vocabulary speaks of a fact; ``type`` is bool or integer."""

    name: str
    type: str
    question: str
    when_true: str
    when_false: str
    help: str


def fact_words() -> dict[str, FactWords]:
    """The whole vocabulary in words, by name."""
    return {
        name: FactWords(
            name=name,
            type=spec.type.value,
            question=spec.question,
            when_true=spec.when_true,
            when_false=spec.when_false,
            help=spec.help,
        )
        for name, spec in vocabulary.vocabulary().items()
    }


def places_check(places: Collection[str]) -> list[str]:
    """The places in the law's spelling; raises InvalidInput for one that does not exist."""
    try:
        return list(dict.fromkeys(normalise(place) for place in places))
    except Refusal as refusal:
        raise InvalidInput.of({"places": f"A place is unknown: {refusal.sentence}"})


def places_meet(jurisdiction: str, places: Collection[str]) -> bool:
    """Whether a jurisdiction lies in one of the places, or one of them in it."""
    codes = [normalise(place) for place in places]
    return any(jurisdiction in line(code) or code in line(jurisdiction) for code in codes)
