"""The physical cues of still pictures on truth made on the spot.

Each detector looks at altered pictures of the kind that it is made for, and at their untouched
twins. Told are how many it found, the median intersection over union of the marked part with the
true one, false alarms with their upper 95 % bound, and processor seconds for a picture of 2
megapixels. Where the reference media are, pictures labelled real are counted too: how many had a
part marked, of how many that the detector spoke of.
"""

from __future__ import annotations

import csv
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from math import comb
from pathlib import Path

from benchmarks.figures import Figure, keep

CASES = 20
FIRST_SEED = 9_000
FOUND = 0.3
"""Least overlap for a part to count as found."""

TWO_MEGAPIXELS = (1632, 1224)


@dataclass
class Tally:
    """What one detector said."""

    detector: str
    kind: str
    overlaps: list[float] = field(default_factory=list)
    found: int = 0
    alarms: int = 0
    spoke: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        """For people."""
        overlap = f"{statistics.median(self.overlaps):.2f}" if self.overlaps else "–"
        return (
            f"{self.detector}: {self.kind}, found {self.found}/{CASES}, median overlap {overlap}, "
            f"false alarms {self.alarms}/{self.spoke} "
            f"(below {upper_bound(self.alarms, self.spoke):.2f}), "
            f"{self.seconds:.2f} s of processor at 2 MP"
        )


def upper_bound(events: int, cases: int) -> float:
    """Upper end of the two-sided 95 % interval of a share (Clopper and Pearson 1934)."""
    if events >= cases:
        return 1.0
    low, high = events / cases, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        below = sum(
            comb(cases, count) * middle**count * (1 - middle) ** (cases - count)
            for count in range(events + 1)
        )
        low, high = (middle, high) if below > 0.025 else (low, middle)
    return high


def main() -> list[Figure]:
    """Measure every detector that has a kind of its own; then real pictures, where there are."""
    from detectors.ground_truth.images import MADE_FOR

    tallies = []
    for name in MADE_FOR:
        tallies.append(measured(name))
        print(tallies[-1].line(), flush=True)
    for line in real_pictures(list(MADE_FOR)):
        print(line)
    figures = [
        Figure(f"{one.detector} found", one.found, CASES, "pictures", "all altered", "higher")
        for one in tallies
    ] + [
        Figure(f"{one.detector} alarms", one.alarms, one.spoke, "pictures", "all twins", "lower")
        for one in tallies
    ]
    keep("image_cues", figures)
    return figures


def measured(detector: str) -> Tally:
    """One detector on its own kind."""
    from detectors import registry
    from detectors.ground_truth.images import MADE_FOR, Box, make, overlap
    from detectors.testing import finding

    entry, kind = registry.find(detector), MADE_FOR[detector]
    tally = Tally(detector, kind.value)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FIRST_SEED, FIRST_SEED + CASES):
            truth = make(kind, seed=seed)
            path = Path(folder) / f"picture{truth.suffix}"
            path.write_bytes(truth.altered)
            said = finding(entry, path)
            if truth.boxes:
                best = max(said.regions, key=lambda one: one.strength, default=None)
                box = best and Box(x=best.x, y=best.y, width=best.width, height=best.height)
                tally.overlaps.append(max(overlap(box, one) for one in truth.boxes) if box else 0.0)
                tally.found += tally.overlaps[-1] >= FOUND
            else:
                tally.found += bool(said.score)
            path.write_bytes(truth.untouched)
            twin = finding(entry, path)
            tally.spoke += twin.status.value == "ok"
            tally.alarms += bool(twin.score)
        truth = make(kind, seed=FIRST_SEED, size=TWO_MEGAPIXELS)
        path.write_bytes(truth.altered)
        begun = time.process_time()
        finding(entry, path)
        tally.seconds = time.process_time() - begun
    return tally


def real_pictures(detectors: list[str]) -> list[str]:
    """How often each detector marks a part of a picture that is labelled real."""
    from detectors import registry
    from detectors.testing import finding

    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    manifest = Path(shared) / "media/detection/manifest.csv"
    if not manifest.is_file():
        return ["image_cues: the reference media are not here; set PROBITY_SHARED to their folder."]
    with manifest.open(encoding="utf-8", newline="") as rows:
        paths = [
            manifest.parent / row["file"]
            for row in csv.DictReader(rows)
            if row["label"] == "real" and row["modality"].startswith("image")
        ]
    lines = []
    for name in detectors:
        said = [finding(registry.find(name), path) for path in paths]
        spoke = [one for one in said if one.status.value == "ok"]
        alarms = sum(bool(one.score) for one in spoke)
        lines.append(
            f"{name}: of {len(paths)} real pictures, marked {alarms} of the {len(spoke)} that it "
            "spoke of"
        )
    return lines
