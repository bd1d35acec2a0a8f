"""The walk: which files there are, and a row for each, on all cores and in order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from foundation.batch import each
from probity_cli.scan.known import KnownHashes
from probity_cli.scan.looking import Row, look
from probity_cli.scan.state import State


class Scan:
    """One scan of one folder; inside ``with``, what was seen is kept however it ends.

    ``troubles`` are sentences about folders that could not be opened, ``resumed`` counts the files
    that were known from before.
    """

    def __init__(
        self, folder: Path, *, seen: State, with_marks: bool, known: KnownHashes | None = None
    ) -> None:
        self.troubles: list[str] = []
        self.resumed = 0
        self.paths = list(self._files(folder))
        self._seen = seen
        self._with_marks = with_marks
        self._known = known
        self._done: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        whole = len(self._done) == len(self.paths)
        self._seen.close(seen=self._done if whole else None)

    def rows(self, *, jobs: int | None) -> Iterator[Row]:
        """Every file's row in the order of the names; new ones are kept as they come."""
        for outcome in each(self.paths, self._row, workers=jobs):
            if outcome.refusal is not None:
                raise outcome.refusal
            if outcome.answer is None:
                continue
            row, known = outcome.answer
            self.resumed += known
            if not known:
                self._seen.keep(outcome.path, row)
            self._done.append(row.file)
            yield row

    def _row(self, path: Path) -> tuple[Row, bool]:
        known = self._seen.known(path)
        if known is not None:
            return known, True
        return look(path, with_marks=self._with_marks, known=self._known), False

    def _files(self, folder: Path) -> Iterator[Path]:
        """All regular files, sorted; links are not followed."""
        for place, folders, names in os.walk(folder, onerror=self._note):
            folders.sort()
            for name in sorted(names):
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    yield path

    def _note(self, error: OSError) -> None:
        self.troubles.append(f"{error.filename} could not be opened: {error.strerror}.")
