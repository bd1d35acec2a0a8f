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


@pytest.mark.parametrize("modality", ["image", "audio", "video"])
def test_a_new_plugin_installs_and_passes_its_tests(
    modality: str, tmp_path: Path, root: Path
) -> None:
    arguments = ["new", "acme-odd-marks", "--modality", modality, "--out", str(tmp_path)]
    said = CliRunner().invoke(command, arguments)
    assert said.exit_code == 0, said.output
    assert "acme.odd_marks" in said.stdout
    project, target = tmp_path / "acme-odd-marks", tmp_path / "installed"
    installed = ran(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "--target", str(target), str(project),
        path=tmp_path, root=root,
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    probity = ("-c", "from probity_cli.main import main; main()", "detectors")
    listed = ran(*probity, "list", "--json", path=target, root=root).stdout.splitlines()
    rows = {row["id"]: row for row in map(json.loads, listed)}
    assert rows["acme.odd_marks"]["error"] is None
    assert rows["acme.odd_marks"]["modality"] == modality
    assert rows["acme.odd_marks"]["from"] == "acme-odd-marks 0.1.0"
    valid = ran(*probity, "validate", "acme.odd_marks", path=target, root=root)
    assert valid.returncode == 0, valid.stderr
    tested = ran(
        "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", str(project),
        str(project / "tests"), path=target, root=root,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "1 passed" in tested.stdout


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
