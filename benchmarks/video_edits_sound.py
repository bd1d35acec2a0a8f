"""Sound slowed on the spot, with its pitch and without: how often its speed is told, and how well.

The sound of every real clip and every recorded voice of the reference media (at least six seconds,
at most twelve) is slowed both ways, coded as AAC and measured. A recording is judged with
thresholds and factors that were fitted without it and without the others of its group; those fitted
to all are printed at the end, for the card. The voices of one set of recordings are one group.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import reference
from benchmarks.figures import Figure, keep
from benchmarks.image_cues import upper_bound

if TYPE_CHECKING:
    from benchmarks.video_edits_sound_fit import Measured
    from detectors.audio.stream import Sound
    from detectors.ground_truth.slowing import Way

SECONDS, LEAST_SECONDS = 12.0, 6.0
FACTORS = (0.85, 0.75)
WITHIN = 0.1
KILOBITS = 128
CUE = "video.shallowfake"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A file with the sound of a real recording."""

    path: Path
    group: str


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One recording at one speed, measured."""

    group: str
    way: Way
    factor: float
    measured: Measured


def main() -> list[Figure]:
    """Print the sums; keep them."""
    from benchmarks.video_edits_sound_fit import fitted

    found = list(_recordings())
    if not found:
        print(f"video_edits_sound: {reference.ABSENT}")
        return []
    p = _card()
    copies = [copy for one in found for copy in _copies(one, p=p)]
    groups = sorted({copy.group for copy in copies})
    said: list[tuple[Copy, Mapping[str, float]]] = []
    for group in groups:
        learnt = {**p, **fitted([one for one in copies if one.group != group], p=p)}
        said += [(one, learnt) for one in copies if one.group == group]
    print(f"{len({one.group for one in copies})} groups")
    figures = _sums(said)
    for name, value in fitted(copies, p=p).items():
        print(f"fitted to all recordings: {name} {value:.3g} (the card has {p[name]:g})")
    keep("video_edits_sound", figures)
    return figures


def _sums(said: Sequence[tuple[Copy, Mapping[str, float]]]) -> list[Figure]:
    from benchmarks.video_edits_sound_fit import told
    from detectors.ground_truth.slowing import Way

    figures: list[Figure] = []
    for way, measure in ((Way.STRETCHED, "splices"), (Way.RESAMPLED, "voice")):
        for factor in (*FACTORS, 1.0):
            rows = [
                told(one.measured, measure, p=p) for one, p in said
                if one.factor == factor and one.way is (Way.NONE if factor == 1.0 else way)
            ]  # fmt: skip
            judged = [value for value in rows if value is not None]
            seen = [value for value in judged if value < 1.0]
            good = len(judged) - len(seen) if factor == 1.0 else len(seen)
            near = sum(abs(value - factor) <= WITHIN for value in seen)
            name = "untouched, quiet" if factor == 1.0 else f"{way.value} to {factor:g}, told"
            least = 1 - upper_bound(len(judged) - good, len(judged)) if judged else 0.0
            print(f"{measure}: {name} {good} of {len(judged)} (at least {least:.2f}), "
                  f"{len(rows) - len(judged)} not judged")  # fmt: skip
            if factor < 1.0:
                print(f"  {near} of {len(seen)} within {WITHIN:g} of the speed")
            figures.append(Figure(f"{measure}: {name}", good, max(1, len(judged)), "recordings",
                                  "all that are judged", "higher"))  # fmt: skip
    return figures


def _card() -> dict[str, float]:
    from detectors.registry import find

    card = find(CUE).card
    assert card is not None
    return {name: float(value) for name, value in card.parameters.items()}


def _recordings() -> Iterator[Recording]:
    """Real clips, then recorded voices; those of one publisher's set are one group."""
    folder = reference.media()
    if folder is None:
        return
    for clip in reference.clips("real"):
        yield Recording(path=clip.path, group=clip.group)
    with (folder / "detection/manifest.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["modality"] == "audio" and row["label"] == "real":
                yield Recording(path=folder / "detection" / row["file"], group=row["group"])


def _copies(one: Recording, *, p: Mapping[str, float]) -> Iterator[Copy]:
    from benchmarks.video_edits_sound_fit import measured
    from detectors.ground_truth.slowing import Way, read, slowed
    from foundation.media import inspect

    if not inspect(one.path).sample_rate:
        return
    sound, rate = read(one.path, seconds=SECONDS)
    if sound.size < LEAST_SECONDS * rate or float(sound.std()) < 1e-4:
        print(f"{one.path.name[:44]}: left out, too short or silent")
        return
    ways = [(Way.NONE, 1.0), *((way, factor) for way in (Way.STRETCHED, Way.RESAMPLED)
                               for factor in FACTORS)]  # fmt: skip
    for way, factor in ways:
        altered = _coded(slowed(sound, rate=rate, factor=factor, way=way), rate=rate)
        yield Copy(group=one.group, way=way, factor=factor, measured=measured(altered, p=p))
    print(f"{one.path.name[:44]}: measured", flush=True)


def _coded(sound: Sound, *, rate: int) -> Sound:
    """Through AAC, and at the rate that the detector hears."""
    import numpy as np

    from detectors.ground_truth.slowing import resampled
    from detectors.ground_truth.sounds import through_codec

    kilobits = KILOBITS if rate > 22_050 else KILOBITS // 2
    after = through_codec(sound.astype(np.float64), rate=rate, codec="aac", kilobits=kilobits)
    return resampled(after.astype(np.float32), rate=rate, to=16_000)
