"""Whether an object is a statement that the database takes; every rule gives its own sentence.

The rules are those of the published schema, checked here so that nothing is sent that would be
refused: a batch is taken whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from . import schema

PUID = re.compile(r"[A-Za-z0-9_-]+")
KEYWORD = re.compile(r"KEYWORD_[A-Z0-9_]+")
LANGUAGE = re.compile(r"[A-Z]{2}")
ACCOUNT_TYPES = ("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE")
UNDECIDED = (
    "It says nothing of what was decided: name a restriction of visibility, payments, service or "
    "account."
)
Statement = Mapping[str, Any]


def statement_problems(statement: Statement) -> list[str]:
    """A sentence for everything that is wrong; empty for a statement that can be sent."""
    return [
        *_fields(statement), *_lists(statement), *_decisions(statement), *_ground(statement),
        *_texts(statement), *_dates(statement), *_optional(statement),
    ]  # fmt: skip


def batch_problems(statements: Sequence[Statement]) -> list[str]:
    """What is wrong with a batch as a whole: its size, and puids that occur twice."""
    wrong: list[str] = []
    if not 1 <= len(statements) <= schema.BATCH_MOST:
        wrong.append(f"A batch has 1 to {schema.BATCH_MOST} statements, not {len(statements)}.")
    puids = [str(statement.get("puid")) for statement in statements]
    twice = sorted({puid for puid in puids if puids.count(puid) > 1})
    if twice:
        wrong.append(f"These puids occur twice in one batch: {', '.join(twice)}.")
    return wrong


def _fields(statement: Statement) -> Iterator[str]:
    for name in sorted(set(statement) - schema.FIELDS):
        yield f"“{name}” is no field of the schema."
    for name in schema.REQUIRED:
        if statement.get(name) in (None, "", []):
            yield f"“{name}” is missing."


def _lists(statement: Statement) -> Iterator[str]:
    for name, allowed in schema.ONE_OF.items():
        value = statement.get(name)
        if value not in (None, "") and (not isinstance(value, str) or value not in allowed):
            yield f"“{name}” is {value!r}, which is not in the schema's list."
    for name, allowed in schema.SOME_OF.items():
        if statement.get(name) is not None:
            yield from _some(name, statement[name], allowed)


def _some(name: str, values: object, allowed: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(values, list) or not values:
        yield f"“{name}” is a list with at least one value, or is left out."
        return
    for value in values:
        if not isinstance(value, str) or value not in allowed:
            yield f"“{name}” has {value!r}, which is not in the schema's list."
    if len({str(value) for value in values}) < len(values):
        yield f"“{name}” names a value twice."


def _decisions(statement: Statement) -> Iterator[str]:
    if not any(statement.get(name) for name in schema.DECISIONS):
        yield UNDECIDED
    for (name, value), words in schema.OTHERS.items():
        said = statement.get(name)
        chosen = value in said if isinstance(said, list) else said == value
        if chosen and not statement.get(words):
            yield f"“{name}” says other, so “{words}” has to say what."
        if statement.get(words) and not chosen:
            yield f"“{words}” is only for “{value}”."


def _ground(statement: Statement) -> Iterator[str]:
    ground = statement.get("decision_ground")
    for known, needs in schema.GROUND_NEEDS.items():
        for name in needs:
            given = statement.get(name) not in (None, "")
            if known == ground and not given:
                yield f"“{name}” is missing; this ground needs it."
            if known != ground and given:
                yield f"“{name}” belongs to the other ground."
    if ground != schema.INCOMPATIBLE and statement.get("incompatible_content_illegal"):
        yield "“incompatible_content_illegal” belongs to the other ground."


def _texts(statement: Statement) -> Iterator[str]:
    for name, most in schema.TEXTS.items():
        value = statement.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            yield f"“{name}” is text."
        elif len(value) > most:
            yield f"“{name}” is longer than {most} characters."
    puid = statement.get("puid")
    if isinstance(puid, str) and puid and not PUID.fullmatch(puid):
        yield "“puid” has letters other than A-Z, a-z, 0-9, _ and -."


def _dates(statement: Statement) -> Iterator[str]:
    for name in schema.DATES:
        value = statement.get(name)
        if value not in (None, "") and _day(value) is None:
            yield f"“{name}” is a day written as YYYY-MM-DD."
    for name, decision in schema.ENDS.items():
        if statement.get(name) and not statement.get(decision):
            yield f"“{name}” is set, and there is no “{decision}”."
    applied = _day(statement.get("application_date"))
    for name in schema.ENDS:
        ends = _day(statement.get(name))
        if ends and applied and ends < applied:
            yield f"“{name}” lies before the day of application."


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _optional(statement: Statement) -> Iterator[str]:
    keywords = statement.get("category_specification")
    if keywords is not None:
        if not isinstance(keywords, list) or not keywords:
            yield "“category_specification” is a list with at least one value, or is left out."
        elif any(not isinstance(word, str) or not KEYWORD.fullmatch(word) for word in keywords):
            yield "“category_specification” has values that are no KEYWORD_ names."
    language = statement.get("content_language")
    if language is not None and not (isinstance(language, str) and LANGUAGE.fullmatch(language)):
        yield "“content_language” is a language of two capital letters, such as DE."
    account = statement.get("account_type")
    if account is not None and account not in ACCOUNT_TYPES:
        yield f"“account_type” is {account!r}, which is not in the schema's list."
