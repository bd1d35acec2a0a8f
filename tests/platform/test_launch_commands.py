"""manage.py: a database is lent to the commands that need one, as the role that they need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from probity.core.launch import commands, places, postgres


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="probity-manage-", dir="/tmp"))
    yield folder
    postgres.stop(folder)
    shutil.rmtree(places.socket_folder(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands that would have run, each with the role it would have connected as."""
    seen: list[str] = []
    monkeypatch.setattr(
        commands, "_execute", lambda argv: seen.append(f"{argv[1]}: {os.environ['DATABASE_URL']}")
    )
    monkeypatch.setattr(commands, "borrowed", lambda: pytest.fail("nothing is to be started"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/x")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/x")
    monkeypatch.setenv("PROBITY_APPLICATION_ROLE", "")
    return seen


@pytest.mark.parametrize("command", ["migrate", "setup_instance", "createcachetable"])
def test_what_changes_tables_connects_as_the_owner(ran: list[str], command: str) -> None:
    commands.main(["manage.py", command])
    assert ran == [f"{command}: postgresql://owner@db/x"]
    assert os.environ["PROBITY_APPLICATION_ROLE"] == "app"


@pytest.mark.parametrize("command", ["shell", "audit_verify", "person_create"])
def test_everything_else_connects_as_the_application(ran: list[str], command: str) -> None:
    commands.main(["manage.py", command])
    assert ran == [f"{command}: postgresql://app@db/x"]


@pytest.mark.parametrize(
    "arguments", [["check"], ["help", "migrate"], ["makemigrations"], ["migrate", "--help"], []]
)
def test_no_database_is_started_where_none_is_needed(arguments: list[str]) -> None:
    assert not commands._needs_database(arguments[0] if arguments else "", arguments[1:])


def test_a_command_starts_the_database_and_stops_it_again(root: Path, home: Path) -> None:
    names = ("DATABASE_", "PROBITY_", "DJANGO_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(names)}
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), "showmigrations", "audit"],
        env={**environment, "PROBITY_HOME": str(home)},
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[ ] 0001_initial" in done.stdout
    after = postgres.status(home)
    assert after is not None
    assert not after.running
