"""Keys that are made at the first start: once, whole, the same for all who start together."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from probity.core import env

AT_ONCE = 12


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path))
    monkeypatch.delenv("PROBITY_OUTBOX_KEY", raising=False)
    return tmp_path / "secrets" / "probity_outbox_key"


def test_all_who_start_together_get_the_same_key(place: Path) -> None:
    gate, found = threading.Barrier(AT_ONCE), []

    def start() -> None:
        gate.wait()
        found.append(env.secret("PROBITY_OUTBOX_KEY"))

    threads = [threading.Thread(target=start) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {place.read_text()}
    assert len(found) == AT_ONCE
    assert place.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_nobody_ever_sees_an_unfinished_key(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks while another one writes finds no file, rather than an empty one."""
    seen: list[bool] = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(place.exists())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    assert env.secret("PROBITY_OUTBOX_KEY") == place.read_text()
    assert seen == [False]


def test_an_empty_key_is_refused(place: Path, root: Path) -> None:
    place.parent.mkdir()
    place.touch(mode=0o600)
    with pytest.raises(SystemExit, match="is empty"):
        env.secret("PROBITY_OUTBOX_KEY")
    assert place.read_text() == "", "no new key in its place"
    code = "from probity.core import env; env.secret('PROBITY_OUTBOX_KEY')"
    paths = os.pathsep.join([str(root / "platform"), str(root)])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(f"{place} is empty")
    assert "Traceback" not in done.stderr
