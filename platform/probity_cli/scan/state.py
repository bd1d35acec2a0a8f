"""What a scan has already seen, so that it can go on after it was stopped.

A file of JSON lines: the first names the versions of everything that was asked, each other one a
file with its size and time of change, and its row. A line that was being written when the power
went is left out. Other versions make the whole state stale.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from detectors import registry
from foundation.home import home
from probity_cli.scan.looking import Outcome, Row
from provenance import trust

FORMAT = 1


def default_place(folder: Path) -> Path:
    """Where the state of a folder lies unless the caller names a file."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return home() / "scans" / f"{name}.jsonl"


def versions(*, with_marks: bool, bank: str = "") -> dict[str, Any]:
    """Everything whose change makes an old row stale."""
    cards = {entry.card.id: entry.card.version for entry in registry.usable() if entry.card}
    lists = {known.name: known.sha256 for known in trust.load().lists}
    asked: dict[str, Any] = {"detectors": cards, "lists": lists, "marks": with_marks}
    if bank:
        asked["bank"] = bank
    text = json.dumps(asked, sort_keys=True)
    return {"probity-scan": FORMAT, "versions": hashlib.sha256(text.encode()).hexdigest()}


class State:
    """Rows of files that have not changed since."""

    def __init__(self, place: Path, *, header: dict[str, Any]) -> None:
        self._place = place
        self._header = header
        self._rows: dict[str, tuple[list[int], Row]] = {}
        self._file: TextIO | None = None

    def load(self) -> None:
        """Read what an earlier scan with the same versions left."""
        with suppress(FileNotFoundError), self._place.open(encoding="utf-8") as lines:
            if _read(lines.readline()) != self._header:
                return
            for line in lines:
                with suppress(KeyError, TypeError, ValueError):
                    entry = json.loads(line)
                    row = Row.from_dict(entry["row"])
                    self._rows[row.file] = (entry["stamp"], row)

    def known(self, path: Path) -> Row | None:
        """The row of a file that is as it was; None for one to look at."""
        found = self._rows.get(str(path))
        return found[1] if found and found[0] == _stamp(path) else None

    def keep(self, path: Path, row: Row) -> None:
        """Remember a row, on the disk at once. What could not be read is tried again next time."""
        if row.outcome is Outcome.UNREADABLE:
            return
        out, stamp = self._out(), _stamp(path)
        self._rows[row.file] = (stamp, row)
        out.write(_line({"stamp": stamp, "row": row.to_dict()}))
        out.flush()

    def close(self, *, seen: Iterable[str] | None) -> None:
        """Let go of the file. ``seen``: after a whole scan, forget every other file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if seen is None:
            return
        self._place.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._place.with_name(f"{self._place.name}.new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(_line(self._header))
            for name in seen:
                if name in self._rows:
                    stamp, row = self._rows[name]
                    out.write(_line({"stamp": stamp, "row": row.to_dict()}))
        fresh.replace(self._place)

    def _out(self) -> TextIO:
        if self._file is None:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._place.open("w", encoding="utf-8")
            self._file.write(_line(self._header))
            for stamp, row in self._rows.values():
                self._file.write(_line({"stamp": stamp, "row": row.to_dict()}))
        return self._file


def _stamp(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _read(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _line(value: dict[str, Any]) -> str:
    # names that are no UTF-8 come as lone surrogates; as escapes they survive
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"
