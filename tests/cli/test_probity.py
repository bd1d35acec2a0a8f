"""The `probity` command as a whole: light, and never brought down by one of its parts."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from probity_cli import group
from probity_cli.main import cli

HEAVY = ("django", "celery", "rest_framework", "probity", "numpy", "cv2", "av", "PIL", "rich",
         "pooch", "requests", "yaml", "c2pa", "onnxruntime", "torch")  # fmt: skip
SCRIPT = Path(sys.executable).with_name("probity")


def loaded_by(*arguments: str, module: bool) -> tuple[str, set[str]]:
    """Run the command in a fresh process: its stdout, and the heavy modules it had loaded."""
    start = (
        "import runpy; runpy.run_module('probity_cli', run_name='__main__')"
        if module
        else "from importlib.metadata import entry_points; "
        "entry_points(group='console_scripts')['probity'].load()()"
    )
    code = (
        f"import atexit, sys; sys.argv = ['probity', *{list(arguments)!r}]; "
        f"atexit.register(lambda: print('LOADED', *(set(sys.modules) & set({HEAVY!r})))); {start}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    out, _, heavy = done.stdout.rpartition("LOADED")
    return out, set(heavy.split())


@pytest.mark.parametrize("module", [True, False])
@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_are_light(argument: str, module: bool) -> None:
    out, heavy = loaded_by(argument, module=module)
    assert heavy == set()
    assert out.startswith("Usage: probity" if argument == "--help" else "probity ")


def test_the_console_script_runs_from_anywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [SCRIPT, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == f"probity {version('probity-platform')}\n"


def test_every_command_loads_and_explains_itself() -> None:
    context = click.Context(cli)
    names = cli.list_commands(context)
    assert {"pull", "doctor"} <= set(names)
    for name in names:
        command = cli.get_command(context, name)
        assert command is not None
        assert not isinstance(command, group.BrokenCommand), command.help
        assert 10 <= len(command.get_short_help_str(limit=200)) <= 80, name
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert shown.exit_code == 0, name
        assert shown.stdout.startswith("Usage: "), name


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli, ["nothing"])
    assert result.exit_code == 2
    assert "No such command" in result.stderr


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another distribution that offers commands: good ones, a broken one, and one named pull."""
    (tmp_path / "guest_commands.py").write_text(
        "import click\n"
        "from foundation.errors import Refusal\n"
        "@click.command(short_help='Greets the caller.')\n"
        "def greet(): click.echo('hello')\n"
        "@click.command(short_help='Refuses.')\n"
        "def refuse(): raise Refusal('Not today.')\n"
        "@click.command(short_help='Fails.')\n"
        "def fail(): raise ZeroDivisionError('by zero')\n"
        "@click.command(short_help='Is stopped.')\n"
        "def stop(): raise KeyboardInterrupt\n"
        "number = 3\n"
    )
    (tmp_path / "guest_broken.py").write_text("raise OSError('no \\x1b[2Jlicence')\n")
    folder = tmp_path / "guest-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: guest\nVersion: 1.0\n")
    lines = [f"{name} = guest_commands:{name}" for name in ("greet", "refuse", "fail", "stop")]
    lines += ["pull = guest_commands:greet", "number = guest_commands:number"]
    lines += ["broken = guest_broken:command"]
    (folder / "entry_points.txt").write_text("[probity.commands]\n" + "\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("PROBITY_TRACEBACK", raising=False)
    cli.__dict__.pop("found", None)
    monkeypatch.setitem(cli.__dict__, "found", group.EntryPointGroup.found.func(cli))


@pytest.mark.usefixtures("joined")
def test_a_command_of_another_package_joins() -> None:
    assert CliRunner().invoke(cli, ["greet"]).stdout == "hello\n"


@pytest.mark.usefixtures("joined")
def test_our_own_command_is_not_replaced() -> None:
    assert "licence" not in CliRunner().invoke(cli, ["pull", "--help"]).stdout
    assert "Fetch pinned resources" in CliRunner().invoke(cli, ["pull", "--help"]).stdout


@pytest.mark.usefixtures("joined")
def test_a_broken_command_is_listed_and_says_why() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).stdout
    assert re.search(r"broken +BROKEN: OSError: no \\x1b\[2Jlicence", shown)
    assert re.search(r"number +BROKEN: guest_commands:number is not a click command", shown)
    assert re.search(r"greet +Greets the caller", shown)
    result = CliRunner().invoke(cli, ["broken", "file.jpg", "--json"])
    assert result.exit_code == 70
    assert result.stdout == ""
    assert result.stderr == "broken from guest is broken: OSError: no \\x1b[2Jlicence\n"


@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("refuse", 2, "Not today."),
        ("fail", 70, "ZeroDivisionError: by zero"),
        ("stop", 130, "Stop"),
    ],
)
def test_a_guests_failure_gets_our_manners(name: str, status: int, sentence: str) -> None:
    result = CliRunner().invoke(cli, [name])
    assert result.exit_code == status
    assert result.stdout == ""
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_installed_metadata_is_that_of_this_checkout(root: Path) -> None:
    """An editable install keeps the entry points of the day it was made."""
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"]
    for name in ("probity.commands", "probity.resources"):
        ours = {
            entry.name: entry.value
            for entry in entry_points(group=name)
            if entry.dist and entry.dist.name == group.DISTRIBUTION
        }
        assert ours == declared[name], "run `pip install --no-deps -e .` again"
