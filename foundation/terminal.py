"""One manner for all commands: results on stdout, everything said to the person on stderr."""

from __future__ import annotations

import functools
import json
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from foundation.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")

TRACEBACK_VARIABLE = "PROBITY_TRACEBACK"


class Exit(IntEnum):
    """The exit status of every command."""

    OK = 0
    NEGATIVE = 1
    """The question was answered, and the answer is no: not intact, not valid, not found."""
    USAGE = 2
    """The call or the input was refused."""
    MISSING = 3
    """A resource has to be fetched first."""
    CRASH = 70
    """A fault of ours."""
    INTERRUPTED = 130


def console() -> Console:
    """The rich console on stderr, for progress and for sentences."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """Tell the person something, on stderr."""
    click.echo(plain(sentence), err=True)


def emit(text: str) -> None:
    """Write one line of a result to stdout."""
    click.echo(plain(text))


def emit_json(value: Any) -> None:
    """Write one JSON value as one line to stdout.

    Raises ValueError for NaN and infinities, which are not JSON.
    """
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def plain(text: str) -> str:
    """Text whose control characters are spelt out: file names may carry terminal commands."""
    return "".join(
        character
        if character in "\n\t" or character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Write a table to stdout; cells are shown as they are, never read as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    sheet = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        sheet.add_column(column, overflow="fold")
    for row in rows:
        sheet.add_row(*(Text(plain(str(cell))) for cell in row))
    screen = Console(highlight=False)
    wide = screen if screen.is_terminal else Console(highlight=False, width=200)
    wide.print(sheet)


class Steps:
    """What ``progress`` hands out: say how far the work is."""

    def __init__(self, update: Callable[..., None]) -> None:
        self._update = update

    def at(self, done: float, *, total: float | None = None, what: str | None = None) -> None:
        """``done`` of ``total`` units are done, now working on ``what``."""
        changes: dict[str, Any] = {"completed": done}
        if total is not None:
            changes["total"] = total
        if what is not None:
            changes["description"] = plain(what)
        self._update(**changes)

    def advance(self, units: float = 1) -> None:
        """So many more units are done."""
        self._update(advance=units)


@contextmanager
def progress(what: str, *, total: float | None = None, unit: str = "") -> Iterator[Steps]:
    """A progress bar on stderr, silent when stderr is no terminal; ``unit`` "bytes" shows sizes."""
    from rich import progress as bars
    from rich.markup import escape

    columns: list[bars.ProgressColumn] = [
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.DownloadColumn() if unit == "bytes" else bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    ]
    screen = console()
    with bars.Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task(escape(plain(what)), total=total)
        yield Steps(functools.partial(bar.update, task))


def exit_status(refusal: Refusal) -> int:
    """A refusal's exit status: its class's ``exit_status`` if it has one, else USAGE."""
    return int(getattr(refusal, "exit_status", Exit.USAGE))


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what goes wrong inside into one sentence on stderr and an exit status.

    A Refusal says its own sentence; Ctrl-C is 130; anything unforeseen is 70, with its traceback
    when ``PROBITY_TRACEBACK`` is set. Click's own exceptions and a closed pipe pass through.
    """
    try:
        yield
    except Refusal as refusal:
        say(refusal.sentence)
        raise SystemExit(exit_status(refusal)) from None
    except KeyboardInterrupt:
        say("Stopped.")
        raise SystemExit(int(Exit.INTERRUPTED)) from None
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            click.echo(traceback.format_exc(), err=True, nl=False)
        say(
            f"Probity failed on this: {type(error).__name__}: {error}. It is a fault of Probity, "
            f"not of the input; set {TRACEBACK_VARIABLE}=1 to see where."
        )
        raise SystemExit(int(Exit.CRASH)) from None


def guard(function: Callable[P, R]) -> Callable[P, R]:
    """``guarded`` as a decorator, to be put below click's own."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with guarded():
            return function(*args, **kwargs)

    return inner
