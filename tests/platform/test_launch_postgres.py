"""The embedded PostgreSQL: one per home, private, adopted when it runs."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from probity.core.launch import databases, places, postgres
from probity.core.launch.errors import (
    DatabaseMissing,
    DatabaseWouldNotStart,
    FolderNotOurs,
    WrongMajorVersion,
)

MakeHome = Callable[..., Path]


@pytest.fixture(scope="module")
def make_home() -> Iterator[MakeHome]:
    made: list[Path] = []

    def make(*, below: str = "") -> Path:
        top = Path(tempfile.mkdtemp(prefix="probity-test-", dir="/tmp"))
        made.append(top)
        top.chmod(0o711)
        home = top / below if below else top
        home.mkdir(parents=True, exist_ok=True)
        made.append(home)
        return home

    yield make
    for home in reversed(made):
        postgres.stop(home)
        shutil.rmtree(places.socket_folder(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster(make_home: MakeHome) -> postgres.Cluster:
    return postgres.ensure(make_home())


def fetch(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def test_both_roles_reach_the_database(cluster: postgres.Cluster) -> None:
    for role in ("app", "owner"):
        assert fetch(cluster.url(role=role), "SELECT current_user") == f"probity_{role}"
        assert fetch(cluster.url(role=role), "SELECT current_database()") == "probity"


def test_the_owner_makes_tables_and_the_application_may_not(cluster: postgres.Cluster) -> None:
    with psycopg.connect(cluster.url(role="owner")) as owner:
        owner.execute("CREATE TABLE owned (id int)")
        owner.rollback()
        owner.execute("SET ROLE probity_app")
    with (
        psycopg.connect(cluster.url()) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("CREATE TABLE stolen (id int)")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_server_is_private_and_durable(
    cluster: postgres.Cluster, setting: str, value: str
) -> None:
    assert fetch(cluster.url(role="owner"), f"SHOW {setting}") == value


def test_text_sorts_by_code_point_and_upper_cases_letters_beyond_ascii(
    cluster: postgres.Cluster,
) -> None:
    assert fetch(cluster.url(), "SELECT upper('é') || (('Z' < 'a')::text)") == "Étrue"


def test_folders_are_closed_to_others(cluster: postgres.Cluster) -> None:
    for folder in (cluster.server.sockets, cluster.server.data, cluster.server.data.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_call_adopts_the_running_server(cluster: postgres.Cluster) -> None:
    before = cluster.status()
    again = postgres.ensure(cluster.home)
    assert before.running
    assert not again.started
    assert again.status().pid == before.pid


def test_two_homes_do_not_meet(cluster: postgres.Cluster, make_home: MakeHome) -> None:
    other = postgres.ensure(make_home())
    with psycopg.connect(other.url(role="owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    assert fetch(cluster.url(), "SELECT to_regclass('only_here') IS NULL") is True
    assert other.status().pid != cluster.status().pid
    other.stop()
    assert not other.status().running
    assert cluster.status().running


def test_a_long_home_still_has_a_short_socket(make_home: MakeHome) -> None:
    home = make_home(below="/".join(["a-rather-long-folder-name"] * 8))
    with postgres.borrowed(home) as cluster:
        assert len(str(cluster.server.sockets)) < 60
        assert fetch(cluster.url(), "SELECT 1") == 1


def test_borrowing_stops_what_it_started_and_leaves_what_it_found(make_home: MakeHome) -> None:
    home = make_home()
    with postgres.borrowed(home) as first:
        with postgres.borrowed(home) as second:
            assert first.started
            assert not second.started
        assert first.status().running, "the inner borrower must not stop it"
    assert not first.status().running
    kept = postgres.ensure(home)
    with postgres.borrowed(home):
        pass
    assert kept.status().running
    with postgres.borrowed(home, own=True):
        pass
    assert not kept.status().running


def test_the_last_borrower_turns_off_the_light(make_home: MakeHome) -> None:
    home = make_home()
    script = (
        "import sys; from pathlib import Path; from probity.core.launch import postgres\n"
        "with postgres.borrowed(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    with postgres.borrowed(home) as mine:
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
    assert mine.status().running, "the other one still works with it"
    other.communicate()
    assert other.returncode == 0
    assert not mine.status().running


def test_another_major_version_is_refused_in_a_sentence(make_home: MakeHome) -> None:
    home = make_home()
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(WrongMajorVersion, match=r"made by PostgreSQL 9, but only PostgreSQL 18"):
        postgres.ensure(home)
    assert list(data.iterdir()) == [data / "PG_VERSION"]
    shutil.rmtree(data.parent)


def test_a_folder_that_is_no_database_is_left_alone(make_home: MakeHome) -> None:
    home = make_home()
    keep = home / "postgres" / "data" / "diary.txt"
    keep.parent.mkdir(parents=True)
    keep.write_text("mine", encoding="utf-8")
    with pytest.raises(DatabaseWouldNotStart, match="PG_VERSION is missing"):
        postgres.ensure(home)
    assert keep.read_text(encoding="utf-8") == "mine"
    shutil.rmtree(home / "postgres")


def test_an_interrupted_first_start_is_begun_again(make_home: MakeHome) -> None:
    home = make_home()
    half = home / "postgres" / "data.new" / "half-made"
    half.parent.mkdir(parents=True)
    half.write_text("", encoding="utf-8")
    with postgres.borrowed(home) as cluster:
        assert cluster.status().running
    assert not half.parent.exists()


def test_a_socket_folder_that_is_something_else_is_refused(make_home: MakeHome) -> None:
    home = make_home()
    folder = places.socket_folder(home)
    folder.parent.mkdir(exist_ok=True)
    folder.symlink_to("/tmp")
    try:
        with pytest.raises(FolderNotOurs, match="something else is there"):
            postgres.ensure(home)
    finally:
        folder.unlink()


def test_status_of_a_home_without_a_cluster_makes_nothing(make_home: MakeHome) -> None:
    home = make_home()
    assert postgres.status(home) is None
    assert list(home.iterdir()) == []


def test_no_binaries_at_all_is_a_sentence(
    make_home: MakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home()
    monkeypatch.setattr("probity.core.launch.binaries._folders", lambda: iter(()))
    with pytest.raises(DatabaseMissing, match="set DATABASE_URL"):
        postgres.ensure(home)
    assert databases.resolve({"PROBITY_HOME": str(home)}).embedded
