"""`probity pull`: fetch pinned resources, or say which are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from foundation import terminal
from foundation.errors import Refusal

if TYPE_CHECKING:
    from foundation.resources import Catalogue, Gathering


@click.command("pull", short_help="Fetch model weights and trust lists.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--list", "listing", is_flag=True, help="Only show what there is and where it is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def command(ids: tuple[str, ...], *, listing: bool, as_json: bool) -> None:
    """Fetch pinned resources (model weights, trust lists) by id, or all of them.

    Every file is checked against its pinned SHA-256; a file that is already here is left alone.
    PROBITY_RESOURCES_MIRROR names a folder or an https address to take them from instead of
    where they were published. Nothing else in Probity fetches from the network.
    """
    from foundation.resources import gather

    gathering = gather()
    for sentence in gathering.broken:
        terminal.say(sentence)
    if listing:
        _list(gathering, ids, as_json=as_json)
        return
    failures = [
        failure
        for catalogue, name in gathering.choose(ids)
        if (failure := _pull(catalogue, name, as_json=as_json))
    ]
    if failures:
        raise SystemExit(terminal.exit_status(failures[0]))


def _list(gathering: Gathering, ids: tuple[str, ...], *, as_json: bool) -> None:
    chosen = {name for _, name in gathering.choose(ids)}
    rows = [row for row in gathering.status() if row.resource.id in chosen]
    if as_json:
        for row in rows:
            terminal.emit_json(row.to_dict())
        return
    terminal.table(
        ("id", "engine", "where", "bytes", "licence", "what"),
        [
            (row.resource.id, row.package, row.where.value, f"{row.resource.bytes:,}",
             row.resource.licence, row.resource.what)
            for row in rows
        ],
    )  # fmt: skip


def _pull(catalogue: Catalogue, name: str, *, as_json: bool) -> Refusal | None:
    """Fetch one; a refusal is told and handed back, so that the others are still fetched."""
    resource = catalogue.get(name)
    try:
        with terminal.progress(name, total=resource.bytes, unit="bytes") as steps:
            path, fetched = catalogue.pull(name, progress=_told(steps.at))
    except Refusal as refusal:
        terminal.say(refusal.sentence)
        if as_json:
            terminal.emit_json({"id": name, "fetched": False, "refused": refusal.to_dict()})
        return refusal
    if as_json:
        row: dict[str, Any] = {"id": name, "fetched": fetched, "path": str(path)}
        terminal.emit_json({**row, "sha256": resource.sha256, "bytes": resource.bytes})
    else:
        terminal.emit(f"{name}: {'fetched' if fetched else 'already here'}")
    return None


def _told(at: Callable[[float], None]) -> Callable[[int], None]:
    return lambda done: at(done)
