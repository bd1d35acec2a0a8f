"""`probity doctor`: what this computer has, what is off, and what is broken."""

from __future__ import annotations

import click

from foundation import terminal


@click.command("doctor", short_help="Check this installation and say what is off.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def command(*, as_json: bool) -> None:
    """Check Python, libraries, the sandbox, resources, the state folder and the accelerator.

    "off" means that a part is switched off, and why; "broken" that Probity cannot work so (then
    the exit status is 1). Nothing is fetched and nothing is changed.
    """
    from probity_cli.checks import State, run

    broken = 0
    for check in run():
        broken += check.state is State.BROKEN
        if as_json:
            terminal.emit_json(check.to_dict())
        else:
            terminal.emit(f"{check.state.value:<7} {check.name}: {check.sentence}")
    if broken:
        raise SystemExit(int(terminal.Exit.NEGATIVE))
