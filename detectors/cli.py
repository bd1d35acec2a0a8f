"""The commands `probity detect` and `probity detectors`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from detectors.api import Report
    from foundation.batch import Outcome

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="FILE…")
@click.option(
    "--detector", "only", multiple=True, metavar="ID", help="Run only this one; repeatable."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the pictures of the findings into this folder.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Files at a time (one a core)."
)
@_JSON
def detect(
    files: tuple[Path, ...],
    *,
    only: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Measure files with the detectors that fit them; folders are searched.

    Exit status 0 whatever was found, 2 when a file could not be read.
    """
    from detectors.telling import show, write_pictures
    from foundation.batch import inside
    from foundation.terminal import Exit, emit_json, guarded, progress, say

    failed = False
    with guarded():
        paths = [found for given in files for found in inside(given)]
        with progress("Measuring", total=len(paths)) as steps:
            for done, outcome in enumerate(_reports(paths, only=only, jobs=jobs), 1):
                steps.at(done, what=outcome.path.name)
                path, report = outcome.path, outcome.answer
                if outcome.refusal is not None:
                    failed = True
                    say(f"{path}: {outcome.refusal.sentence}")
                    if as_json:
                        emit_json({"file": str(path), "error": outcome.refusal.to_dict()})
                if report is None:
                    continue
                written = write_pictures(report, path=path, out=out) if out else []
                if as_json:
                    emit_json({"file": str(path), **report.to_json(), "written": written})
                else:
                    show(path, report, written=written)
    if failed:
        raise SystemExit(int(Exit.USAGE))


def _reports(
    paths: list[Path], *, only: tuple[str, ...], jobs: int | None
) -> Iterator[Outcome[Report]]:
    """Every file's report or refusal, in order; an unknown detector is refused at once."""
    from detectors.api import DetectorError
    from detectors.registry import find
    from detectors.runner import look
    from foundation.batch import each

    def one(path: Path) -> Report:
        if not path.exists():
            raise DetectorError("There is no such file.")
        return look(path, only=only or None)

    for name in only:
        find(name)
    return each(paths, one, workers=jobs)


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
