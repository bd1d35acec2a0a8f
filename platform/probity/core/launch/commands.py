"""manage.py's way in: lends a command the database when nothing else provides one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from foundation.errors import Refusal

from .databases import resolve
from .errors import REFUSED_STATUS
from .postgres import borrowed

WITHOUT_DATABASE = frozenset({
    "", "-h", "--help", "--version", "help", "version", "check", "makemigrations",
    "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages",
    "sendtestemail", "spectacular", "startapp", "startproject",
})  # fmt: skip
AS_OWNER = frozenset({
    "createcachetable", "database_roles", "flush", "migrate", "optimizemigration",
    "setup_instance", "showmigrations", "sqlflush", "sqlmigrate", "squashmigrations",
    "synthetic_load", "test",
})  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Run a management command, with the embedded database started for it where needed.

    Commands that change tables connect as the owner, all others as the application. Exit status 2
    and one sentence where something was refused.
    """
    arguments = list(sys.argv if argv is None else argv)
    command = arguments[1] if len(arguments) > 1 else ""
    lend = _needs_database(command, arguments[2:])
    try:
        urls = resolve()
        if command in AS_OWNER:
            os.environ["PROBITY_APPLICATION_ROLE"] = urls.app_role
            os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = urls.owner
        if not (lend and urls.embedded):
            _execute(arguments)
            return
        signal.signal(signal.SIGTERM, _leave)
        with borrowed():
            _execute(arguments)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence}\n")
        raise SystemExit(REFUSED_STATUS) from None


def _needs_database(command: str, rest: Sequence[str]) -> bool:
    return command not in WITHOUT_DATABASE and not {"-h", "--help"} & set(rest)


def _execute(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)


def _leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
