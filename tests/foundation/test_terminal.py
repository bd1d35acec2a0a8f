"""Results on stdout, sentences on stderr, and the right exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import ClassVar

import click
import pytest
from click.testing import CliRunner, Result

from foundation import terminal
from foundation.errors import Refusal


class Nameless(Refusal):
    code: ClassVar[str] = "test-nameless"


class Absent(Refusal):
    code: ClassVar[str] = "test-absent"
    exit_status: ClassVar[int] = terminal.Exit.MISSING


def run(error: BaseException | None) -> Result:
    @click.command()
    @terminal.guard
    def command() -> None:
        if error:
            raise error

    return CliRunner().invoke(command)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (None, 0, ""),
        (Nameless("The file has no name."), 2, "The file has no name.\n"),
        (Absent("Run `probity pull x`."), 3, "Run `probity pull x`.\n"),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (SystemExit(1), 1, ""),
    ],
)
def test_what_goes_wrong_becomes_a_sentence(
    error: BaseException | None, status: int, sentence: str
) -> None:
    result = run(error)
    assert (result.exit_code, result.stderr, result.stdout) == (status, sentence, "")


def test_a_fault_of_ours_is_70_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBITY_TRACEBACK", raising=False)
    result = run(RuntimeError("no\x1b[2Jluck"))
    assert result.exit_code == 70
    assert len(result.stderr.splitlines()) == 1
    assert "RuntimeError: no\\x1b[2Jluck" in result.stderr
    monkeypatch.setenv("PROBITY_TRACEBACK", "1")
    assert "Traceback" in run(RuntimeError("again")).stderr


def test_click_keeps_its_own_manners() -> None:
    result = run(click.UsageError("Wrong."))
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_json_is_one_line_and_only_json(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.emit_json({"name": "Zoë\n", "values": [1, None]})
    out, err = capsys.readouterr()
    assert err == ""
    assert out == '{"name":"Zoë\\n","values":[1,null]}\n'
    with pytest.raises(ValueError, match="JSON"):
        terminal.emit_json(float("nan"))


def test_control_characters_are_spelt_out(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.emit("a\x1b]0;x\x07b\u202ec é\t✓")
    assert capsys.readouterr().out == "a\\x1b]0;x\\x07b\\u202ec é\t✓\n"


def test_a_table_is_plain_text_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("[bold]x[/bold]", 3), ("y" * 120, "\x1b[31m")]
    terminal.table(("name", "count"), rows, title="All [of] it")
    out, err = capsys.readouterr()
    assert err == ""
    assert "[bold]x[/bold]" in out
    assert "y" * 120 in out
    assert "\x1b" not in out


def test_progress_stays_off_stdout_and_off_pipes(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("fetching [x]", total=10, unit="bytes") as steps:
        steps.advance()
        steps.at(5, total=20, what="half [y]")
    assert capsys.readouterr() == ("", "")


def test_progress_draws_on_a_terminal() -> None:
    """A pseudo-terminal for stderr, a pipe for stdout."""
    pty = pytest.importorskip("pty")
    import os

    code = (
        "from foundation import terminal\n"
        "with terminal.progress('[weights]', total=4, unit='bytes') as steps:\n"
        "    steps.at(4)\n"
        "terminal.emit_json({'done': True})\n"
    )
    reader, writer = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=writer, check=True,
        env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(writer)
    shown = os.read(reader, 65536).decode()
    os.close(reader)
    assert "[weights]" in shown
    assert "4/4 bytes" in shown
    assert json.loads(done.stdout) == {"done": True}


def test_the_module_is_light() -> None:
    code = "import sys, foundation.terminal; raise SystemExit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
