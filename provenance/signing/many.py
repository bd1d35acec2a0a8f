"""Signing many works into a folder: on all cores, and so that it may stop at any moment.

A journal in the output folder says what was begun and what was done, one line each. A work is
written whole or not at all, so after a break only what has no ``done`` line is signed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundation.batch import Outcome as Answered
from foundation.batch import in_order
from foundation.errors import Refusal
from provenance.signing.api import SignedWork, Work
from provenance.signing.errors import OutputRefused
from provenance.signing.marking import Mark
from provenance.signing.works import Signer, sign

JOURNAL = ".probity-signed.jsonl"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A file and where its signed work shall lie."""

    path: Path
    out: Path


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file: signed, signed before (``sha256`` of the output), or refused."""

    task: Task
    signed: SignedWork | None = None
    before: str | None = None
    refusal: Refusal | None = None

    def to_dict(self) -> dict[str, Any]:
        """One line of a report."""
        told: dict[str, Any] = {"file": str(self.task.path), "output": str(self.task.out)}
        if self.refusal is not None:
            return {**told, "outcome": "refused", "error": self.refusal.to_dict()}
        if self.signed is None:
            return {**told, "outcome": "signed_before", "sha256": self.before}
        return {**told, "outcome": "signed", **self.signed.to_dict()}


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How all of them are signed."""

    signer: Signer
    work: Work
    sidecar: bool = False
    mark: Mark | None = None
    time_stamp_url: str | None = None
    overwrite: bool = False

    @property
    def digest(self) -> str:
        """The same for the same choices; a key is named by its public digest only."""
        told = {
            "certificate": self.signer.identity.sha256,
            "work": {key: str(value) for key, value in asdict(self.work).items()},
            "sidecar": self.sidecar,
            "mark": hashlib.sha256(self.mark.key).hexdigest() if self.mark else None,
            "stamped": self.time_stamp_url is not None,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def tasks(given: Iterable[Path], out: Path) -> list[Task]:
    """The files below ``given`` (files and folders) with their places in the folder ``out``.

    Hidden files, sidecars and what lies in ``out`` itself are left out. Raises OutputRefused when
    two files would have the same name there.
    """
    found: list[Task] = []
    for path in given:
        if not path.is_dir():
            found.append(Task(path=path, out=out / path.name))
            continue
        for inner in sorted(path.rglob("*")):
            place = inner.relative_to(path)
            hidden = any(part.startswith(".") for part in place.parts)
            if (
                inner.is_file()
                and not hidden
                and inner.suffix != ".c2pa"
                and out not in inner.parents
            ):
                found.append(Task(path=inner, out=out / place))
    places = [task.out for task in found]
    doubled = next((place for place in places if places.count(place) > 1), None)
    if doubled is not None:
        raise OutputRefused(f"Two files would both become {doubled}; sign them into two folders.")
    return found


def sign_many(
    listed: Iterable[Task], folder: Path, choices: Choices, *, workers: int | None = None
) -> Iterator[Outcome]:
    """Sign every task, in order; refusals are part of their outcome. Raises OutputRefused when the
    folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder / JOURNAL, choices.digest)
    except OSError as error:
        raise OutputRefused(f"{folder} cannot be written: {error.strerror}.") from error

    def run(task: Task) -> list[Answered[Outcome]]:
        return [Answered(path=task.path, answer=_one(task, folder, choices, journal))]

    for answered in in_order(listed, run, workers=workers):
        if answered.answer is not None:
            yield answered.answer


def _one(task: Task, folder: Path, choices: Choices, journal: Journal) -> Outcome:
    try:
        source = _digest(task.path)
        place = str(task.out.relative_to(folder))
        done = journal.done(place, source)
        if done is not None and task.out.is_file() and _digest(task.out) == done:
            return Outcome(task=task, before=done)
        ours = journal.begun(place, source)
        overwrite = choices.overwrite or ours
        if not task.out.exists() or overwrite:
            journal.begin(place, source)
        task.out.parent.mkdir(parents=True, exist_ok=True)
        signed = sign(
            task.path,
            task.out,
            signer=choices.signer,
            work=choices.work,
            sidecar=choices.sidecar,
            mark=choices.mark,
            time_stamp_url=choices.time_stamp_url,
            overwrite=overwrite,
        )
        journal.finish(place, source, signed.sha256)
    except Refusal as refusal:
        return Outcome(task=task, refusal=refusal)
    except OSError as error:
        sentence = f"{task.path} cannot be signed to {task.out}: {error.strerror}."
        return Outcome(task=task, refusal=OutputRefused(sentence))
    return Outcome(task=task, signed=signed)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Journal:
    """What was begun and done with the same choices; a torn last line is ignored."""

    def __init__(self, path: Path, choices: str) -> None:
        self._path = path
        self._choices = choices
        self._lock = threading.Lock()
        self._begun: set[tuple[str, str]] = set()
        self._done: dict[tuple[str, str], str] = {}
        torn = self._read()
        if torn:
            self._append("")

    def _read(self) -> bool:
        if not self._path.exists():
            return False
        text = self._path.read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                key = (entry["output"], entry["source"])
                chosen = entry["choices"] == self._choices
            except (ValueError, KeyError, TypeError):
                continue
            self._begun.add(key)
            if "sha256" in entry and chosen:
                self._done[key] = entry["sha256"]
            elif "sha256" in entry:
                self._begun.discard(key)
        return bool(text) and not text.endswith("\n")

    def done(self, place: str, source: str) -> str | None:
        """The digest of the output that was made of ``source`` with these choices."""
        return self._done.get((place, source))

    def begun(self, place: str, source: str) -> bool:
        """Whether the output's place is ours: it was free when signing this source began."""
        return (place, source) in self._begun

    def begin(self, place: str, source: str) -> None:
        self._write({"output": place, "source": source})

    def finish(self, place: str, source: str, sha256: str) -> None:
        self._write({"output": place, "source": source, "sha256": sha256})

    def _write(self, entry: dict[str, str]) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._append(json.dumps({**entry, "choices": self._choices, "at": at}))

    def _append(self, line: str) -> None:
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
