"""What packs, the vocabulary and an evaluation say, in other languages.

Catalogues are keyed by the English words, and a translation holds for exactly the words it was made
from. A pack whose wording changes, or that came from elsewhere, is shown in its own words until
somebody translates them. An evaluation is recorded in English; its sentences are made of a few
frames and of the vocabulary's clauses, so they can be read back whole, or are left as they are (see
:mod:`foundation.retelling`). Catalogues never enter an evaluation: digests, traces and records stay
as the packs have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from foundation.retelling import Retelling
from policy import conflicts, sentences, stale, telling, vocabulary
from policy.api import Pack, Rule
from policy.loader import builtin_folder, folder_packs

FOLDER = Path(__file__).resolve().parent / "locale"
#: The catalogues are ``locale/<language>/LC_MESSAGES/<DOMAIN>.mo``, written for translators as .po.
DOMAIN = "policy"


_RULE = r"[a-z0-9]+(?:-[a-z0-9]+)+"
_PLACE = re.compile(r"\*|[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = re.compile(rf"{_DAY} \d\d:\d\d [A-Z]+(?:[+-][\d:]+)?")
_NUMBER = re.compile(r"-?\d+")
#: What stands in the places of frames as it is.
_SHAPES = {
    "place": _PLACE, "day": re.compile(_DAY), "due_day": re.compile(_DAY),
    "grade": re.compile("[A-Z]"), "name": re.compile(r"\S(?:.{0,200}\S)?"), "value": _NUMBER,
    "low": _NUMBER, "high": _NUMBER, "count": _NUMBER,
    "rules": re.compile(rf"{_RULE}(?:, {_RULE})*"),
    "moment": _MOMENT, "last_moment": _MOMENT,
    **dict.fromkeys(("rule", "last_rule", "other_rule"), re.compile(_RULE)),
}  # fmt: skip
#: A row of clauses is read one clause deeper each.
_DEEPEST = 24


def messages() -> dict[str, list[str]]:
    """Every text of the shipped packs and of the vocabulary that catalogues translate, each with
    where it stands: what founds a decision, what is asked, what is to be done."""
    found: dict[str, list[str]] = {}
    for text, place in _texts():
        places = found.setdefault(text, [])
        if place not in places:
            places.append(place)
    found.pop("", None)
    return found


def _texts() -> Iterator[tuple[str, str]]:
    yield from _frames().items()
    yield sentences.PLACE_QUESTION, "sentences.py"
    yield sentences.PLACE_HELP, "sentences.py"
    for fact in vocabulary.vocabulary().values():
        for text in (fact.question, fact.help, fact.when_true, fact.when_false):
            yield text, "facts.yaml"
    for pack in folder_packs(builtin_folder()):
        place = f"packs/{pack.file}"
        for text in _of_pack(pack):
            yield text, place


def _frames() -> dict[str, str]:
    """What an evaluation's sentences are made of, each with where it is said."""
    return {
        text: f"{module.__name__.partition('.')[2]}.py"
        for module in (vocabulary, telling, stale, conflicts, sentences)
        for text in module.FRAMES
    }


def _of_pack(pack: Pack) -> Iterator[str]:
    yield from (pack.title, pack.maintainer)
    yield from pack.document.get("questions", {}).values()
    for rule in pack.rules:
        yield from _of_rule(rule)


def _of_rule(rule: Rule) -> Iterator[str]:
    yield from (rule.title, rule.summary, rule.explanation, rule.bound, rule.risk or "")
    yield from (leaf.ask for leaf in rule.logic.leaves)
    yield from (exception.title for exception in rule.exceptions)
    for obligation in rule.obligations:
        yield from (obligation.what, obligation.effort or "")


ENGINE = Retelling(FOLDER, DOMAIN, shapes=_SHAPES, listed=_frames, deepest=_DEEPEST)


def told(text: str, language: str) -> str | None:
    """The words in ``language`` (``de``); None where a part of them is not known in it.

    >>> told("Is it parody or satire?", "de")
    'Ist es Parodie oder Satire?'
    >>> told("Applies because the media is intimate and it is a video.", "de")
    'Trifft zu: die Aufnahme ist intim; es ist ein Video.'
    """
    return ENGINE.told(text, language)
