"""The worked examples inside a pack: a base that the single tests change one fact at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from policy.api import Event, Fact, LegalState, Outcome, PackTest
from policy.cursor import Cursor
from policy.errors import FactRefused, PlaceRefused
from policy.places import normalise
from policy.vocabulary import answer

_GIVEN = ("at", "places", "received_at", "events", "facts")
_EXPECTED = ("status", "ask", "do", "due", "latest", "provisional")


def tests(rule_at: Cursor, *, rule: str) -> Iterator[PackTest]:
    """The tests of one rule; raises PackInvalid."""
    base = _given(rule_at.child("test_base"), named=False) if "test_base" in rule_at.value else {}
    names: set[str] = set()
    for at in rule_at.child("tests").items():
        own = _given(at, named=True)
        name = at.child("name").text()
        if name in names:
            raise at.child("name").refusal("a test of this name stands here already.")
        names.add(name)
        merged: dict[str, Any] = {**base, **own}
        merged["facts"] = {**base.get("facts", {}), **own.get("facts", {})}
        if "at" not in merged:
            raise at.refusal("the key 'at' is missing here and in 'test_base'.")
        yield _test(at.child("expect"), rule=rule, name=name, given=merged)


def _given(at: Cursor, *, named: bool) -> dict[str, Any]:
    key = at.record(required=("name", "expect") if named else (), optional=_GIVEN)
    result: dict[str, Any] = {}
    for name in ("at", "received_at"):
        if name in key:
            absent = name == "received_at" and key[name].value is None
            result[name] = None if absent else key[name].moment()
    if "places" in key:
        result["places"] = _places(key["places"])
    if "events" in key:
        result["events"] = _events(key["events"])
    if "facts" in key:
        result["facts"] = _facts(key["facts"])
    return result


def _places(at: Cursor) -> tuple[str, ...]:
    if at.value == []:
        return ()
    try:
        return tuple(normalise(item.text()) for item in at.items())
    except PlaceRefused as error:
        raise at.refusal(error.sentence) from None


def _events(at: Cursor) -> Mapping[Event, datetime]:
    known = at.record(required=(), optional=tuple(Event))
    return {Event(name): item.moment() for name, item in known.items()}


def _facts(at: Cursor) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, item in at.mapping().items():
        try:
            facts[name] = answer(name, item.value)
        except FactRefused as error:
            raise item.refusal(error.sentence) from None
    return facts


def _test(expect: Cursor, *, rule: str, name: str, given: Mapping[str, Any]) -> PackTest:
    key = expect.record(required=("outcome",), optional=_EXPECTED)
    return PackTest(
        rule=rule,
        name=name,
        at=given["at"],
        places=given.get("places", ()),
        received_at=given.get("received_at"),
        events=given.get("events", {}),
        facts=given["facts"],
        outcome=key["outcome"].choice(Outcome),
        state=key["status"].choice(LegalState) if "status" in key else None,
        ask=_names(key.get("ask")),
        do=_names(key.get("do")),
        due=_due(key["due"]) if "due" in key else None,
        latest=_due(key["latest"]) if "latest" in key else None,
        provisional=key["provisional"].boolean() if "provisional" in key else None,
    )


def _due(at: Cursor) -> Mapping[str, datetime | None]:
    """Action -> due time; the word none stands for a duty without a computed time."""
    return {
        action: None if item.value == "none" else item.moment()
        for action, item in at.mapping().items()
    }


def _names(at: Cursor | None) -> tuple[str, ...] | None:
    if at is None:
        return None
    return tuple(item.text() for item in at.items()) if at.value != [] else ()
