"""The command `probity scan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from probity_cli.scan.looking import Row
    from probity_cli.scan.telling import Teller
    from probity_cli.scan.walking import Scan


@click.command("scan", short_help="Walk a folder and say which files to look at.")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, no more.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a row a file, no more.")
@click.option(
    "--quarantine",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the files to look at into this list (sha256sum's form); nothing is moved.",
)
@click.option(
    "--state",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to keep what was seen (default: a file under PROBITY_HOME/scans).",
)
@click.option("--fresh", is_flag=True, help="Look at every file again, whatever was seen before.")
@click.option("--marks", is_flag=True, help="Also look at what detectors without calibration mark.")
@click.option(
    "--bank",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also compare with the hashes in this file (CSV, JSON or text of threatexchange).",
)
@click.option(
    "--radius",
    type=click.IntRange(0, 64),
    default=31,
    show_default=True,
    metavar="BITS",
    help="How far a hash of the bank may lie.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Files at a time (one a core)."
)
def command(
    folder: Path,
    *,
    as_json: bool,
    as_csv: bool,
    quarantine: Path | None,
    place: Path | None,
    fresh: bool,
    marks: bool,
    bank: Path | None,
    radius: int,
    jobs: int | None,
) -> None:
    """Look at every file below DIR: broken or declared credentials, contradictory metadata,
    what calibrated detectors say, and with --bank whether it is known. A scan that was stopped
    goes on where it was.

    Exit status 0 nothing found, 1 something to look at, 2 nothing found but some files could not
    be read.
    """
    from foundation.terminal import guarded
    from probity_cli.scan import telling

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other: give one.")
    with guarded():
        scan = _scanned(folder, place=place, fresh=fresh, marks=marks, bank=bank, radius=radius)
        teller = telling.teller(as_json=as_json, as_csv=as_csv)
        rows = _told(scan, teller=teller, jobs=jobs)
        if quarantine is not None:
            telling.write_quarantine(quarantine, rows)
        telling.summarise(rows, resumed=scan.resumed, troubles=scan.troubles)
    raise SystemExit(telling.exit_status(rows, troubles=scan.troubles))


def _scanned(
    folder: Path, *, place: Path | None, fresh: bool, marks: bool, bank: Path | None, radius: int
) -> Scan:
    from probity_cli.scan import known, state, walking

    asked = known.load(bank, radius=radius) if bank else None
    told = f"{known.digest(bank)}:{radius}" if bank else ""
    header = state.versions(with_marks=marks, bank=told)
    where = place or state.default_place(folder)
    seen = state.State(where, header=header)
    if not fresh:
        seen.load()
    return walking.Scan(folder, seen=seen, with_marks=marks, known=asked)


def _told(scan: Scan, *, teller: Teller, jobs: int | None) -> list[Row]:
    """Every row, told as it comes; what was seen is kept however the scan ends."""
    from foundation.terminal import progress

    rows: list[Row] = []
    with scan, progress("Scanning", total=len(scan.paths)) as steps:
        for row in scan.rows(jobs=jobs):
            rows.append(row)
            teller.row(row)
            steps.at(len(rows), what=Path(row.file).name)
    teller.end(rows)
    return rows
