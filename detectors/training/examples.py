"""Examples on disk: arrays in shards, made once; a second run goes on where the first one stopped.

A shard is an ``.npz`` with ``data`` (n, ...) and ``rows`` (JSON, one object an example). Its name
is a digest of everything that decides what is in it: another recipe makes other shards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is known of an example. ``sha256`` is the file it comes from, ``source`` and
    ``generator`` what it is left out with; ``made`` tells self-made fakes; ``bin`` is what both
    classes are drawn alike in."""

    sha256: str
    fake: bool
    source: str
    generator: str
    bin: int
    made: bool = False


@dataclass(frozen=True, kw_only=True)
class Examples:
    """``data`` (N, ...) and one row each."""

    data: Array
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)


Pair = tuple[Array, Row]
"""One example and what is known of it."""


def shard(folder: Path, *, key: Sequence[Any], make: Callable[[], Iterable[Pair]]) -> Path:
    """The shard of this key, made unless it is there. Empty shards are kept too."""
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32]
    path = folder / f"{name}.npz"
    if path.is_file():
        return path
    pairs = list(make())
    data = np.stack([array for array, _ in pairs]) if pairs else np.zeros(0, dtype=np.uint8)
    rows = json.dumps([asdict(row) for _, row in pairs])
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft.npz")
    np.savez(draft, data=data, rows=np.array(rows))
    draft.replace(path)
    return path


def load(shards: Iterable[Path]) -> Examples:
    """All examples of some shards, in their order."""
    arrays, rows = [], list[Row]()
    for path in shards:
        with np.load(path, allow_pickle=False) as file:
            found = [Row(**row) for row in json.loads(str(file["rows"]))]
            if found:
                arrays.append(file["data"])
                rows += found
    data = np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.uint8)
    return Examples(data=data, rows=tuple(rows))
