"""`python -m probity`: run Probity on this computer, see whether it runs, stop it, back it up."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from foundation.errors import Refusal
from probity.core.launch import aside, backup, control, demo, restore, up, voice

Chosen = argparse.Namespace


def main(argv: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 not running or refused, 2 wrong usage, 130 interrupted."""
    chosen = _parser().parse_args(argv)
    if chosen.home:
        os.environ["PROBITY_HOME"] = chosen.home
    try:
        return ACTS[chosen.command](chosen)
    except Refusal as refusal:
        voice.Voice(as_json=chosen.json).refused(refusal)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m probity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and stay in the foreground")
    start.add_argument("--port", type=int, help="this port and no other (default: from 8000 on)")
    commands.add_parser("stop", help="stop what `up` started, in order")
    commands.add_parser("status", help="say what runs")
    shown = commands.add_parser("demo", help="add demonstration cases to what runs")
    shown.add_argument("--remove", action="store_true", help="take them away again")
    shown.add_argument("--only", action="append", default=[], metavar="NAME", help="only this one")
    keep = commands.add_parser("backup", help="write a folder with the database and all files")
    keep.add_argument("folder", type=Path, help="where the backup goes; with --check, a backup")
    keep.add_argument("--check", action="store_true", help="read a backup again, write nothing")
    back = commands.add_parser("restore", help="put a backup into an empty home")
    back.add_argument("folder", type=Path, help="the backup")
    commands.add_parser("set-aside", help="put the home out of the way; nothing is deleted")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        command.add_argument("--home", metavar="FOLDER", help="this home, instead of PROBITY_HOME")
    return parser


def _backup(chosen: Chosen) -> int:
    if chosen.check:
        return backup.check(folder=chosen.folder, as_json=chosen.json)
    return backup.backup(into=chosen.folder, as_json=chosen.json)


ACTS: Mapping[str, Callable[[Chosen], int]] = {
    "up": lambda chosen: up.up(port=chosen.port, as_json=chosen.json),
    "stop": lambda chosen: control.stop(as_json=chosen.json),
    "status": lambda chosen: control.status(as_json=chosen.json),
    "demo": lambda chosen: demo.demo(remove=chosen.remove, only=chosen.only, as_json=chosen.json),
    "backup": _backup,
    "restore": lambda chosen: restore.restore(folder=chosen.folder, as_json=chosen.json),
    "set-aside": lambda chosen: aside.set_aside(as_json=chosen.json),
}


if __name__ == "__main__":
    sys.exit(main())
