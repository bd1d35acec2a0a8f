"""What the platform's tests start from: people, tokens, an API client, uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database as a new installation has it: cache table, application role."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
    yield
    from probity.matching.index import follower

    # its line to the database would keep the database from being dropped
    follower().close()


@pytest.fixture
def guards_lifted() -> Iterator[Callable[[], None]]:
    """Lift the append-only triggers, as the owner may, so that a test can play the forger."""
    lifted: list[tuple[str, str]] = []

    def lift() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE NOT t.tgisinternal"
            )
            for table, trigger in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
                lifted.append((table, trigger))

    yield lift
    with connection.cursor() as cursor:
        for table, trigger in lifted:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger}"')


def _triggers(state: str) -> None:
    """ENABLE or DISABLE every trigger of ours, as the owner may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" {state} TRIGGER "{trigger}"')


@pytest.fixture
def real_transactions(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Transactions that other threads see; afterwards every table is emptied, guards or not.

    For tests without the ``django_db`` mark, whose own flush the guards would refuse.
    """
    with django_db_blocker.unblock():
        yield
        _triggers("DISABLE")
        tables = set(connection.introspection.django_table_names(only_existing=True))
        named = ", ".join(f'"{table}"' for table in sorted(tables - {"django_migrations"}))
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {named} CASCADE")
        _triggers("ENABLE")
        connection.close()


@pytest.fixture(autouse=True)
def evidence_store(tmp_path: Path, settings: Any) -> Path:
    """A store and an incoming folder of the test's own."""
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    settings.INCOMING = incoming
    storages = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["evidence"]["OPTIONS"] = {"location": str(tmp_path / "evidence")}
    settings.STORAGES = storages
    return tmp_path


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    """Make a person with roles."""
    from probity.accounts.services import password_set, person_create

    def make(username: str = "ada", *roles: str) -> Any:
        somebody, _ = person_create(username=username, roles=roles or ("reviewer",))
        password_set(person=somebody, password="correct horse battery")
        return somebody

    return make


@pytest.fixture
def client_for(person: Callable[..., Any]) -> Callable[..., APIClient]:
    """An API client with a token of a person with roles."""
    from probity.accounts.tokens import token_create

    def make(username: str = "ada", *roles: str, scopes: tuple[str, ...] = ("all",)) -> APIClient:
        _, secret = token_create(person=person(username, *roles), scopes=scopes)
        return APIClient(headers={"authorization": f"Token {secret}"})

    return make


@pytest.fixture
def work() -> Callable[[], int]:
    """Do all waiting jobs here and now, through the worker's own code."""
    from probity.workflow.worker import jobs_drain

    return lambda: jobs_drain(["cpu", "gpu"])


@pytest.fixture
def stored_files(evidence_store: Path) -> Callable[[], list[Path]]:
    """Every file that the incoming folder and the store hold."""
    return lambda: [path for path in evidence_store.rglob("*") if path.is_file()]
