"""The commands; everything heavy is imported when one runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation import terminal

if TYPE_CHECKING:
    from probity_cli.bundle.checks import Check

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WORDS = {"passed": "passed", "failed": "FAILED", "could not check": "could not check"}


@click.group("bundle", short_help="Verify, repeat and compare evidence bundles.")
def command() -> None:
    """Evidence bundles: what a case left the house with, checked without the house."""


@command.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", help="The log's key as you got it elsewhere: NAME+HASH+KEY, or a file.")
@click.option(
    "--roots", type=FILE, multiple=True, help="PEM roots of the time-stamp authorities you trust."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@terminal.guard
def verify(file: Path, *, key: str | None, roots: Sequence[Path], as_json: bool) -> None:
    """Check hashes, log, checkpoint, time-stamps and the credentials inside the media.

    Exit status 0: everything that could be checked holds; 1: something does not; 2: no bundle.
    """
    from probity_cli.bundle.verifying import verify_bundle

    _show(verify_bundle(file, key=_key(key), roots=roots), as_json=as_json)


@command.command("reproduce")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@terminal.guard
def reproduce(file: Path, *, as_json: bool) -> None:
    """Repeat every measurement, credential reading and policy evaluation, and compare.

    What was made with another version than the one installed here could not be checked.
    Exit status 0: all that could be repeated came out the same; 1: something did not.
    """
    from probity_cli.bundle.reproducing import reproduce_bundle

    _show(reproduce_bundle(file), as_json=as_json)


@command.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@terminal.guard
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Compare two exports of one case: files, records, events. Exit status 1 when they differ."""
    from probity_cli.bundle.comparing import compare_bundles

    found = compare_bundles(old, new)
    if as_json:
        terminal.emit_json(found.to_dict())
    else:
        for line in found.lines():
            terminal.emit(line)
    if found.differ:
        raise SystemExit(terminal.Exit.NEGATIVE)


def _key(text: str | None) -> str | None:
    """A key, or the file that holds it."""
    if text and "+" not in text and Path(text).is_file():
        return Path(text).read_text(encoding="utf-8").strip()
    return text


def _show(checks: Sequence[Check], *, as_json: bool) -> None:
    failed = [check for check in checks if check.state == "failed"]
    if as_json:
        rows = [vars(check) for check in checks]
        terminal.emit_json({"sound": not failed, "checks": rows})
    else:
        terminal.table(
            ("check", "state", "what"),
            [(check.check, WORDS[check.state], check.words) for check in checks],
        )
        terminal.emit("Not sound." if failed else "Sound, as far as it could be checked.")
    if failed:
        raise SystemExit(terminal.Exit.NEGATIVE)
