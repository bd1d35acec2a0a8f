"""Two database roles: the owner migrates, the application serves and cannot rewrite the record."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from .append_only import ROW_TRIGGER


def append_only_tables() -> list[str]:
    """Tables that carry the append-only trigger, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = %s ORDER BY 1",
            [ROW_TRIGGER],
        )
        return [row[0] for row in cursor.fetchall()]


def application_role_grant(*, role: str) -> list[str]:
    """Give the application's role what serving needs and no more; return the guarded tables.

    Must run as the owner. Raises django.db.ProgrammingError when the role does not exist.
    """
    name = sql.Identifier(role)
    guarded = append_only_tables()
    with connection.cursor() as cursor:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
        ):
            cursor.execute(sql.SQL(statement).format(name))
        for table in guarded:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(table), name
                )
            )
    return guarded
