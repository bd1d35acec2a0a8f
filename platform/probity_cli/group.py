"""A click group whose commands are the entry points of `probity.commands`, loaded on use."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from foundation.terminal import Exit, guarded, plain, say

GROUP = "probity.commands"
DISTRIBUTION = "probity-platform"


class EntryPointGroup(click.Group):
    """Commands join from any installed package; one that does not load is listed as broken."""

    @cached_property
    def found(self) -> dict[str, EntryPoint]:
        """The entry points by command name; ours win over another package's of the same name."""
        ours_last = sorted(entry_points(group=GROUP), key=_is_ours)
        return {entry.name: entry for entry in ours_last}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, sorted."""
        return sorted({*super().list_commands(ctx), *self.found})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command; a broken one becomes a command that says what is wrong with it."""
        entry = self.found.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        try:
            command = entry.load()
        except Exception as error:
            return BrokenCommand(entry, f"{type(error).__name__}: {error}")
        if not isinstance(command, click.Command):
            return BrokenCommand(entry, f"{entry.value} is not a click command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run under one manner of failing, whoever wrote the command."""
        with guarded():
            return super().invoke(ctx)


class BrokenCommand(click.Command):
    """Stands in the list for an entry point that does not load."""

    def __init__(self, entry: EntryPoint, problem: str) -> None:
        owner = entry.dist.name if entry.dist else "an unknown package"
        self.problem = plain(f"{entry.name} from {owner} is broken: {problem}")
        super().__init__(
            entry.name,
            help=self.problem,
            short_help=plain(f"BROKEN: {problem}"),
            params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
            callback=self._refuse,
            context_settings={"ignore_unknown_options": True},
        )

    def _refuse(self, **_arguments: Any) -> None:
        say(self.problem)
        raise SystemExit(int(Exit.CRASH))


def _is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == DISTRIBUTION
