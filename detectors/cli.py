"""The command `probity detectors`; `probity detect` joins the engines (`probity_cli.detect`)."""

from __future__ import annotations

from pathlib import Path

import click

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_PATH = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """See, check and write detectors."""


@command.command(name="list")
@_JSON
def list_(*, as_json: bool) -> None:
    """All installed detectors, broken ones with their error."""
    from detectors.registry import entries, summary
    from detectors.telling import show_list
    from foundation.terminal import emit_json, guarded

    with guarded():
        if not as_json:
            show_list(entries())
            return
        for entry in entries():
            emit_json(summary(entry))


@command.command()
@click.argument("detector")
@_JSON
def show(detector: str, *, as_json: bool) -> None:
    """One detector's card: what it measures, its limits, its error rates."""
    from detectors.api import DetectorBroken
    from detectors.registry import find
    from detectors.telling import show_card
    from foundation.terminal import emit_json, guarded

    with guarded():
        entry = find(detector)
        if entry.card is None:
            raise DetectorBroken(f"{detector} is broken: {entry.error}")
        if as_json:
            emit_json(entry.card.to_dict())
        else:
            show_card(entry.card)


@command.command()
@click.argument("cards", nargs=-1, required=True, metavar="CARD|ID…")
@_JSON
def validate(cards: tuple[str, ...], *, as_json: bool) -> None:
    """Check card files, or installed detectors by their ids (these are loaded, in the confined
    process). Exit status 1 when one breaks the rules."""
    from detectors.validating import check
    from foundation.terminal import Exit, emit, emit_json, guarded

    with guarded():
        broken = False
        for given in cards:
            row = check(given)
            broken = broken or not row["valid"]
            if as_json:
                emit_json(row)
            elif row["valid"]:
                emit(f"{given}: in order ({row['id']} {row['version']})")
            else:
                emit(str(row["error"]))
        if broken:
            raise SystemExit(int(Exit.NEGATIVE))


@command.command()
@click.argument("name")
@click.option(
    "--modality",
    type=click.Choice(["image", "audio", "video"]),
    default="image",
    show_default=True,
    help="What the detector looks at.",
)
@click.option("--out", type=_PATH, default=Path(), metavar="DIR", help="Where to put the folder.")
def new(name: str, *, modality: str, out: Path) -> None:
    """Write a working plugin project to start from: card, code, tests."""
    from detectors.scaffold import write
    from foundation.terminal import emit, guarded

    with guarded():
        project = write(name, modality=modality, out=out)
        emit(f"{project.folder} holds the detector {project.id}. Install and check it:")
        emit(f"  pip install -e {project.folder}")
        emit(f"  probity detectors validate {project.id}")
        emit(f"  python -m pytest {project.folder}")
