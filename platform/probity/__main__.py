"""`python -m probity`: run Probity on this computer, see whether it runs, stop it."""

from __future__ import annotations

import argparse
import sys

from foundation.errors import Refusal
from probity.core.launch import control, demo, up


def main(argv: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 not running or refused, 2 wrong usage, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m probity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and stay in the foreground")
    start.add_argument("--port", type=int, help="this port and no other (default: from 8000 on)")
    commands.add_parser("stop", help="stop what `up` started, in order")
    commands.add_parser("status", help="say what runs")
    shown = commands.add_parser("demo", help="add demonstration cases to what runs")
    shown.add_argument("--remove", action="store_true", help="take them away again")
    shown.add_argument("--only", action="append", default=[], metavar="NAME", help="only this one")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args(argv)
    try:
        if chosen.command == "up":
            return up.up(port=chosen.port, as_json=chosen.json)
        if chosen.command == "stop":
            return control.stop(as_json=chosen.json)
        if chosen.command == "demo":
            return demo.demo(remove=chosen.remove, only=chosen.only, as_json=chosen.json)
        return control.status(as_json=chosen.json)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
