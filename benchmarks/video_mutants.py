"""Damaged and odd video through the whole analysis: 300 mutants of every container, each looked at
by every installed video detector as the product would.

None may end the confined process, hang it, or make a detector stop with an error of its own:
abstaining, and saying that a file is damaged, are answers.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import media_mutants, video_seeds
from benchmarks.figures import Figure, keep

COUNT = 300
SEED = 20261122
HARMLESS = ("decoding",)
"""Causes of failed findings that are an answer."""


@dataclass
class Report:
    """What became of the files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def read(self) -> int:
        """How many files there were."""
        return sum(self.outcomes.values())

    def lines(self) -> Iterator[str]:
        """For people."""
        for name, count in sorted(self.outcomes.items()):
            yield f"{count} {name}"
        yield f"slowest file {self.slowest:.2f} s; {len(self.troubles)} troubles"
        yield from self.troubles


def main() -> list[Figure]:
    """All mutants and odd files; the exit status says whether one did what none may do."""
    report = Report()
    given = video_seeds.pictures()
    with tempfile.TemporaryDirectory() as folder:
        for path in video_seeds.odd(given, folder=Path(folder)):
            look(path, report, name=path.name)
    run(video_seeds.seeds(given), count=COUNT, chance=random.Random(SEED), report=report)
    for line in report.lines():
        print(f"video_mutants: {line}")
    figures = [
        Figure("damaged and odd videos answered", report.read - len(report.troubles), report.read,
               "files", "all files", "higher"),
    ]  # fmt: skip
    keep("video_mutants", figures)
    if report.troubles:
        raise SystemExit(f"video_mutants: {len(report.troubles)} troubles")
    return figures


def run(seeds: dict[str, bytes], *, count: int, chance: random.Random, report: Report) -> Report:
    """``count`` mutants of each seed."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix, data in seeds.items():
            path = Path(folder) / f"mutant.{suffix}"
            mutants = media_mutants.mutants({suffix: data}, count=count, chance=chance)
            for number, (_, kind, changed) in enumerate(mutants):
                path.write_bytes(changed)
                look(path, report, name=f"{suffix} {number} ({kind})")
    return report


def look(path: Path, report: Report, *, name: str) -> None:
    """One file through the product."""
    from detectors.api import Status
    from detectors.registry import usable
    from detectors.runner import analyse
    from foundation.errors import Refusal
    from foundation.media import inspect

    only = [entry.id for entry in usable() if entry.card and entry.card.modality == "video"]
    begun = time.monotonic()
    try:
        found = analyse(path, probe=inspect(path), only=only).findings
    except Refusal as refusal:
        report.outcomes[refusal.code] += 1
        if refusal.code.startswith("child"):
            report.troubles.append(f"{name}: {refusal.code}")
        return
    finally:
        report.slowest = max(report.slowest, time.monotonic() - begun)
    failed = [one for one in found if one.status is Status.FAILED]
    wrong = [one for one in failed if one.cause not in HARMLESS]
    report.outcomes["failed" if wrong else "damaged" if failed else "looked at"] += 1
    report.troubles += [f"{name}: {one.detector}: {one.cause}: {one.sentence}" for one in wrong]
