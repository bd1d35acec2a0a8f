"""`probity doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from foundation import installed
from probity_cli import checks
from probity_cli.main import cli


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading torch takes longer than all else that is looked at; one test does it."""
    monkeypatch.setattr(checks, "find_spec", lambda _: None)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home"
    monkeypatch.setenv("PROBITY_HOME", str(path))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments])


def by_name(result: Result) -> dict[str, dict[str, str]]:
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(set(row) == {"name", "state", "sentence"} for row in rows)
    return {row["name"]: row for row in rows}


def test_it_tells_what_is_here(home: Path) -> None:
    result = run("--json")
    found = by_name(result)
    assert found["python"]["state"] == "ok"
    assert found["click"]["state"] == "ok"
    assert found["home"]["sentence"] == f"{home}."
    assert found["sandbox"]["state"] in {"ok", "off"}
    assert found["torch"]["state"] in {"ok", "off"}
    broken = [row for row in found.values() if row["state"] == "broken"]
    assert result.exit_code == (1 if broken else 0)


@pytest.mark.usefixtures("no_torch")
def test_a_line_for_people() -> None:
    line = run().stdout.splitlines()[0]
    assert line.startswith("ok      python: Python 3.")


@pytest.mark.usefixtures("no_torch")
def test_a_missing_or_wrong_library_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["click>=999", "nowhere-at-all==1", "rich; extra == 'never'", "rfc8785>=0.1"]
    monkeypatch.setattr(checks, "requires", lambda _: lines)
    result = run("--json")
    found = by_name(result)
    assert result.exit_code == 1
    assert "is installed, >=999 is needed." in found["click"]["sentence"]
    assert found["nowhere-at-all"]["state"] == "broken"
    assert found["rfc8785"]["state"] == "ok"
    assert "rich" not in found


@pytest.mark.usefixtures("no_torch")
def test_a_home_that_others_may_write_is_broken(home: Path) -> None:
    home.mkdir()
    home.chmod(0o777)
    result = run("--json")
    assert result.exit_code == 1
    assert "chmod 0700" in by_name(result)["home"]["sentence"]


@pytest.mark.usefixtures("no_torch")
def test_a_home_that_cannot_be_made_is_broken(home: Path) -> None:
    home.write_text("")
    result = run("--json")
    assert result.exit_code == 1
    assert by_name(result)["home"]["state"] == "broken"


@pytest.mark.usefixtures("no_torch")
def test_a_mirror_that_is_none_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", "/nowhere/at/all")
    found = by_name(run("--json"))
    states = {name: row["state"] for name, row in found.items() if name.startswith("resource")}
    assert not states or states.get("resources") == "broken"


@pytest.mark.usefixtures("no_torch")
def test_what_is_not_here_is_named_once_with_the_command_as_it_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    monkeypatch.setattr(installed, "command", lambda: ".venv/bin/probity")
    row = by_name(run("--json"))["resource yunet"]
    assert row["state"] == "off"
    assert row["sentence"].count("yunet") == 1
    assert row["sentence"].endswith("is off until `.venv/bin/probity pull yunet`.")


@pytest.mark.parametrize(
    ("origin", "hint"),
    [
        ('{"url": "file:///some/where", "dir_info": {"editable": true}}',
         "python -m pip install -e '/some/where[torch]'`."),
        ('{"url": "https://example.org/a.whl"}',
         "python -m pip install 'probity-platform[torch]'`."),
        (None, "python -m pip install 'probity-platform[torch]'`."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("no_torch")
def test_an_extra_is_added_to_a_checkout_or_to_a_wheel(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, hint: str
) -> None:
    monkeypatch.setattr(installed, "python", lambda: "python")
    monkeypatch.setattr(checks, "_origin", lambda: origin)
    assert by_name(run("--json"))["torch"]["sentence"].endswith(f"`{hint}")


@pytest.mark.parametrize(
    ("body", "state", "sentence"),
    [
        ("print('2.13.0+cpu', '', sep='|')", "ok", "2.13.0+cpu on the CPU, no GPU was found."),
        ("print('2.13.0', 'Big GPU', sep='|')", "ok", "2.13.0 on Big GPU."),
        ("raise ImportError('libcuda is gone')", "broken", "ImportError: libcuda is gone"),
        ("import os; os._exit(9)", "broken", "does not import: no reason was given"),
    ],
)
def test_torch_is_asked_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, body: str, state: str, sentence: str
) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda _: object())
    monkeypatch.setattr(checks, "_TORCH", body)
    found = by_name(run("--json"))["torch"]
    assert found["state"] == state
    assert sentence in found["sentence"]


def test_torch_that_is_not_installed_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda _: None)
    found = by_name(run("--json"))["torch"]
    assert found["state"] == "off"
    assert "[torch]" in found["sentence"]
