"""The example is a whole plugin: installed it is there and runs, removed it is gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ID = "example.histogram_comb"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder into which pip has installed the example, from a copy of its source."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(root / "examples" / "probity-histogram-comb", source)
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
            "--no-index", "--disable-pip-version-check", "--target", str(target), str(source),
        ],
        check=True, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    return target


def probity(*arguments: str, path: Path | None, root: Path) -> list[dict[str, Any]]:
    """The JSON lines of a command, with ``path`` searched for packages or not."""
    folders = [str(root / "platform"), str(root)] + ([str(path)] if path else [])
    done = subprocess.run(
        [sys.executable, "-c", "from probity_cli.main import main; main()", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def picture(path: Path, *, stretched: bool) -> Path:
    generator = np.random.default_rng(3)
    green = np.clip(generator.normal(128, 22, (300, 300)), 60, 200).astype(np.uint8)
    if stretched:
        green = ((green.astype(float) - 60) * 255 / 140).astype(np.uint8)
    Image.fromarray(np.stack([green] * 3, axis=2)).save(path)
    return path


def test_installed_it_is_listed_and_runs(installed: Path, root: Path, tmp_path: Path) -> None:
    listed = {
        row["id"]: row for row in probity("detectors", "list", "--json", path=installed, root=root)
    }
    assert listed[ID]["error"] is None
    assert listed[ID]["from"] == "probity-histogram-comb 1.0.0"
    stretched = picture(tmp_path / "stretched.png", stretched=True)
    plain = picture(tmp_path / "plain.png", stretched=False)
    out = tmp_path / "out"
    rows = probity(
        "detect", str(stretched), str(plain), "--detector", ID, "--json", "--out", str(out),
        path=installed, root=root,
    )  # fmt: skip
    [one], [other] = (row["findings"] for row in rows)
    assert (one["status"], other["status"]) == ("ok", "ok")
    assert one["score"] > 0.3
    assert other["score"] == 0
    assert "The picture skips" in one["sentence"]
    assert one["runtime"] == {"numpy": np.__version__}
    [written] = rows[0]["written"]
    assert (out / written).read_bytes().startswith(b"\x89PNG")


def test_removed_it_is_gone(root: Path) -> None:
    assert ID not in [
        row["id"] for row in probity("detectors", "list", "--json", path=None, root=root)
    ]


CONFORMS = """
import sys
from pathlib import Path
from detectors.testing import check
check(sys.argv[1], usable=[Path(sys.argv[2])], unusable=[Path(sys.argv[3])])
"""


def test_it_passes_the_conformance_suite(installed: Path, root: Path, tmp_path: Path) -> None:
    good = picture(tmp_path / "good.png", stretched=True)
    small = tmp_path / "small.png"
    Image.new("RGB", (40, 40), (9, 9, 9)).save(small)
    folders = os.pathsep.join([str(root), str(installed)])
    done = subprocess.run(
        [sys.executable, "-c", CONFORMS, ID, str(good), str(small)],
        env={**os.environ, "PYTHONPATH": folders},
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
