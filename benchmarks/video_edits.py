"""Shallowfakes made on the spot from real clips: which edits are found, where, and whether the
untouched twins are quiet.

Every real clip of at least six seconds is encoded anew with each edit of
``detectors.ground_truth.edits`` and once with none. A clip is judged with thresholds that were
fitted without it and without the other clips of its group; those fitted to all clips are printed
at the end, for the card. An edit with a place counts as found where a mark and the place, each made
a quarter of a second wider at both ends, share three tenths of what they cover; one without where a
remark about speed is made. A shorter clip is left out, and told.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import reference
from benchmarks.figures import Figure, keep
from benchmarks.image_cues import upper_bound

if TYPE_CHECKING:
    from benchmarks.video_edits_fit import Measured
    from detectors.api import Outcome
    from detectors.ground_truth.edits import Edit, Truth
    from detectors.media import AudioBlock, Frames, PacketList
    from foundation.media import Probe

HEIGHT, SECONDS = 480, 12.0
WIDER, SHARE = 0.25, 0.3
CUE = "video.shallowfake"


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A file as the detector is given it; the pictures stay on the disk."""

    probe: Probe
    truth: Truth
    times: Path
    images: Path
    coded: PacketList

    def packets(self) -> PacketList:
        """As :class:`detectors.api.Sample` says."""
        return self.coded

    def frames(self) -> Frames:
        """As :class:`detectors.api.Sample` says."""
        import numpy as np

        from detectors.media import Frames

        images = np.load(self.images, mmap_mode="r")
        return Frames(times=np.load(self.times), images=images, truncated=False)

    def audio_blocks(self) -> Iterator[AudioBlock]:
        """There is no sound."""
        return iter(())


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One clip in all its edits, decoded and measured."""

    clip: reference.Clip
    decoded: dict[Edit, Decoded]
    measured: dict[Edit, Measured]


def main() -> list[Figure]:
    """Print a line a clip and a line an edit; keep the sums."""
    from benchmarks.video_edits_fit import fitted, stands_out
    from detectors.ground_truth.edits import Edit

    if not reference.clips("real"):
        print(f"video_edits: {reference.ABSENT}")
        return []
    found: dict[Edit, int] = defaultdict(int)
    first = 0
    p = _card()
    with tempfile.TemporaryDirectory() as folder:
        tried = list(_tried(Path(folder), p=p))
        for one in tried:
            others = [each.measured for each in tried if each.clip.group != one.clip.group]
            learnt = {**p, **fitted(others, p=p)}
            said = _judged(one, p=learnt)
            first += stands_out(one.measured[Edit.REMOVED], p=learnt)
            for edit, good in said.items():
                found[edit] += int(good)
            print(f"{one.clip.name}: " + ", ".join(
                f"{edit.name.lower()} {'yes' if good else 'NO'}" for edit, good in said.items()),
                flush=True)  # fmt: skip
    for edit in Edit:
        words = "quiet" if edit is Edit.NONE else "found and located"
        least = 1 - upper_bound(len(tried) - found[edit], len(tried))
        print(f"{edit.value}: {words} {found[edit]} of {len(tried)} (at least {least:.2f})")
    print(f"{Edit.REMOVED.value}: no other change of the file has as much evidence in {first} of "
          f"{len(tried)}")  # fmt: skip
    for name, value in fitted([one.measured for one in tried], p=p).items():
        print(f"fitted to all clips: {name} {value:.3g} (the card has {p[name]:g})")
    figures = [
        Figure(f"{edit.value}: {'quiet' if edit is Edit.NONE else 'found'}", found[edit],
               len(tried), "clips", "all clips", "higher")
        for edit in Edit
    ]  # fmt: skip
    figures.append(Figure(f"{Edit.REMOVED.value}: has the most evidence of its file", first,
                          len(tried), "clips", "all clips", "higher"))  # fmt: skip
    keep("video_edits", figures)
    return figures


def _card() -> dict[str, float]:
    from detectors.registry import find

    card = find(CUE).card
    assert card is not None
    return {name: float(value) for name, value in card.parameters.items()}


def _tried(folder: Path, *, p: dict[str, float]) -> Iterator[Tried]:
    """Every clip that is long enough."""
    from benchmarks.video_edits_fit import measured
    from detectors.ground_truth.edits import LEAST_SECONDS, Edit, clip, make
    from foundation.media import inspect

    for seed, source in enumerate(reference.clips("real")):
        probe = inspect(source.path)
        if (probe.duration or 0) < LEAST_SECONDS + 0.1:
            print(f"{source.name}: left out, {probe.duration:.1f} s")
            continue
        fps = Fraction(probe.fps or 25).limit_denominator(1001)
        place = folder / str(seed)
        place.mkdir()
        pictures = clip(source.path, height=HEIGHT, seconds=SECONDS)
        decoded = {
            edit: _decoded(make(edit, pictures, fps=fps, folder=place, seed=seed)) for edit in Edit
        }
        yield Tried(
            clip=source,
            decoded=decoded,
            measured={
                edit: measured(one.frames(), one.coded, edit=edit, place=one.truth.place, p=p)
                for edit, one in decoded.items()
            },
        )


def _decoded(truth: Truth) -> Decoded:
    """Decoded as the product does for this detector."""
    import numpy as np

    from detectors.registry import find
    from detectors.sample import SharedSample
    from foundation.media import inspect

    card = find(CUE).card
    assert card is not None
    assert card.needs.frames is not None
    probe = inspect(truth.path)
    sample = SharedSample(path=truth.path, probe=probe, needs=[card.needs])
    frames = sample.frames(card.needs.frames)
    times, images = (truth.path.with_suffix(f".{name}.npy") for name in ("times", "images"))
    np.save(times, frames.times)
    np.save(images, frames.images)
    return Decoded(probe=probe, truth=truth, times=times, images=images, coded=sample.packets())


def _judged(one: Tried, *, p: dict[str, float]) -> dict[Edit, bool]:
    """What the detector makes of every edit of one clip."""
    from detectors.video.shallowfake import Shallowfake

    return {
        edit: _right(Shallowfake().detect(decoded, p), decoded.truth)  # type: ignore[arg-type]
        for edit, decoded in one.decoded.items()
    }


def _right(said: Outcome, truth: Truth) -> bool:
    """Quiet where nothing was done; else a mark at the place, or a remark about the speed."""
    from detectors.ground_truth.edits import Edit

    if truth.edit is Edit.NONE:
        return said.score == 0
    if truth.place is None:
        return bool(said.details["unusual_rate"] or said.details["rate_before_conversion"])
    return any(_shared((track.start, track.end), truth.place) >= SHARE for track in said.tracks)


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Intersection over union of two stretches, each made wider by ``WIDER`` at both ends."""
    low, high = max(one[0], other[0]) - WIDER, min(one[1], other[1]) + WIDER
    whole = max(one[1], other[1]) - min(one[0], other[0]) + 2 * WIDER
    return max(0.0, high - low) / whole
