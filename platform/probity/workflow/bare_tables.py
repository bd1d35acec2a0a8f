"""Tables without what slows a great load down, dressed again before anybody can see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import ProgrammingError, connection, transaction

from probity.core.errors import NotAllowed

#: Foreign keys of the tables, and indexes that no constraint rests on.
KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]::oid[])
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]::oid[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def bare_tables(tables: Sequence[str]) -> Iterator[None]:
    """Take triggers, foreign keys and plain indexes off empty or quiet tables for a while.

    All in one transaction: whatever fails, the tables stay as they were; and they come back only
    when every key holds. Raises NotAllowed for a role that does not own the tables.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(KEYS, [list(tables)])
        keys = cursor.fetchall()
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        try:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        except ProgrammingError:
            raise NotAllowed(
                "Only the owner of the tables makes up cases; the role that serves may not. Run it "
                "through manage.py, with DATABASE_OWNER_URL where the database is your own."
            )
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _, made in indexes:
            cursor.execute(made)
        for table, name, says in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {says}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
