"""Statements that set the pace of everything else: PostgreSQL reads and plans them once per
connection, not each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import connection

Rows = list[tuple[Any, ...]]


def prepared(statement: LiteralString, values: Sequence[Any]) -> Rows:
    """Run a statement of ours in the current transaction and return its rows.

    Values travel apart from the text and must have the type of what they are compared with.
    Raises Django's database errors. Where a pooler stands before PostgreSQL that cannot keep
    prepared statements (PROBITY_PREPARED_STATEMENTS=0), it is sent like any other.
    """
    connection.ensure_connection()
    raw = connection.connection
    keep = settings.PREPARED_STATEMENTS
    raw.prepare_threshold = 0 if keep else None
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(statement, values, prepare=keep)
        return cursor.fetchall() if cursor.description else []
