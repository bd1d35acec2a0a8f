"""Root hands the database to an account without rights; everybody else runs it themselves."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from probity.core.launch import binaries, places, postgres
from probity.core.launch.errors import FolderNotOurs

__test__ = os.geteuid() == 0  # Only root can drop privileges; for others there is nothing here.


@pytest.fixture
def top() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="probity-root-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def clean(home: Path) -> None:
    folder = places.cluster_folder(home)
    postgres.stop(home)
    shutil.rmtree(places.socket_folder(home), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_server_runs_as_an_account_without_rights(top: Path) -> None:
    top.chmod(0o711)
    home = top / "home"
    home.mkdir(mode=0o700)
    try:
        cluster = postgres.ensure(home)
        pid = cluster.status().pid
        owner = Path(f"/proc/{pid}").stat().st_uid
        assert owner != 0
        assert cluster.server.data.stat().st_uid == owner
        assert cluster.server.data.is_relative_to(home)
        assert stat.S_IMODE(home.stat().st_mode) == 0o711, "may be passed, not listed"
    finally:
        clean(home)


def test_a_home_below_a_closed_folder_keeps_its_database_elsewhere(top: Path) -> None:
    home = top / "home"
    home.mkdir(mode=0o700)
    try:
        cluster = postgres.ensure(home)
        pointed = (home / places.POINTER).read_text(encoding="utf-8").strip()
        assert str(cluster.server.data.parent) == pointed
        assert pointed.startswith("/var/lib/probity/cluster-")
        assert stat.S_IMODE(top.stat().st_mode) == 0o700, "nothing of the caller's was opened"
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        cluster.stop()
        assert postgres.ensure(home).server.data == cluster.server.data
    finally:
        clean(home)


def test_a_copied_home_does_not_steal_the_database_of_the_first(top: Path) -> None:
    home, copy = top / "home", top / "copy"
    home.mkdir()
    try:
        postgres.ensure(home)
        shutil.copytree(home, copy)
        with pytest.raises(FolderNotOurs, match=r"belongs to .*/home"):
            postgres.ensure(copy)
    finally:
        clean(home)


def test_programs_below_a_closed_folder_are_copied_once(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top.chmod(0o711)
    original = next(binaries._folders())
    assert original.parent.name == "pginstall18", "the pinned wheel comes first"
    package = original.parent.parent
    closed = top / "closed"
    shutil.copytree(original.parent, closed / package.name / original.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    closed.chmod(0o700)
    hidden = closed / package.name / original.parent.name / "bin"
    monkeypatch.setattr(binaries, "_folders", lambda: iter([hidden]))
    home = top / "home"
    home.mkdir()
    try:
        cluster = postgres.ensure(home)
        used = cluster.server.binaries.folder
        assert used.is_relative_to(home / "postgres-programs")
        made = used.stat().st_ctime_ns
        assert postgres.ensure(home).server.binaries.folder == used
        assert used.stat().st_ctime_ns == made
    finally:
        clean(home)


SCRIPT = """
import os, sys
from pathlib import Path
import psycopg
from probity.core.launch import postgres
try:
    psycopg.connect("host=/nowhere")
except psycopg.OperationalError:
    pass
home, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.setgroups([]); os.setgid(gid); os.setuid(uid)
os.umask(0o022)
with postgres.borrowed(home) as cluster:
    with psycopg.connect(cluster.url(role="owner")) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0])
    print(Path(f"/proc/{cluster.status().pid}").stat().st_uid, cluster.server.sockets.stat().st_uid)
    print(oct(cluster.server.sockets.stat().st_mode & 0o777), cluster.server.sockets)
print(cluster.status().running)
"""


def test_an_ordinary_user_runs_it_alone(top: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    top.chmod(0o711)
    home = top / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home), str(nobody.pw_uid), str(nobody.pw_gid)],
        capture_output=True, text=True, check=False, cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    role, owners, sockets, running = done.stdout.splitlines()
    assert role == "probity_owner"
    assert owners == f"{nobody.pw_uid} {nobody.pw_uid}"
    mode, folder = sockets.split()
    assert mode == "0o700"
    assert folder.startswith(f"/tmp/probity-{nobody.pw_uid}-")
    assert running == "False"
    assert not Path(folder).exists()
