"""What was measured on this machine: the best way to run each network, and what it once refused.

One JSON file for each network, weights and device under ``runtimes/`` of the state folder. A file
that cannot be read counts as absent; then the plainest way is used.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from detectors.runtimes.network import Choice
from detectors.runtimes.sources import Source
from foundation.home import home

PLAIN_BATCH = {"cpu": 8, "cuda": 32}
"""Items at once where nothing was measured."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement. ``items_per_second`` is 0 where the way could not be used; ``note`` says
    why."""

    choice: Choice
    batch: int
    items_per_second: float
    difference: float
    warm_seconds: float
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """The way that was chosen, with the size of batch that was best, and all that was measured.

    ``most`` is the largest batch that memory allowed since; None where it never ran out.
    """

    name: str
    device_name: str
    choice: Choice
    batch: int
    items_per_second: float
    difference: float
    measured: str = ""
    rows: tuple[Row, ...] = ()
    most: int | None = None

    @property
    def size(self) -> int:
        """Items at once from now on."""
        return min(self.batch, self.most or self.batch)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)


def plain(source: Source, *, device: str) -> Record:
    """What is used where nothing was measured."""
    return Record(
        name=source.name,
        device_name="",
        choice=source.plain(device),
        batch=PLAIN_BATCH[device.partition(":")[0]],
        items_per_second=0.0,
        difference=0.0,
    )


def known(source: Source, *, device: str) -> Record:
    """What was measured for a network on a device, or :func:`plain`."""
    try:
        body = json.loads(_place(source.name, device).read_text(encoding="utf-8"))
        rows = tuple(Row(**{**row, "choice": Choice(**row["choice"])}) for row in body["rows"])
        record = Record(**{**body, "choice": Choice(**body["choice"]), "rows": rows})
    except (OSError, ValueError, TypeError, KeyError):
        return plain(source, device=device)
    return record if record.batch >= 1 and record.name == source.name else plain(
        source, device=device
    )  # fmt: skip


def keep(record: Record, *, device: str) -> Path:
    """Write it, whole or not at all."""
    path = _place(record.name, device)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".arriving-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(record.to_dict(), file, indent=1)
    Path(name).replace(path)
    return path


def remember_most(source: Source, most: int, *, device: str) -> Record:
    """After memory ran out: never again more items at once than ``most``."""
    record = known(source, device=device)
    record = replace(record, most=min(most, record.most or most))
    with suppress(OSError):  # then it is remembered for as long as this process lives
        keep(record, device=device)
    return record


def _place(name: str, device: str) -> Path:
    words = re.sub(r"[^a-z0-9.]+", "-", f"{name}-{device}".lower())
    return home() / "runtimes" / f"{words}.json"
