"""The commands `probity verify` and `probity metadata`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from foundation.batch import Outcome

UNREADABLE = 2
_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_JOBS = click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Files at a time (one a core)."
)

Show = Callable[[Path, dict[str, Any]], None]


@click.command()
@_FILES
@_JSON
@click.option("--list", "lists", multiple=True, metavar="NAME", help="Use only this trust list.")
@click.option(
    "--sidecar",
    type=click.Path(path_type=Path),
    metavar="F",
    help="A .c2pa file that belongs to the one FILE.",
)
@click.option(
    "--as-of",
    metavar="DATE",
    help="Judge by the clock of that day (YYYY-MM-DD), and by the lists as they were then.",
)
@_JOBS
def verify(
    files: tuple[Path, ...],
    *,
    as_json: bool,
    lists: tuple[str, ...],
    sidecar: Path | None,
    as_of: str | None,
    jobs: int | None,
) -> None:
    """Check the Content Credentials of files; folders are searched.

    Exit status 0 whatever the verdicts are, 2 when a file could not be read at all.
    """
    from foundation.terminal import guarded

    if sidecar is not None and (len(files) != 1 or files[0].is_dir()):
        raise click.UsageError("--sidecar belongs to one file: give exactly one.")

    def look(paths: list[Path]) -> Iterator[Outcome[Any]]:
        from foundation import batch
        from provenance import many
        from provenance import verify as verification

        if sidecar is None:
            return many.read_many(paths, as_of=as_of, lists=lists or None, workers=jobs)
        return batch.each(
            paths,
            lambda path: verification.read(path, sidecar=sidecar, as_of=as_of, lists=lists or None),
        )

    with guarded():
        _each(files, look=look, as_json=as_json, show=_show_credentials)


@click.command()
@_FILES
@_JSON
@_JOBS
def metadata(files: tuple[Path, ...], *, as_json: bool, jobs: int | None) -> None:
    """Read what files' metadata say of how they were made; folders are searched.

    Exit status 0 whatever they say, 2 when a file could not be read at all.
    """
    from foundation.terminal import guarded

    def look(paths: list[Path]) -> Iterator[Outcome[Any]]:
        from foundation import batch
        from provenance import metadata as reading

        return batch.each(paths, reading.read, workers=jobs)

    with guarded():
        _each(files, look=look, as_json=as_json, show=_show_metadata)


def _each(
    files: tuple[Path, ...],
    *,
    look: Callable[[list[Path]], Iterator[Outcome[Any]]],
    as_json: bool,
    show: Show,
) -> None:
    """Look at every file; the unreadable ones are said and counted, and the rest goes on."""
    from foundation import batch
    from foundation.terminal import emit_json, progress, say

    paths = [found for given in files for found in batch.inside(given)]
    failed = False
    with progress("Reading", total=len(paths)) as steps:
        for done, outcome in enumerate(look(paths), 1):
            steps.at(done, what=outcome.path.name)
            if outcome.refusal is not None:
                failed = True
                if as_json:
                    error = outcome.refusal.to_dict()
                    emit_json({"file": str(outcome.path), "error": error})
                say(f"{outcome.path}: {outcome.refusal.sentence}")
            elif outcome.answer is not None:
                record = outcome.answer.to_dict()
                if as_json:
                    emit_json({"file": str(outcome.path), **record})
                else:
                    show(outcome.path, record)
    if failed:
        raise SystemExit(UNREADABLE)


def _show_credentials(path: Path, record: dict[str, Any]) -> None:
    from foundation.terminal import emit

    emit(f"{path}: {record['sentence']}")
    for sentence in record["details"]:
        emit(f"  {sentence}")
    states = [f"{name} {state or 'nothing to judge'}" for name, state in record["by_list"].items()]
    if record["tree"] and states:
        emit(f"  Library's state under each list: {', '.join(states)}.")
    for entry in record["not_checked"]:
        if entry["sentence"] != record["sentence"]:
            emit(f"  Not checked: {entry['sentence']}")


def _show_metadata(path: Path, record: dict[str, Any]) -> None:
    from foundation.terminal import emit

    emit(f"{path}: {record['sentence']}")
    for sentence in record["details"]:
        emit(f"  {sentence}")
    generator = record["generator"]
    for name, value in generator["parameters"].items() if generator else ():
        emit(f"  {name}: {value}")
    for field in record["fields"]:
        emit(f"  {field['name']}: {field['value']}")
