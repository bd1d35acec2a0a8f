"""The rules of the house that no tool of ours checks."""

from __future__ import annotations

import ast
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("foundation", "detectors", "provenance", "policy", "platform/probity",
            "platform/probity_cli")  # fmt: skip
LONGEST = 400
MEDIAN = 120
# In pieces, so that this file does not name what it looks for.
FORBIDDEN = tuple(
    "".join(pieces)
    for pieces in [
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/tmp/", "plan"),
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("/opt/", "pypi"),
        ("npmjs", ".org"),
        ("npmjs", ".com"),
        ("registry.", "npm"),
        ("docker", ".io/"),
    ]
)


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """What git tracks or would track; skipped where this is no git checkout."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        pytest.skip("This is not a git checkout, so what belongs to it cannot be told.")
    listed = subprocess.run(
        [git, "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True,
    )  # fmt: skip
    names = {root / name.decode() for name in listed.stdout.split(b"\0") if name}
    return sorted(path for path in names if path.is_file())


@pytest.fixture(scope="module")
def sources(root: Path, files: list[Path]) -> list[Path]:
    """The product's Python files, less tests and migrations."""
    inside = tuple(root / package for package in PACKAGES)
    return [
        path
        for path in files
        if path.suffix == ".py"
        and any(path.is_relative_to(package) for package in inside)
        and "migrations" not in path.parts
    ]


def test_platform_holds_packages_and_nothing_else(root: Path, files: list[Path]) -> None:
    """A module or a package mark here would hide the standard library's `platform`."""
    folder = root / "platform"
    assert list(folder.glob("*.py")) == []
    ours = [path.relative_to(folder) for path in files if path.is_relative_to(folder)]
    assert {path.parts[0] for path in ours} == {"probity", "probity_cli"}
    assert all(len(path.parts) > 1 for path in ours)


@pytest.mark.parametrize("start", [["-c"], ["-W", "error", "-c"]])
def test_the_standard_platform_module_wins_at_the_root(root: Path, start: list[str]) -> None:
    code = "import platform; print(platform.python_implementation(), platform.__file__)"
    done = subprocess.run(
        [sys.executable, *start, code], cwd=root, capture_output=True, text=True, check=True
    )
    implementation, file = done.stdout.split(maxsplit=1)
    assert implementation == sys.implementation.name.replace("cpython", "CPython")
    assert not Path(file.strip()).is_relative_to(root / "platform")


def test_the_root_holds_no_stray_module(root: Path, files: list[Path]) -> None:
    assert [path.name for path in files if path.parent == root and path.suffix == ".py"] == [
        "manage.py"
    ]


def test_tests_are_no_package(root: Path, files: list[Path]) -> None:
    marks = [path for path in files if path.name == "__init__.py"]
    assert [path for path in marks if path.is_relative_to(root / "tests")] == []


def test_every_folder_of_modules_is_a_package(sources: list[Path]) -> None:
    folders = {path.parent for path in sources}
    assert sorted(str(each) for each in folders if not (each / "__init__.py").is_file()) == []


def test_every_wing_says_that_it_is_typed(root: Path) -> None:
    assert [name for name in PACKAGES if not (root / name / "py.typed").is_file()] == []


def test_files_stay_short(sources: list[Path]) -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    long = {path.name: count for path, count in lines.items() if count > LONGEST}
    # One file on purpose: it travels alone in every bundle and must be readable as a whole.
    assert long.pop("standalone.py", 0) < 500
    assert long == {}
    assert statistics.median(count for count in lines.values() if count > 3) <= MEDIAN


def test_every_module_says_what_it_is(sources: list[Path]) -> None:
    """Those that every room has, and Django or we look for by name, need not."""
    silent = []
    for path in sources:
        text = path.read_text(encoding="utf-8")
        known = path.name in {"apps.py", "events.py", "urls.py"}
        if text.strip() and not known and not ast.get_docstring(ast.parse(text)):
            silent.append(str(path))
    assert silent == []


def test_every_package_says_what_it_is(sources: list[Path]) -> None:
    """Only the packages that Django looks for by name may be empty."""
    silent = [
        str(path.parent)
        for path in sources
        if path.name == "__init__.py"
        and not path.read_text(encoding="utf-8").strip()
        and not {"management", "commands", "templatetags"} & set(path.parts)
    ]
    assert silent == []


def test_no_file_names_this_computer_or_a_registry(root: Path, files: list[Path]) -> None:
    found = [
        f"{path.relative_to(root)}: {needle}"
        for path in files
        for needle in FORBIDDEN
        if needle.encode() in path.read_bytes()
    ]
    assert found == []


def test_no_file_is_left_unfinished(sources: list[Path]) -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(word in line for word in words)
    ]
    assert found == []


def test_the_rooms_know_only_whom_they_may_know(root: Path) -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    if not tool.is_file():
        pytest.skip("import-linter is not installed in this environment.")
    done = subprocess.run(
        [tool, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
