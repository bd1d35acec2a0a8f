"""The state folder: where it is, and who may enter it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundation import home as homes


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBITY_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


def _as(monkeypatch: pytest.MonkeyPatch, uid: int, checkout: Path | None) -> None:
    monkeypatch.setattr(homes.os, "geteuid", lambda: uid)
    monkeypatch.setattr(homes, "checkout", lambda: checkout)


def test_the_environment_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tmp_path / "a" / "b"
    monkeypatch.setenv("PROBITY_HOME", str(chosen))
    assert homes.home() == chosen
    assert chosen.stat().st_mode & 0o777 == 0o700


def test_a_umask_does_not_open_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "state"))
    before = os.umask(0)
    try:
        assert homes.home().stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_an_existing_folder_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o750)
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path))
    assert homes.home().stat().st_mode & 0o777 == 0o750


def test_a_checkout_keeps_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as(monkeypatch, 1000, tmp_path)
    assert homes.home() == tmp_path / ".probity"


def test_an_installed_wheel_uses_the_persons_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as(monkeypatch, 1000, None)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert homes.home() == tmp_path / ".local" / "state" / "probity"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    assert homes.home() == tmp_path / "states" / "probity"


def test_root_gets_one_short_folder_per_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "SYSTEM_HOMES", tmp_path / "system")
    found = []
    for name in ("one/probity", "two/probity", "two/" + "x" * 90):
        _as(monkeypatch, 0, tmp_path / name)
        found.append(homes.home())
    assert len(set(found)) == 3
    assert all(path.parent == tmp_path / "system" for path in found)
    assert found[0].name.startswith("probity-")
    assert max(len(path.name) for path in found) <= 33
    _as(monkeypatch, 0, None)
    assert homes.home() == tmp_path / "system" / "default"


def test_a_file_in_its_place_is_refused_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("")
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "state"))
    with pytest.raises(homes.HomeUnusable, match="PROBITY_HOME"):
        homes.home()


def test_this_checkout_is_recognised(root: Path) -> None:
    assert homes.checkout() == root


def test_a_copy_without_the_checkout_is_a_wheel(tmp_path: Path, root: Path) -> None:
    package = tmp_path / "foundation"
    package.mkdir()
    for name in ("__init__.py", "home.py", "errors.py"):
        (package / name).write_bytes((root / "foundation" / name).read_bytes())
    code = "from foundation.home import checkout; raise SystemExit(checkout() is not None)"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == 0
