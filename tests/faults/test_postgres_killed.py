"""Killing the database, or everything, loses no committed row and the next start copes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from probity.core.launch import places, postgres


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="probity-fault-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    postgres.stop(folder)
    shutil.rmtree(places.socket_folder(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(home: Path) -> postgres.Cluster:
    cluster = postgres.ensure(home)
    with psycopg.connect(cluster.url(role="owner"), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (id int PRIMARY KEY)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 500)")
    return cluster


def rows(cluster: postgres.Cluster) -> int:
    with psycopg.connect(cluster.url(role="owner")) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_the_postmaster_killed_while_a_backend_lives(cluster: postgres.Cluster) -> None:
    pid = cluster.status().pid
    assert pid is not None
    with psycopg.connect(cluster.url()):
        kill([pid])
        again = postgres.ensure(cluster.home)
    assert again.started
    assert again.status().pid != pid
    assert rows(again) == 500


def test_everything_killed_at_once(cluster: postgres.Cluster) -> None:
    kill(cluster.server.processes())
    assert not cluster.status().running
    assert rows(postgres.ensure(cluster.home)) == 500


def test_a_stale_pid_that_now_belongs_to_somebody_else(cluster: postgres.Cluster) -> None:
    cluster.stop()
    account = cluster.server.account
    stranger = subprocess.Popen(
        ["/bin/sleep", "60"], cwd="/", user=account.uid if account else None
    )
    try:
        stale = cluster.server.data / "postmaster.pid"
        stale.write_text(
            f"{stranger.pid}\n{cluster.server.data}\n1\n5432\n{cluster.server.sockets}\n\n"
            "  1 1\nready\n",
            encoding="utf-8",
        )
        if account:
            os.chown(stale, account.uid, account.gid)
        assert rows(postgres.ensure(cluster.home)) == 500
        assert stranger.poll() is None, "an unrelated process must be left alone"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_socket_that_was_swept_away(cluster: postgres.Cluster) -> None:
    before = cluster.status().pid
    for entry in cluster.server.sockets.iterdir():
        entry.unlink()
    again = postgres.ensure(cluster.home)
    assert again.status().pid != before
    assert rows(again) == 500


def test_a_home_that_was_moved_while_the_server_ran(cluster: postgres.Cluster) -> None:
    moved = cluster.home.with_name(f"{cluster.home.name}-moved")
    cluster.home.rename(moved)
    try:
        again = postgres.ensure(moved)
        assert rows(again) == 500
        again.stop()
    finally:
        shutil.rmtree(places.socket_folder(moved), ignore_errors=True)
        moved.rename(cluster.home)


def test_a_hanging_server_ends_in_a_sentence_or_a_new_server(
    cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = cluster.status().pid
    assert pid is not None
    monkeypatch.setattr(postgres, "RETRY_SECONDS", 1.0)
    monkeypatch.setattr("probity.core.launch.server.CONNECT_SECONDS", 2)
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(postgres.DatabaseWouldNotStart, match="Its log is"):
            postgres.ensure(cluster.home)
        assert time.monotonic() - started < 30
    finally:
        os.kill(pid, signal.SIGCONT)
    assert rows(postgres.ensure(cluster.home)) == 500
