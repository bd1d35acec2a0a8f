"""The rows of a scan as a table, as CSV, and as the list of files to set aside."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from foundation.terminal import Exit, emit_json, say, table
from probity_cli.scan.looking import Outcome, Row

COLUMNS = ("file", "outcome", "sha256", "bytes", "media_type", "verdict", "ai_use", "llr", "verbal",
           "marks", "failed", "sentence")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Teller(Protocol):
    """Puts rows on stdout in one form."""

    def row(self, row: Row) -> None:
        """One row, as soon as it is there."""

    def end(self, rows: Sequence[Row]) -> None:
        """All rows, at the end."""


class Table:
    """For people: at the end, what to look at and what could not be read."""

    def row(self, row: Row) -> None:
        """Nothing yet."""

    def end(self, rows: Sequence[Row]) -> None:
        """The table."""
        wanted = [row for row in rows if row.outcome in (Outcome.LOOK, Outcome.UNREADABLE)]
        if wanted:
            told = [(row.file, row.outcome.value, _why(row)) for row in wanted]
            table(("file", "outcome", "why"), told)


class Json:
    """One object a line."""

    def row(self, row: Row) -> None:
        """One line."""
        emit_json(row.to_dict())

    def end(self, rows: Sequence[Row]) -> None:
        """Nothing more."""


class Csv:
    """RFC 4180 with a header; what a spreadsheet would run as a formula gets a quote before it."""

    def __init__(self) -> None:
        self._writer = csv.writer(sys.stdout)
        self._writer.writerow(COLUMNS)

    def row(self, row: Row) -> None:
        """One record."""
        values = row.to_dict()
        self._writer.writerow([_cell(values[name]) for name in COLUMNS])

    def end(self, rows: Sequence[Row]) -> None:
        """Nothing more."""


def teller(*, as_json: bool, as_csv: bool) -> Teller:
    """The form that was asked for."""
    return Json() if as_json else Csv() if as_csv else Table()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return _cell("; ".join(str(each) for each in value))
    if value is None or isinstance(value, int | float):
        return "" if value is None else str(value)
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_quarantine(place: Path, rows: Sequence[Row]) -> None:
    """Write the files to look at in the form of ``sha256sum``.

    A name with a line break or a backslash is written the way that tool does: escaped, with a
    backslash before the digest.
    """
    lines = []
    for row in (row for row in rows if row.outcome is Outcome.LOOK):
        name = os.fsencode(Path(row.file).absolute())
        odd = any(byte in name for byte in b"\\\n\r")
        escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
        digest = (row.sha256 or "").encode()
        lines.append((b"\\" if odd else b"") + digest + b"  " + escaped + b"\n")
    place.write_bytes(b"".join(lines))
    say(f"{place} lists {len(lines)} files.")


def _why(row: Row) -> str:
    reasons = [f"{reason.source}: {reason.sentence}" for reason in row.reasons]
    return "\n".join(reasons) or row.sentence


def exit_status(rows: Sequence[Row], *, troubles: Sequence[str]) -> int:
    """1 something to look at, else 2 something not read, else 0."""
    outcomes = {row.outcome for row in rows}
    if Outcome.LOOK in outcomes:
        return int(Exit.NEGATIVE)
    return int(Exit.USAGE if troubles or Outcome.UNREADABLE in outcomes else Exit.OK)


def summarise(rows: Sequence[Row], *, resumed: int, troubles: Sequence[str]) -> None:
    """What was seen, in a line or two for people, on stderr."""
    for trouble in troubles:
        say(trouble)
    counts = Counter(row.outcome for row in rows)
    marked = sum(1 for row in rows if row.marks and row.outcome is Outcome.NOTHING)
    parts = [
        f"{len(rows)} files",
        f"{counts[Outcome.LOOK]} to look at",
        f"{counts[Outcome.NOTHING]} in which nothing was found",
        f"{counts[Outcome.UNREADABLE]} unreadable",
        f"{counts[Outcome.NOT_MEDIA]} that are no media",
    ]
    if resumed:
        parts.append(f"{resumed} of them known from an earlier scan")
    say(", ".join(parts) + ".")
    if marked:
        say(
            f"Detectors without calibration marked places in {marked} more; --marks counts them "
            "as something to look at."
        )
