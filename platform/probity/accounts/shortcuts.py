"""The single keys of the console: what each does, where it counts, and which key it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from probity.core.errors import InvalidInput


class Place(StrEnum):
    """Where a key counts. What counts everywhere shares its key with nothing."""

    EVERYWHERE = "everywhere"
    LISTS = "lists"
    CASE = "case"


@dataclass(frozen=True)
class Shortcut:
    """One thing that a key may do; without a key of its own until somebody gives it one."""

    name: str
    key: str
    words: Promise
    place: Place


def _in(place: Place, *rows: tuple[str, str, Promise]) -> tuple[Shortcut, ...]:
    return tuple(Shortcut(name, key, words, place) for name, key, words in rows)


SHORTCUTS: tuple[Shortcut, ...] = (
    *_in(
        Place.EVERYWHERE,
        ("help", "?", _("Show the keys")),
        ("search", "/", _("Search")),
        ("undo", "u", _("Undo the last decision")),
    ),
    *_in(
        Place.LISTS,
        ("down", "j", _("One row down")),
        ("up", "k", _("One row up")),
        ("tick", "x", _("Tick the row")),
        ("next", "t", _("Take the next case")),
        ("board", "b", _("What is about to breach")),
        ("first-tab", "g", _("To the tabs of the list")),
        ("act-ticked", "o", _("Act on the ticked cases")),
        ("act-all", "", _("Act on all that were found")),
        ("go-on", "y", _("Go on: show, do or agree")),
    ),
    *_in(
        Place.CASE,
        ("claim", "e", _("Take the case, or extend the claim")),
        ("next-case", "]", _("Take the next case without leaving the page")),
        ("release", "o", _("Give the case back")),
        ("skip", "x", _("Leave the case to others for today")),
        ("pass-on", "h", _("Pass the case on: to a person, a queue, a lead, to later")),
        ("send", "", _("Hand it to a person")),
        ("requeue", "", _("Put it into another queue")),
        ("snooze", "", _("Put it off")),
        ("escalate", "", _("Escalate it to a lead")),
        ("merge", "", _("Merge it into another case")),
        ("split", "", _("Give a report a case of its own")),
        ("reveal", "b", _("Reveal or conceal the media")),
        ("reveal-more", "v", _("Reveal the next copy of the media")),
        ("grey", "g", _("Grey or colour")),
        ("frame-back", ",", _("One frame back")),
        ("frame-on", ".", _("One frame on")),
        ("question", "q", _("Next open question of the law")),
        ("answer-true", "1", _("Answer: true")),
        ("answer-false", "2", _("Answer: false")),
        ("answer-unknown", "3", _("Answer: unknown")),
        ("places", "m", _("Correct the places")),
        ("decide-remove", "r", _("Action: remove")),
        ("decide-label", "l", _("Action: label")),
        ("decide-restrict", "t", _("Action: restrict by place")),
        ("decide-age_gate", "a", _("Action: for adults only")),
        ("decide-reduce", "d", _("Action: show to fewer people")),
        ("decide-warn", "w", _("Action: warn the account")),
        ("decide-suspend", "s", _("Action: suspend the account")),
        ("decide-refer", "f", _("Action: refer to the authority")),
        ("decide-preserve", "p", _("Action: preserve")),
        ("decide-no_action", "n", _("Action: none")),
        ("reason", "y", _("Write the reason")),
        ("decide", "", _("Decide")),
        ("decide-next", "", _("Decide and take the next")),
        ("agree", "+", _("To the button that agrees, as the second person")),
        ("refuse", "-", _("To the reason for refusing, as the second person")),
        ("referral", "", _("Refer to an authority")),
        ("history", "i", _("History")),
        ("keeping", "k", _("Keeping: holds and erasure")),
        ("bundle", "z", _("Evidence bundle")),
    ),
)
BY_NAME: Mapping[str, Shortcut] = {one.name: one for one in SHORTCUTS}


def keys_of(own: Mapping[str, str]) -> dict[str, str]:
    """The key of each action that has one: a person's own, else the one it ships with.

    Where somebody gave a shipped key to another action, their choice wins and the shipped one
    is without a key.
    """
    chosen = {name: key for name, key in own.items() if name in BY_NAME}
    keys = {name: key for name, key in chosen.items() if key}
    for one in SHORTCUTS:
        if one.name not in chosen and one.key and _holder(one, one.key, keys) is None:
            keys[one.name] = one.key
    return {one.name: keys[one.name] for one in SHORTCUTS if one.name in keys}


def keys_read(asked: Mapping[str, str]) -> dict[str, str]:
    """What somebody asked for, with one key for each action or none.

    Raises InvalidInput, a sentence for each action, for what is no single key and for a key that
    two actions of one place would share.
    """
    keys, wrong = {}, {}
    for name in BY_NAME.keys() & asked.keys():
        key = asked[name].strip().lower()
        if len(key) > 1 or (key and not key.isprintable()):
            wrong[name] = str(_("Give one letter, digit or sign, or leave it empty."))
        keys[name] = key
    for one in SHORTCUTS:
        key = keys.get(one.name, "")
        other = _holder(one, key, keys) if key and one.name not in wrong else None
        if other is not None:
            sentence = _("“%(key)s” is already the key for “%(other)s”. Choose another one.")
            wrong[one.name] = str(sentence) % {"key": key.upper(), "other": other.words}
    if wrong:
        raise InvalidInput.of({one.name: wrong[one.name] for one in SHORTCUTS if one.name in wrong})
    return keys


def differing(keys: Mapping[str, str]) -> dict[str, str]:
    """Only what is not as it ships."""
    return {name: key for name, key in keys.items() if key != BY_NAME[name].key}


def _holder(one: Shortcut, key: str, keys: Mapping[str, str]) -> Shortcut | None:
    """Another action that has the key where this one counts."""
    return next((other for other in _beside(one) if keys.get(other.name) == key), None)


def _beside(one: Shortcut) -> Iterable[Shortcut]:
    everywhere = Place.EVERYWHERE
    for other in SHORTCUTS:
        if other is not one and (
            other.place == one.place or everywhere in {other.place, one.place}
        ):
            yield other
