"""The commands `probity verify`, `probity trust` and `probity metadata`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provenance.trust import TrustList

UNREADABLE = 2
_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")


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
    help="Judge by the clock of that day (YYYY-MM-DD), and only by lists that were out by then.",
)
def verify(
    files: tuple[Path, ...],
    *,
    as_json: bool,
    lists: tuple[str, ...],
    sidecar: Path | None,
    as_of: str | None,
) -> None:
    """Check the Content Credentials of files; folders are searched.

    Exit status 0 whatever the verdicts are, 2 when a file could not be read at all.
    """
    from foundation.terminal import guarded

    if sidecar is not None and (len(files) != 1 or files[0].is_dir()):
        raise click.UsageError("--sidecar belongs to one file: give exactly one.")

    def look(path: Path) -> dict[str, Any]:
        from provenance import verify as verification

        record = verification.read(path, sidecar=sidecar, as_of=as_of, lists=lists or None)
        return record.to_dict()

    with guarded():
        _check_lists(lists)
        _each(files, look=look, as_json=as_json, show=_show_credentials)


@click.command()
@_FILES
@_JSON
def metadata(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read what files' metadata say of how they were made; folders are searched.

    Exit status 0 whatever they say, 2 when a file could not be read at all.
    """
    from foundation.terminal import guarded

    def look(path: Path) -> dict[str, Any]:
        from provenance import metadata as reading

        return reading.read(path).to_dict()

    with guarded():
        _each(files, look=look, as_json=as_json, show=_show_metadata)


@click.group()
def trust() -> None:
    """The trust lists: whose credentials are believed."""


@trust.command(name="list")
@_JSON
def list_(*, as_json: bool) -> None:
    """All known lists, with date and digest, and what is missing."""
    from foundation.terminal import emit_json, guarded, say, table
    from provenance import trust as lists

    with guarded():
        store = lists.load()
        if as_json:
            for known in store.lists:
                emit_json({**known.to_dict(), "installed": True})
            for absent in store.missing:
                emit_json({**absent.to_dict(), "installed": False})
            return
        rows = [
            (known.name, known.title, known.date, known.counts["anchors"], known.sha256[:12])
            for known in store.lists
        ]
        if rows:
            table(("name", "title", "date", "anchors", "sha256"), rows)
        for absent in store.missing:
            say(absent.sentence)


@trust.command()
@click.argument("name")
@_JSON
def show(name: str, *, as_json: bool) -> None:
    """One list with its certificates."""
    from foundation.terminal import emit, emit_json, guarded, table
    from provenance import trust as lists
    from provenance.errors import TrustListUnknown

    with guarded():
        store = lists.load([name])
        if store.missing:
            raise TrustListUnknown(store.missing[0].sentence)
        known = store.lists[0]
        rows = list(_certificates(known))
        if as_json:
            emit_json({**known.to_dict(), "certificates": rows})
            return
        emit(f"{known.title}, {known.date}. {known.note}")
        emit(f"sha256 {known.sha256}")
        table(
            ("for", "subject", "until", "sha256"),
            [(row["for"], row["name"], row["not_after"][:10], row["sha256"][:16]) for row in rows],
        )


def _certificates(known: TrustList) -> Iterator[dict[str, Any]]:
    from provenance import certificates

    for purpose, pem in (("signers", known.anchors), ("time-stamps", known.time_stamps)):
        for certificate in certificates.parse_pem(pem.encode()) if pem else ():
            told = certificates.summary(certificate)
            yield {
                "for": purpose,
                "name": told["subject"]["name"],
                "organisation": told["subject"]["organisation"],
                "not_before": told["not_before"],
                "not_after": told["not_after"],
                "sha256": told["sha256"],
            }


def _check_lists(lists: tuple[str, ...]) -> None:
    """A wrong name is a wrong call, to be said before any file is opened."""
    from provenance import trust as known

    known.load(lists or None)


def _each(
    files: tuple[Path, ...],
    *,
    look: Callable[[Path], dict[str, Any]],
    as_json: bool,
    show: Callable[[Path, dict[str, Any]], None],
) -> None:
    """Look at every file; the unreadable ones are said and counted, and the rest goes on."""
    from foundation.errors import Refusal
    from foundation.terminal import emit_json, progress, say

    paths = [found for given in files for found in _inside(given)]
    failed = False
    with progress("Reading", total=len(paths)) as steps:
        for number, path in enumerate(paths):
            steps.at(number, what=path.name)
            try:
                record = look(path)
            except Refusal as refusal:
                failed = True
                if as_json:
                    emit_json({"file": str(path), "error": refusal.to_dict()})
                say(f"{path}: {refusal.sentence}")
                continue
            if as_json:
                emit_json({"file": str(path), **record})
            else:
                show(path, record)
    if failed:
        raise SystemExit(UNREADABLE)


def _inside(given: Path) -> Iterator[Path]:
    if given.is_dir():
        yield from sorted(path for path in given.rglob("*") if path.is_file())
    else:
        yield given


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
