"""Tables of another version of the product are met with one sentence, never served silently."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from probity.core.schema import (
    TablesDoNotFit,
    migration_digests,
    schema_check,
    schema_note,
    schema_noted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> Callable[[object], None]:
    """Put another note into the database."""

    def put(said: object) -> None:
        with connection.cursor() as cursor:
            text = json.dumps(said).replace("'", "''")
            cursor.execute(f"COMMENT ON TABLE django_migrations IS '{text}'")

    return put


def refusal() -> str:
    with pytest.raises(TablesDoNotFit) as caught:
        schema_check()
    return caught.value.sentence


def test_every_migration_of_ours_is_noted_when_tables_are_made() -> None:
    noted = schema_noted()
    assert noted.product
    assert noted.migrations == migration_digests()
    assert {"cases.0001_initial", "decisions.0002_guards"} <= set(noted.migrations)
    assert not any(name.startswith(("auth.", "account.")) for name in noted.migrations)
    schema_check()


def test_a_rewritten_migration_is_recognised(note: Callable[[object], None]) -> None:
    note({"product": "0.0.1", "migrations": {**migration_digests(), "cases.0001_initial": "00"}})
    said = refusal()
    assert "made by Probity 0.0.1, and this is" in said
    assert "cases.0001_initial was rewritten since" in said
    assert "\n" not in said
    with pytest.raises(TablesDoNotFit):
        call_command("migrate", verbosity=0, stdout=StringIO())
    assert schema_noted().product == "0.0.1", "the note of the tables stands"


def test_tables_without_a_note_are_not_trusted(note: Callable[[object], None]) -> None:
    note("nothing of ours")
    assert "they bear no note of what made them" in refusal()


def test_tables_of_a_later_version_are_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('cases', '0099_later', now())"
        )
    assert "they hold cases.0099_later, which is not known here" in refusal()


def test_what_is_not_applied_yet_may_come(note: Callable[[object], None]) -> None:
    """An older version's tables: its own migrations are noted, a new one is not."""
    last = "decisions.0003_search"
    older = {name: one for name, one in migration_digests().items() if name != last}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app || '.' || name = %s", [last])
    note({"product": "0.0.1", "migrations": older})
    schema_check()
    schema_note()
    assert last in schema_noted().migrations


def test_an_empty_database_passes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations")
    schema_check()


def test_which_database_is_meant_is_said(
    note: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    note({"product": "0.0.1", "migrations": {}})
    monkeypatch.setitem(connection.settings_dict, "HOST", "db.example")
    said = refusal()
    assert "that DATABASE_URL names" in said
    assert "set-aside" not in said
