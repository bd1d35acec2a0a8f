"""The command `probity detect`: measurements, held against what else is known about a file."""

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
    help="Write the pictures of the findings into this folder; of a video or recording also a "
    "page with a player and lanes over time, and contact sheets.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Files at a time (one a core)."
)
@_JSON
def command(
    files: tuple[Path, ...],
    *,
    only: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Measure files with the detectors that fit them; folders are searched.

    What credentials, metadata and watermarks say is held against the measurements; with --detector
    nothing but the named detectors is asked. Exit status 0 whatever was found, 2 when a file could
    not be read.
    """
    from detectors.telling import show
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
                written = _written(report, path=path, out=out) if out else []
                if as_json:
                    emit_json({"file": str(path), **report.to_json(), "written": written})
                else:
                    show(path, report, written=written)
    if failed:
        raise SystemExit(int(Exit.USAGE))


def _written(report: Report, *, path: Path, out: Path) -> list[str]:
    from detectors.telling import write_pictures
    from detectors.timeline.writing import write

    return [*write_pictures(report, path=path, out=out), *write(report, path=path, out=out)]


def _reports(
    paths: list[Path], *, only: tuple[str, ...], jobs: int | None
) -> Iterator[Outcome[Report]]:
    """Every file's report or refusal, in order; an unknown detector is refused at once."""
    from detectors.api import DetectorError
    from detectors.registry import find
    from detectors.runner import look
    from foundation.batch import each
    from probity_cli.context import indications_of

    def one(path: Path) -> Report:
        if not path.exists():
            raise DetectorError("There is no such file.")
        known = () if only else indications_of(path)
        return look(path, only=only or None, indications=known)

    for name in only:
        find(name)
    return each(paths, one, workers=jobs)
