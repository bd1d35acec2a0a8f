"""The erasure ledger: which things were destroyed, kept outside the database and never shortened.

One line of JSON per thing destroyed, each holding the hash of the line before (the chain's own
format, foundation.chain): ids and digests only. A backup brings back rows that were destroyed after
it was taken; the ledger, which is not part of it, says which, so that they can be destroyed again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from foundation import chain as links
from probity.core.clock import now

CHAIN = "erasures"
BEGINNING = "erased."
LOOK = 1 << 16


@dataclass(frozen=True)
class Erased:
    """One line: a thing of a kind (asset, item, report, uploader, unnamed, note, notes, export,
    request) that was destroyed. ``unnamed``: what an uploader without a known account said in a
    case; ``notes``: all notes on a case, ``note``: one."""

    seq: int
    at: datetime
    kind: str
    id: str
    case: str
    why: str


@dataclass(frozen=True)
class Ledger:
    """The lines in order; ``sound`` is False where one was altered, removed or put in."""

    lines: list[Erased]
    sound: bool
    sentence: str


def ledger_path() -> Path:
    """Where it lies."""
    path = Path(settings.ERASURE_LEDGER)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def ledger_append(*, kind: str, id: str, case: str, why: str) -> None:  # noqa: A002
    """Add a line and flush it to disk. Raises OSError; then nothing may be destroyed."""
    descriptor = os.open(ledger_path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        last, torn = _end(handle)
        body = links.Event(
            chain=CHAIN, seq=last.events + 1, name=BEGINNING + kind, at=links.timestamp(now()),
            actor="system", payload={"id": id, "case": case, "why": why}, prev=last.hash,
        )  # fmt: skip
        line = json.dumps(replace(body, hash=links.event_hash(body)).to_dict(), sort_keys=True)
        handle.seek(0, os.SEEK_END)
        handle.write(b"\n" * torn + line.encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def ledger_read() -> Ledger:
    """Every line, and whether the chain holds. A line cut off by a crash was never committed."""
    path = ledger_path()
    events = list(_events(path.read_bytes() if path.exists() else b""))
    verdict = links.verify(CHAIN, events)
    whole = events if verdict.intact else events[: (verdict.place or 1) - 1]
    return Ledger([_erased(event) for event in whole], verdict.intact, verdict.sentence)


def _end(handle: BinaryIO) -> tuple[links.Head, bool]:
    """Where the chain ends, and whether a crash tore the last line; most files need one look."""
    size = handle.seek(0, os.SEEK_END)
    for look in (LOOK, size):
        handle.seek(max(0, size - look))
        tail = handle.read()
        found = list(_events(tail))
        if found:
            head = links.Head(events=found[-1].seq, hash=found[-1].hash)
            return head, not tail.endswith(b"\n")
    return links.Head(events=0, hash=links.genesis(CHAIN)), size > 0


def _events(text: bytes) -> Iterator[links.Event]:
    """The readable lines; one that a crash tore is followed by the next whole one."""
    for line in text.splitlines():
        try:
            yield links.Event.from_dict(json.loads(line))
        except (ValueError, TypeError, links.EventUnreadable):
            continue


def _erased(event: links.Event) -> Erased:
    said = {name: str(event.payload.get(name, "")) for name in ("id", "case", "why")}
    at = datetime.fromisoformat(event.at)
    return Erased(seq=event.seq, at=at, kind=event.name.removeprefix(BEGINNING), **said)
