"""A home of another version: refused in the same words everywhere, set aside, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probity.core.launch import places, postgres

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(furnish: Callable[[Path], None]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="probity-aside-", dir="/tmp"))
    folder.chmod(0o711)  # the account that the database runs as passes through
    home = folder / "home"
    home.mkdir()
    furnish(home)
    yield home
    for one in folder.iterdir():
        postgres.stop(one)
        shutil.rmtree(places.socket_folder(one), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(root: Path) -> Run:
    names = ("DATABASE_", "PROBITY_", "DJANGO_", "REDIS_", "PYTEST_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(names)}
    kept["PYTHONPATH"] = os.pathsep.join([str(root / "platform"), str(root)])

    def call(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "probity", *words],
            env={**kept, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return call


def test_tables_of_another_version_are_refused_and_set_aside(home: Path, run: Run) -> None:
    with postgres.borrowed(home) as cluster, cluster.server.connect(database="probity") as line:
        line.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        line.execute(
            "COMMENT ON TABLE django_migrations IS "
            """'{"product": "0.0.1", "migrations": {"cases.0001_initial": "00"}}'"""
        )

    told = run("up", "--json", "--home", str(home))
    assert told.returncode == 1
    last = json.loads(told.stdout.splitlines()[-1])
    assert last["event"] == "refused"
    assert f"The home {home} has tables that do not fit" in last["sentence"]
    assert "set-aside" in last["sentence"]
    said = run("up", PROBITY_HOME=str(home))
    assert said.returncode == 1
    assert said.stderr == f"{last['sentence']}\n"

    moved = json.loads(run("set-aside", "--json", "--home", str(home)).stdout)
    assert moved["event"] == "set-aside"
    assert not home.exists()
    with postgres.borrowed(Path(moved["moved"])) as cluster:  # noqa: SIM117
        with cluster.server.connect(database="probity") as line:
            assert line.execute("SELECT seven FROM kept").fetchone() == (7,)

    again = run("set-aside", "--home", str(home))
    assert again.returncode == 1
    assert again.stderr.endswith("so there is nothing to set aside.\n")


def test_a_database_that_lies_elsewhere_goes_along(tmp_path: Path, run: Run) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "cluster"
    (elsewhere / "data").mkdir(parents=True)
    (elsewhere / "home").write_text(f"{home}\n")
    home.mkdir()
    (home / places.POINTER).write_text(f"{elsewhere}\n")

    moved = Path(json.loads(run("set-aside", "--json", "--home", str(home)).stdout)["moved"])
    assert not elsewhere.exists()
    now_at = places.cluster_folder(moved)
    assert (now_at / "data").is_dir()
    assert (now_at / "home").read_text() == f"{moved}\n"


def test_another_owner_s_database_is_not_moved(run: Run, tmp_path: Path) -> None:
    told = run("set-aside", "--home", str(tmp_path), DATABASE_URL="postgresql://app@db.example/x")
    assert told.returncode == 1
    assert "DATABASE_URL names" in told.stderr
