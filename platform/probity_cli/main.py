"""The `probity` command."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

import click

from probity_cli.group import DISTRIBUTION, EntryPointGroup


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 (click's call)
    if not wanted or context.resilient_parsing:
        return
    try:
        click.echo(f"probity {version(DISTRIBUTION)}")
    except PackageNotFoundError:
        click.echo("probity, not installed (running from its source)")
    context.exit()


@click.group(
    cls=EntryPointGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 yes or done, 1 no, 2 call or input refused, 3 a resource has to be "
    "fetched first, 70 a fault of Probity, 130 stopped.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Look into media, its credentials and the rules that apply to it.

    Results go to stdout, progress and explanations to stderr. With --json a command writes
    one JSON object a line to stdout and nothing else.
    """


def main() -> None:
    """Run the command line; the console script's entry."""
    cli.main(args=sys.argv[1:], prog_name="probity")
