"""What can be found by its words. Each room names its own texts here, in the form of SQL.

One description serves three ends: the trigger that keeps the words current, the command that builds
them all anew, and the lines shown with a result.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Source:
    """A table whose rows hold text of a case; in the expressions a row is called ``r``.

    ``text`` is what is found, ``shown`` what may be shown of it (left out: the same), ``case``
    where the case's id is, ``columns`` those whose change matters (none: the rows never change).
    """

    kind: str
    says: str
    table: str
    text: str
    shown: str = ""
    case: str = "r.case_id"
    columns: tuple[str, ...] = ()


_SOURCES: dict[str, Source] = {}


def source_register(source: Source) -> Source:
    """Have a table's texts found."""
    _SOURCES[source.kind] = source
    return source


def sources() -> list[Source]:
    """Everything that can be found by its words."""
    return list(_SOURCES.values())


def source_of(kind: str) -> Source:
    """Raises KeyError for an unknown kind."""
    return _SOURCES[kind]


def texts_of(source: Source, ids: Collection[UUID]) -> dict[UUID, str]:
    """What may be shown of these rows."""
    body = source.shown or source.text
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, {body} FROM {source.table} r WHERE r.id = ANY(%s)",  # noqa: S608 - ours
            [list(ids)],
        )
        return {row[0]: row[1] or "" for row in cursor.fetchall()}
