"""A backup is one folder that can be checked, and comes back in another home, or not at all."""

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

from probity.core.launch import backup, places, postgres, restore
from probity.core.launch.errors import BackupFailed, BackupRefused, HomeInUse
from probity.core.launch.locks import open_lock, try_lock

Use = Callable[[Path], Path]


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="probity-backup-", dir="/tmp"))
    place.chmod(0o711)  # the account that the database runs as passes through
    yield place
    for one in place.glob("home*"):
        postgres.stop(one)
        shutil.rmtree(places.socket_folder(one), ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Make a home the one that is meant, with an embedded database."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)

    def chosen(home: Path) -> Path:
        home.mkdir(exist_ok=True)
        monkeypatch.setenv("PROBITY_HOME", str(home))
        return home

    return chosen


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    found: dict[str, str] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_there_and_back(folder: Path, use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    home = use(folder / "home")
    with postgres.borrowed(home) as cluster, cluster.server.connect(database="probity") as line:
        line.execute("SET ROLE probity_owner")
        line.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        line.execute("GRANT SELECT ON kept TO probity_app")
    files = {"evidence/ab/abc": b"evidence", "secrets/probity_secret_key": b"key"}
    left = {"checkpoints/1.note": b"n", "erasures.jsonl": b"{}", "logs/web.log": b"l"}
    for name, data in (files | left).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
        (home / name).chmod(0o600)

    assert backup.backup(into=folder / "kept", as_json=True) == 0
    made = Path(said(capsys)["folder"])
    inside = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert inside == {"backup.json", "database.dump", *(f"files/{name}" for name in files)}
    assert made.stat().st_mode & 0o777 == 0o700
    assert backup.check(folder=made) == 0
    capsys.readouterr()

    with pytest.raises(BackupRefused, match="is not empty"):
        restore.restore(folder=made)
    new = use(folder / "home2")
    assert restore.restore(folder=made, as_json=True) == 0
    assert said(capsys)["home"] == str(new)
    assert {name: (new / name).read_bytes() for name in files} == files
    assert (new / "secrets/probity_secret_key").stat().st_mode & 0o777 == 0o600
    assert not (new / "erasures.jsonl").exists()
    with postgres.borrowed(new) as cluster, cluster.server.connect(database="probity") as line:
        line.execute("SET ROLE probity_app")
        assert line.execute("SELECT seven FROM kept").fetchone() == (7,)
        with pytest.raises(Exception, match="permission denied"):
            line.execute("DELETE FROM kept")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A backup without a database worth the name, for what is refused before one is needed."""
    folder = tmp_path / "probity-x"
    (folder / "files").mkdir(parents=True)
    (folder / "files/one").write_bytes(b"one")
    (folder / "database.dump").write_bytes(b"no dump")
    backup._index(folder, home=tmp_path)
    return folder


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_damaged_backup_is_named_and_not_put_back(
    made: Path, folder: Path, use: Use, harm: str
) -> None:
    one = made / "files/one"
    one.unlink() if harm == "missing" else one.write_bytes(b"two")
    home = use(folder / "home")
    for act in (backup.check, restore.restore):
        with pytest.raises(BackupFailed, match="files/one are missing or not what they were"):
            act(folder=made)
    assert not (home / "one").exists()
    assert not (home / "postgres").exists()


def test_only_what_is_listed_comes_back(made: Path, folder: Path, use: Use) -> None:
    home = use(folder / "home")
    (made / "files/beside").write_bytes(b"put there later")
    restore._copy(["files/one", "database.dump"], folder=made, home=home.resolve())
    assert [path.name for path in home.rglob("*")] == ["one"]
    with pytest.raises(BackupRefused, match="lies outside of a home"):
        restore._copy(["files/../../../elsewhere"], folder=made, home=home.resolve())


def test_what_is_no_backup_is_refused(tmp_path: Path, use: Use) -> None:
    home = use(tmp_path / "home")
    with pytest.raises(BackupRefused, match="is not a whole backup"):
        restore.restore(folder=tmp_path)
    with pytest.raises(BackupRefused, match="would be lost with it"):
        backup.backup(into=home / "backups")
    with pytest.raises(BackupRefused, match="There is no database in"):
        backup.backup(into=tmp_path / "backups")
    assert not (tmp_path / "backups").exists(), "no folder that looks like a backup"


def test_nothing_is_restored_under_what_runs(made: Path, folder: Path, use: Use) -> None:
    home = use(folder / "home")
    lock = open_lock(home / "run" / "up.lock")
    assert try_lock(lock)
    try:
        with pytest.raises(HomeInUse):
            restore.restore(folder=made)
    finally:
        os.close(lock)


def test_a_dump_that_does_not_go_in_is_said(made: Path, folder: Path, use: Use) -> None:
    use(folder / "home")
    with pytest.raises(BackupFailed, match="pg_restore failed"):
        restore.restore(folder=made)


@pytest.mark.parametrize("words", [["backup", "/nowhere"], ["restore", "/nowhere"]])
def test_an_operator_s_own_database_is_left_to_its_tools(
    words: list[str], root: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ, "PROBITY_HOME": str(tmp_path),
        "DATABASE_URL": "postgresql://app@db.example/x",
        "PYTHONPATH": os.pathsep.join([str(root / "platform"), str(root)]),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "probity", *words, "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "back-up-and-restore.md" in json.loads(done.stdout)["sentence"]


def test_keys_that_come_from_outside_are_named() -> None:
    told = list(backup._not_inside({"PROBITY_OUTBOX_KEY": "k", "PROBITY_SIGNING_DIR": "/s"}))
    assert told == [
        "Not inside, since you keep them yourself: PROBITY_OUTBOX_KEY.",
        "Not inside, since they lie elsewhere: what PROBITY_SIGNING_DIR name.",
    ]
