"""What `probity detectors new` writes installs with pip, is listed, and passes its own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from detectors.api import DetectorError
from detectors.cli import command
from detectors.scaffold import PluginExists, write


def ran(*arguments: str, path: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """A Python command with the installed plugin and the checkout on its path."""
    folders = os.pathsep.join([str(path), str(root / "platform"), str(root)])
    return subprocess.run(
        [sys.executable, *arguments], cwd=path, env={**os.environ, "PYTHONPATH": folders},
        check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


MODALITIES = ("image", "audio", "video")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A new project of each kind, by its kind."""
    folder = tmp_path_factory.mktemp("projects")
    for modality in MODALITIES:
        arguments = ["new", f"acme-odd-{modality}", "--modality", modality, "--out", str(folder)]
        said = CliRunner().invoke(command, arguments)
        assert said.exit_code == 0, said.output
        assert f"acme.odd_{modality}" in said.stdout
    return {modality: folder / f"acme-odd-{modality}" for modality in MODALITIES}


@pytest.fixture(scope="module")
def installed(
    projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, root: Path
) -> Path:
    """Where pip put all of them."""
    folder = tmp_path_factory.mktemp("plugins")
    target = folder / "installed"
    done = ran(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "--target", str(target), *map(str, projects.values()),
        path=folder, root=root,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


def test_new_plugins_are_listed_and_valid(installed: Path, root: Path) -> None:
    probity = ("-c", "from probity_cli.main import main; main()", "detectors")
    listed = ran(*probity, "list", "--json", path=installed, root=root).stdout.splitlines()
    rows = {row["id"]: row for row in map(json.loads, listed)}
    for modality in MODALITIES:
        row = rows[f"acme.odd_{modality}"]
        assert row["error"] is None
        assert row["modality"] == modality
        assert row["from"] == f"acme-odd-{modality} 0.1.0"
    ids = [f"acme.odd_{modality}" for modality in MODALITIES]
    valid = ran(*probity, "validate", *ids, path=installed, root=root)
    assert valid.returncode == 0, valid.stderr
    assert valid.stdout.count("in order") == len(MODALITIES)


def test_new_plugins_pass_their_own_tests(
    installed: Path, projects: dict[str, Path], root: Path
) -> None:
    tests = [str(project / "tests") for project in projects.values()]
    tested = ran(
        "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib",
        "--rootdir", str(projects["image"].parent), *tests, path=installed, root=root,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert f"{len(MODALITIES)} passed" in tested.stdout


@pytest.mark.parametrize("name", ["Acme", "acme_marks", "../acme", "acme-", "", "9acme"])
def test_a_name_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="cannot be a plugin's name"):
        write(name, modality="image", out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert write("marks", modality="image", out=tmp_path).id == "marks.marks"
    before = (tmp_path / "marks" / "README.md").read_text()
    with pytest.raises(PluginExists, match="already there"):
        write("marks", modality="audio", out=tmp_path)
    assert (tmp_path / "marks" / "README.md").read_text() == before
