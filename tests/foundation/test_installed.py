"""What to type for this installation's programs, wherever it lies and whatever the shell finds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from foundation import installed


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a made-up environment's programs, which the shell does not search."""
    folder = tmp_path / "a checkout" / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "probity"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    return folder


def test_in_a_checkout_it_is_a_path_from_there(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(environment.parents[1])
    assert installed.command() == ".venv/bin/probity"
    assert installed.python() == ".venv/bin/python"


def test_from_elsewhere_it_is_the_whole_path(
    environment: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert installed.command() == f"'{environment}/probity'"


def test_where_the_shell_finds_it_its_name_is_enough(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(environment))
    assert installed.command() == "probity"
    assert installed.python() == "python"


def test_another_installation_s_command_is_not_meant(
    environment: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "probity").write_text("#!/bin/sh\n")
    (other / "probity").chmod(0o755)
    monkeypatch.setenv("PATH", str(other))
    monkeypatch.chdir(other)
    assert installed.command() == f"'{environment}/probity'"


def test_without_a_script_python_runs_it(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment / "probity").unlink()
    monkeypatch.chdir(environment.parents[1])
    assert installed.command() == ".venv/bin/python -m probity_cli"
