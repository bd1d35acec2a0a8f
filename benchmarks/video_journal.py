"""What became of each damaged video, one line a file, and what follows from all of them."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.video_seeds import CONTAINERS as CODED

CONTAINERS = (*CODED, "gif")
ODD = "odd"
MANY = 20
MOST_GROWTH = 64 * 2**20
"""Bytes that a confined process may differ between the second and the last quarter of its files:
two more sizes of buffers that the decoder keeps."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One file. ``children``: resident bytes and open files of each confined process by its id."""

    container: str
    name: str
    kind: str
    outcome: str
    troubles: list[str]
    seconds: float
    own: int
    children: Mapping[str, tuple[int, int]]


def identity(seeds: Mapping[str, bytes], count: int, seed: int) -> str:
    """Names the set of files: two runs with the same one damage the same bytes alike."""
    known = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(seeds.items())}
    return hashlib.sha256(json.dumps([known, count, seed]).encode()).hexdigest()[:16]


class Journal:
    """The looks so far, kept in ``path`` as they come; None keeps them in memory alone.

    A journal of other files, or of a run that came to its end, is begun anew; files that made
    trouble are looked at again.
    """

    def __init__(self, path: Path | None, *, identity: str = "") -> None:
        self._path = path
        self.looks: list[Look] = []
        if path is None:
            return
        path.parent.mkdir(exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        head = {"files": identity}
        if lines and json.loads(lines[0]) == head and json.loads(lines[-1]) != {"end": True}:
            known = [Look(**json.loads(line)) for line in lines[1:]]
            self.looks = [look for look in known if not look.troubles]
        else:
            path.write_text(json.dumps(head) + "\n", encoding="utf-8")

    def knows(self, container: str, name: str) -> bool:
        """Whether this file was answered already."""
        return any((one.container, one.name) == (container, name) for one in self.looks)

    def add(self, look: Look) -> None:
        """Write it down at once."""
        self.looks.append(look)
        self._line(asdict(look))

    def close(self) -> None:
        """The run came to its end; the next one begins anew."""
        self._line({"end": True})

    def _line(self, body: Mapping[str, object]) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(body) + "\n")

    @property
    def answered(self) -> int:
        """Files without trouble."""
        return sum(not look.troubles for look in self.looks)

    def said(self) -> str:
        """How far it is, in a line."""
        spent = sum(look.seconds for look in self.looks)
        return f"{len(self.looks)} files, {len(self.looks) - self.answered} troubles, {spent:.0f} s"

    def growth(self) -> list[str]:
        """Whether confined processes grew, or kept files open, in words.

        Freed pages are kept for a while, so one process swings by what a large file takes; what
        counts is the median over all of them.
        """
        found, grown = [], []
        for pid, seen in self._seen().items():
            early, late = _quarters([size for size, _ in seen])
            grown.append(late - early)
            first, last = _quarters([files for _, files in seen])
            if last > first:
                found.append(f"confined process {pid}: {first:.0f} files open, then {last:.0f}")
        if grown and statistics.median(grown) > MOST_GROWTH:
            found.append(f"confined processes grew by {statistics.median(grown):,.0f} bytes")
        return found

    def memory(self) -> list[Figure]:
        """Resident memory late against early; nothing where no process saw enough files."""
        sizes = [_quarters([size for size, _ in seen]) for seen in self._seen().values()]
        own = _quarters([look.own for look in self.looks])
        figures = [
            Figure("resident memory of this process at the end", own[1], own[0], "bytes",
                   "this process early on", "lower")
        ]  # fmt: skip
        if sizes:
            early, late = (statistics.median(column) for column in zip(*sizes, strict=True))
            figures.append(
                Figure("resident memory of the confined process at its end", late, early, "bytes",
                       "the same process early on", "lower")
            )  # fmt: skip
        return figures

    def _seen(self) -> dict[str, list[tuple[int, int]]]:
        """Sizes by process, of those that saw many files."""
        found: dict[str, list[tuple[int, int]]] = {}
        for look in self.looks:
            for pid, pair in look.children.items():
                found.setdefault(pid, []).append((pair[0], pair[1]))
        return {pid: seen for pid, seen in found.items() if len(seen) >= MANY}


def table(looks: Sequence[Look]) -> Iterator[str]:
    """A row a container: what became of its files, and its slowest."""
    outcomes = sorted({look.outcome for look in looks})
    yield " | ".join(["container", "files", *outcomes, "troubles", "slowest s"])
    for container in (*CONTAINERS, ODD):
        rows = [look for look in looks if look.container == container]
        if not rows:
            continue
        counts = Counter(look.outcome for look in rows)
        troubles = sum(bool(look.troubles) for look in rows)
        cells = [len(rows), *(counts[one] for one in outcomes), troubles]
        slowest = max(look.seconds for look in rows)
        yield " | ".join([container, *map(str, cells), f"{slowest:.1f}"])


def _quarters(values: Sequence[int]) -> tuple[float, float]:
    """Medians of the second and of the last quarter."""
    quarter = max(1, len(values) // 4)
    early = values[quarter : 2 * quarter] or values
    return statistics.median(early), statistics.median(values[-quarter:])
