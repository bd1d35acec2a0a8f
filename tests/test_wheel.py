"""The wheel is what people install: it holds all of the product, nothing else, and it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.wheel

ROOTS = {
    "probity": "platform/probity",
    "probity_cli": "platform/probity_cli",
    "detectors": "detectors",
    "provenance": "provenance",
    "policy": "policy",
    "foundation": "foundation",
}
INSIDE = """
import importlib, os, sys
from pathlib import Path

place = Path(sys.prefix).resolve()
for name in {packages!r}:
    file = Path(importlib.import_module(name).__file__).resolve()
    assert file.is_relative_to(place), f"{{name}} comes from {{file}}"

from foundation.home import checkout
assert checkout() is None

from foundation.resources import gather
found = gather()
assert found.broken == (), found.broken
assert found.catalogues

from policy.loader import load_packs
assert load_packs(), "no policy pack was found"

import django
django.setup()
from django.contrib.staticfiles import finders
from django.template.loader import get_template
for name in {templates!r}:
    origin = Path(get_template(name).origin.name).resolve()
    assert origin.is_relative_to(place), f"{{name}} comes from {{origin}}"
for name in {statics!r}:
    assert Path(finders.find(name) or "/").resolve().is_relative_to(place), name
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command away from the checkout; its stdout."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def product_files(root: Path) -> set[str]:
    """Every file of the product by its name in the wheel."""
    return {
        f"{name}/{path.relative_to(root / folder).as_posix()}"
        for name, folder in ROOTS.items()
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


def below(names: set[str], folder: str) -> list[str]:
    """The names below any folder of that name, as Django asks for them."""
    found = []
    for name in names:
        parts = PurePosixPath(name).parts
        if folder in parts[:-1]:
            found.append("/".join(parts[parts.index(folder) + 1 :]))
    return sorted(found)


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as for a release."""
    for tool in ("build", "hatchling"):
        pytest.importorskip(tool, reason=f"{tool} is needed to build the wheel.")
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, root, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel in it; the libraries are borrowed from this one."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", "--disable-pip-version-check", wheel, cwd=place,
    )  # fmt: skip
    (own,) = place.glob("lib/python*/site-packages")
    # Appended behind the environment's own packages, and an editable install of this checkout
    # in there is not followed: a .pth named in a .pth is not read.
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


def test_only_our_packages_are_in_it(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    information = {top for top in tops if top.endswith(".dist-info")}
    assert len(information) == 1
    assert tops - information == set(ROOTS)
    assert [name for name in names if name.startswith("platform/")] == []


def test_no_test_is_in_it(names: set[str]) -> None:
    stray = [
        name
        for name in names
        if {"tests", "__pycache__"} & set(PurePosixPath(name).parts)
        or PurePosixPath(name).name.startswith(("test_", "conftest"))
    ]
    assert stray == []


def test_all_of_the_product_is_in_it(names: set[str], root: Path) -> None:
    inside = {name for name in names if not name.partition("/")[0].endswith(".dist-info")}
    expected = product_files(root)
    assert sorted(expected - inside) == []
    assert sorted(inside - expected) == []


@pytest.mark.parametrize(
    ("folder", "suffix"),
    [("probity", ".html"), ("probity", ".css"), ("policy", ".yaml"), ("detectors", ".yaml"),
     ("detectors", ".txt"), ("provenance", ".yaml")],
)  # fmt: skip
def test_data_of_each_kind_is_in_it(names: set[str], folder: str, suffix: str) -> None:
    assert [name for name in names if name.startswith(f"{folder}/") and name.endswith(suffix)]


def test_the_wings_say_that_they_are_typed(names: set[str]) -> None:
    assert {f"{package}/py.typed" for package in ROOTS} <= names


def test_the_metadata_names_licence_and_commands(names: set[str], wheel: Path) -> None:
    (information,) = {name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA")}
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{information}/METADATA").decode()
        entries = archive.read(f"{information}/entry_points.txt").decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert f"{information}/licenses/LICENSE" in names
    assert "probity = probity_cli.main:main" in entries


def test_it_runs_in_a_clean_environment(environment: Path, names: set[str], tmp_path: Path) -> None:
    ours = {name for name in names if name.startswith("probity/")}
    code = INSIDE.format(
        packages=sorted(ROOTS), templates=below(ours, "templates"), statics=below(ours, "static")
    )
    python = environment / "bin" / "python"
    settings = {
        "PROBITY_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "probity.settings",
    }
    run(python, "-c", code, cwd=tmp_path, **settings)


def test_its_command_runs(environment: Path, tmp_path: Path) -> None:
    settings = {"PROBITY_HOME": str(tmp_path / "home")}
    command = environment / "bin" / "probity"
    shown = run(command, "--help", cwd=tmp_path, **settings)
    assert shown.startswith("Usage: probity")
    assert "BROKEN" not in shown
    assert run(command, "--version", cwd=tmp_path, **settings).startswith("probity ")
    assert '"id":' in run(command, "pull", "--list", "--json", cwd=tmp_path, **settings)
