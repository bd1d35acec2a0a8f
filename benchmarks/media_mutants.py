"""Damaged media: 10,000 mutants of every kind, probed and decoded as detectors ask for it.

None may end the confined process, hang it, or fail in a way that nobody foresaw; and neither that
process nor this one may grow or keep files open.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import media_seeds
from benchmarks.figures import Figure, keep

COUNT = 10_000
SEED = 20261121
SLOWEST_SECONDS = 20.0
PAGE = os.sysconf("SC_PAGE_SIZE")
MANY = 20
MOST_GROWTH = 32 * 2**20
"""Bytes that the resident memory of a process may differ between its middle and its end."""


def main() -> list[Figure]:
    """All mutants; the exit status says whether one did what none may do."""
    seeds = {**media_seeds.drawn(), **media_seeds.shared()}
    report = run(seeds, count=COUNT)
    for line in report.lines():
        print(f"media_mutants: {line}")
    read = sum(report.outcomes.values())
    figures = [
        Figure("mutants decoded or refused, none ending its process", read - len(report.deaths),
               read, "files", "all mutants", "higher"),
        Figure("resident memory of the confined process at its end", report.child_end,
               report.child_middle, "bytes", "the same process at its middle", "lower"),
        Figure("resident memory of this process at the end", report.own_end, report.own_middle,
               "bytes", "this process at the middle", "lower"),
    ]  # fmt: skip
    keep("media_mutants", figures)
    if report.deaths or report.leaks():
        raise SystemExit(f"media_mutants: {report.deaths} {report.leaks()}")
    return figures


@dataclass
class Report:
    """What became of the mutants. Memory in bytes."""

    outcomes: Counter[str] = field(default_factory=Counter)
    deaths: list[str] = field(default_factory=list)
    slowest: float = 0.0
    own: list[int] = field(default_factory=list)
    kept: dict[str, tuple[int, int]] = field(default_factory=dict)
    children: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def own_middle(self) -> float:
        return _median(self.own, 1 / 4, 1 / 2)

    @property
    def own_end(self) -> float:
        return _median(self.own, 3 / 4, 1)

    @property
    def child_middle(self) -> float:
        return statistics.median(_median(sizes, 1 / 4, 1 / 2) for sizes in self._sizes())

    @property
    def child_end(self) -> float:
        return statistics.median(_median(sizes, 3 / 4, 1) for sizes in self._sizes())

    def _sizes(self) -> list[list[int]]:
        """Of the children that saw many files; all of them where none did."""
        every = [[size for size, _ in seen] for seen in self.children.values()]
        return [sizes for sizes in every if len(sizes) >= MANY] or every

    def leaks(self) -> list[str]:
        """What grew or stayed open, in words."""
        found = [f"{name}: {before} before, {after} after"
                 for name, (before, after) in self.kept.items() if after > before]  # fmt: skip
        for seen in self.children.values():
            files = [count for _, count in seen]
            if files[-1] > files[0]:
                found.append(f"files open in the child: {files[0]} before, {files[-1]} after")
        if self.own_end - self.own_middle > MOST_GROWTH:
            found.append(f"this process grew by {self.own_end - self.own_middle:,.0f} bytes")
        if self.child_end - self.child_middle > MOST_GROWTH:
            found.append(f"the child grew by {self.child_end - self.child_middle:,.0f} bytes")
        return found

    def lines(self) -> Iterator[str]:
        """For people."""
        for name, count in sorted(self.outcomes.items()):
            yield f"{count} {name}"
        yield f"{len(self.children)} confined processes, slowest file {self.slowest:.2f} s"
        sizes = f"{self.child_middle:,.0f} bytes at its middle, {self.child_end:,.0f} at its end"
        yield f"confined process: {sizes}"
        yield f"{len(self.deaths)} ended their process; leaks: {self.leaks() or 'none'}"
        yield from self.deaths


def _median(values: list[int], start: float, end: float) -> float:
    """The median of a part of the values, in the order in which they came."""
    first = int(len(values) * start)
    return statistics.median(values[first : max(first + 1, int(len(values) * end))])


def run(seeds: dict[str, bytes], *, count: int, chance: random.Random | None = None) -> Report:
    """Make and read ``count`` mutants of the seeds."""
    from foundation import child

    report = Report()
    child.isolation()  # what is made once for the life of this process is there from now on
    before = _held()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutant"
        for name, kind, data in mutants(seeds, count=count, chance=chance or random.Random(SEED)):
            path.write_bytes(data)
            begun = time.monotonic()
            outcome = _read(path, report)
            report.slowest = max(report.slowest, time.monotonic() - begun)
            report.outcomes[outcome] += 1
            if outcome.startswith("child"):
                report.deaths.append(f"{name} ({kind}): {outcome}")
            report.own.append(resident())
    after = _held()
    report.kept = {name: (before[name], after[name]) for name in before}
    return report


def _read(path: Path, report: Report) -> str:
    """Probe and decode; the outcome in a word or two."""
    from foundation import child
    from foundation.errors import Refusal
    from foundation.media import inspect

    limits = child.Limits(cpu_seconds=60, wall_seconds=60)
    try:
        probe = inspect(path)
        payload = {"path": os.fsencode(path), "probe": probe.to_dict()}
        answer = child.call("benchmarks.media_mutants:decode", payload, limits=limits)
    except Refusal as refusal:
        return refusal.code
    report.children.setdefault(answer["pid"], []).append((answer["resident"], answer["files"]))
    return "decoded" if answer["troubles"] == 0 else "decoded in part"


def decode(payload: dict[str, Any]) -> dict[str, int]:
    """In the child: everything that a detector may ask for."""
    from detectors.api import Abstain, DecodingFailed
    from detectors.card import AudioNeed, FrameNeed, Needs
    from detectors.sample import SharedSample
    from foundation.media import Probe

    probe = Probe.from_dict(payload["probe"])
    path = Path(os.fsdecode(payload["path"]))
    needs = Needs(
        raw=True, pixels=True, jpeg_luma=True, packets=True,
        frames=FrameNeed(fps=5, height=64, max_seconds=60),
        audio=AudioNeed(rate=16_000, max_seconds=600),
    )  # fmt: skip
    view = SharedSample(path=path, probe=probe, needs=[needs]).view(needs=needs, resources={})
    troubles = 0
    for name in _ASKED[probe.kind] if probe.decodable else ():
        try:
            answer = getattr(view, name)()
            if name == "audio_blocks":
                deque(answer, maxlen=0)
        except (Abstain, DecodingFailed):
            troubles += 1
    del view
    gc.collect()
    return {"troubles": troubles, "pid": os.getpid(), "resident": resident(), "files": files()}


_ASKED = {
    "image": ("raw", "pixels", "jpeg_luma", "frames"),
    "video": ("raw", "packets", "frames", "audio_blocks"),
    "audio": ("raw", "audio", "audio_blocks"),
    "document": ("raw",),
}
"""What a detector may ask of each kind."""


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def files() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _held() -> dict[str, int]:
    """Counts of what this process keeps, with no child alive."""
    from foundation import child

    child.shutdown()
    scratch = len(list(Path(tempfile.gettempdir()).glob(f"probity-child-*-{os.getpid()}-*")))
    return {"files open": files(), "threads": threading.active_count(), "scratch": scratch}


def mutants(
    seeds: dict[str, bytes], *, count: int, chance: random.Random
) -> Iterator[tuple[str, str, bytes]]:
    """Name of the seed, kind of damage, and the damaged bytes."""
    names = sorted(seeds)
    for number in range(count):
        name = chance.choice(names)
        kind, change = KINDS[number % len(KINDS)]
        yield name, kind, change(bytearray(seeds[name]), chance)


def _flipped(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 9)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _headed(data: bytearray, chance: random.Random) -> bytes:
    """Other bytes near the start, where sizes and counts are."""
    for _ in range(chance.randrange(1, 5)):
        data[chance.randrange(4, min(300, len(data)))] = chance.randrange(256)
    return bytes(data)


def _inflated(data: bytearray, chance: random.Random) -> bytes:
    """A size field that says far too much, far too little, or less than nothing."""
    at = chance.randrange(4, max(5, len(data) - 8))
    data[at : at + 4] = chance.choice(
        [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4), b"\x80\0\0\0"]
    )
    return bytes(data)


def _emptied(data: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    length = chance.randrange(1, 2000)
    data[at : at + length] = bytes(min(length, len(data) - at))
    return bytes(data)


def _cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(16, len(data))])


def _doubled(data: bytearray, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randrange(1, 4000)
    return bytes(data[:at] + data[at : at + length] * 2 + data[at + length :])


def _shuffled(data: bytearray, chance: random.Random) -> bytes:
    """Two pieces change places."""
    length = max(1, min(512, len(data) // 4))
    first = chance.randrange(0, len(data) // 2 - length + 1)
    second = chance.randrange(len(data) // 2, len(data) - length + 1)
    one, two = data[first : first + length], data[second : second + length]
    data[first : first + length], data[second : second + length] = two, one
    return bytes(data)


KINDS: tuple[tuple[str, Callable[[bytearray, random.Random], bytes]], ...] = (
    ("bits", _flipped),
    ("header", _headed),
    ("size", _inflated),
    ("zeros", _emptied),
    ("cut", _cut),
    ("twice", _doubled),
    ("swapped", _shuffled),
)
