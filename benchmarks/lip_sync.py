"""Lip-sync: every talking clip of nine seconds or more, as it is, with its sound moved by known
steps, and with the sound of every other clip.

Told for each clip: whether it is judged as it is, the offset found, and the error for each step
(a dot where a moved copy is not judged). A recovered offset is the offset of the moved copy less
that of the clip itself, which carries its own. ``AUC`` ranks, over the clips judged as they are,
distance from sync of the clips as they are against their moved copies (abstentions stand at the
middle rank, where the evidence is even). Foreign sound counts how many mixtures were judged at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import reference
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detectors.faces import Faces
    from detectors.media import AudioBlock
    from foundation.media import Probe

RATE = 16_000
LEAST_SECONDS = 9.0
STEPS = (-1.0, -0.5, -0.2, 0.2, 0.5, 1.0)
CLOSE_MS = 60


@dataclass
class Heard:
    """A clip with its faces and sound in memory: what the detector asks a sample for."""

    probe: Probe
    found: Faces
    samples: NDArray[np.float32]

    def faces(self) -> Faces:
        """Measured once."""
        return self.found

    def audio_blocks(self) -> Iterator[AudioBlock]:
        """Ten seconds at a time."""
        from detectors.media import AudioBlock

        for at in range(0, len(self.samples), 10 * RATE):
            yield AudioBlock(samples=self.samples[at : at + 10 * RATE], rate=RATE, start=at / RATE)


@dataclass
class Row:
    """What became of one clip; None stands for an abstention."""

    name: str
    own: int | None
    moved: dict[float, int | None] = field(default_factory=dict)
    foreign_judged: int = 0
    foreign: int = 0

    @property
    def errors(self) -> dict[float, float | None]:
        """Milliseconds between each step and what was recovered."""
        return {
            step: None if found is None or self.own is None else abs(found - self.own - 1000 * step)
            for step, found in self.moved.items()
        }

    @property
    def close(self) -> bool:
        """Whether every judged copy was recovered."""
        known = [error for error in self.errors.values() if error is not None]
        return bool(known) and max(known) <= CLOSE_MS

    def line(self) -> str:
        """For people."""
        errors = " ".join(
            f"{step:+.1f}:{'.' if error is None else f'{error:.0f}'}"
            for step, error in self.errors.items()
        )
        own = "not judged" if self.own is None else f"{self.own:+d} ms"
        foreign = f"foreign sound judged {self.foreign_judged} of {self.foreign}"
        return f"{self.name}: {own}; error in ms {errors}; {foreign}"


def main() -> list[Figure]:
    """Print a line a clip; keep the sums."""
    clips = [clip for clip in reference.clips("real", "fake", "skip") if _talks(clip.path)]
    if not clips:
        print(f"lip_sync: {reference.ABSENT}")
        return []
    heard = {clip.name: _heard(clip.path) for clip in clips}
    rows = [_row(name, one, heard) for name, one in heard.items()]
    for row in rows:
        print(row.line(), flush=True)
    figures = _figures(rows)
    keep("lip_sync", figures)
    return figures


def _talks(path: Path) -> bool:
    """At least nine seconds, with sound that is not silent."""
    from foundation.media import inspect

    probe = inspect(path)
    if not probe.sample_rate or (probe.duration or 0) < LEAST_SECONDS:
        return False
    # a copy of a clip under a moved sound is no clip of its own
    return "offset" not in path.name


def _heard(path: Path) -> Heard:
    import numpy as np

    from detectors.faces import LANDMARKER, YUNET
    from detectors.faces.perceive import Models, perceive
    from foundation.media import decode, inspect
    from foundation.resources import Catalogue

    catalogue = Catalogue.load("detectors")
    models = Models(yunet=catalogue.path(YUNET), landmarker=catalogue.path(LANDMARKER))
    probe = inspect(path)
    blocks = decode.audio_at_rates(path, [RATE], seconds=10.0)
    parts = [(start, samples) for _, start, samples in blocks]
    lead = np.zeros(max(0, round(parts[0][0] * RATE)), dtype=np.float32)
    sound = np.concatenate([lead, *(samples for _, samples in parts)])
    return Heard(probe=probe, found=perceive(path, probe=probe, models=models), samples=sound)


def _row(name: str, own: Heard, heard: dict[str, Heard]) -> Row:
    row = Row(name=name, own=_offset(own, own.samples))
    for step in STEPS:
        row.moved[step] = _offset(own, _moved(own.samples, step))
    for other, one in heard.items():
        if other != name:
            row.foreign += 1
            row.foreign_judged += _offset(own, one.samples) is not None
    return row


def _offset(clip: Heard, samples: NDArray[np.float32]) -> int | None:
    from detectors.api import Abstain
    from detectors.registry import find
    from detectors.video.lip_sync import LipSync

    card = find("video.lip_sync").card
    sample: Any = Heard(probe=clip.probe, found=clip.found, samples=samples)
    try:
        outcome = LipSync().detect(sample, dict(card.parameters) if card else {})
    except Abstain:
        return None
    return int(outcome.details["offset_ms"])


def _moved(samples: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
    """Later by silence in front, or earlier by a piece cut off."""
    import numpy as np

    count = round(abs(seconds) * RATE)
    if seconds < 0:
        return samples[count:]
    return np.concatenate((np.zeros(count, np.float32), samples))


def _figures(rows: Sequence[Row]) -> list[Figure]:
    import numpy as np

    from detectors.calibration.intervals import bootstrap
    from detectors.calibration.measures import auc

    judged = [row for row in rows if row.own is not None]
    steps = [error for row in judged for error in row.errors.values()]
    known = [error for error in steps if error is not None]
    apart = [(row.own, False) for row in judged]
    apart += [(found, True) for row in judged for found in row.moved.values()]
    shown = [abs(found) for found, _ in apart if found is not None]
    middle = float(np.median(shown)) if shown else 0.0
    values = np.array([middle if found is None else abs(found) for found, _ in apart], dtype=float)
    moved = np.array([flag for _, flag in apart])
    area = float(auc(values, moved))
    low, high = bootstrap(auc, values, moved)
    print(f"AUC in sync against moved: {area:.3f} [{low:.3f}, {high:.3f}], {len(judged)} clips")
    return [
        Figure("talking clips that are judged", len(judged), len(rows), "clips", "all", "higher"),
        Figure(f"judged clips recovered within {CLOSE_MS} ms at every step",
               sum(row.close for row in judged), len(judged), "clips", "all judged", "higher"),
        Figure(f"moved copies recovered within {CLOSE_MS} ms",
               sum(error <= CLOSE_MS for error in known), len(known), "copies",
               "all judged copies", "higher"),
        Figure("moved copies of judged clips that are judged", len(known), len(steps), "copies",
               "all", "higher"),
        Figure("foreign sound that was judged", sum(row.foreign_judged for row in rows),
               sum(row.foreign for row in rows), "mixtures", "all", "lower"),
        Figure("AUC, in sync against moved", area, 1.0, "", "a perfect ranking", "higher"),
    ]  # fmt: skip
