"""Shallowfakes made on the spot from real clips: which edits are found, where, and whether the
untouched twins are quiet.

Every real clip of at least six seconds is encoded anew with each edit of
``detectors.ground_truth.edits`` and once with none. An edit with a place counts as found where a
mark and the place, each made a quarter of a second wider at both ends, share three tenths of what
they cover; one without where a remark about speed is made. A shorter clip is left out, and told.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import reference
from benchmarks.figures import Figure, keep
from benchmarks.image_cues import upper_bound

if TYPE_CHECKING:
    from detectors.ground_truth.edits import Edit

HEIGHT, SECONDS = 480, 12.0
WIDER, SHARE = 0.25, 0.3


def main() -> list[Figure]:
    """Print a line a clip and a line an edit; keep the sums."""
    from detectors.ground_truth.edits import LEAST_SECONDS, Edit
    from foundation.media import inspect

    clips = reference.clips("real")
    if not clips:
        print(f"video_edits: {reference.ABSENT}")
        return []
    found: dict[Edit, int] = defaultdict(int)
    tried = 0
    for seed, clip in enumerate(clips):
        probe = inspect(clip.path)
        if (probe.duration or 0) < LEAST_SECONDS + 0.1:
            print(f"{clip.name}: left out, {probe.duration:.1f} s")
            continue
        fps = Fraction(probe.fps or 25).limit_denominator(1001)
        said = _one(clip.path, fps=fps, seed=seed)
        tried += 1
        for edit, good in said.items():
            found[edit] += int(good)
        print(f"{clip.name}: " + ", ".join(
            f"{edit.name.lower()} {'yes' if good else 'NO'}" for edit, good in said.items()),
            flush=True)  # fmt: skip
    for edit in Edit:
        words = "quiet" if edit is Edit.NONE else "found and located"
        least = 1 - upper_bound(tried - found[edit], tried)
        print(f"{edit.value}: {words} {found[edit]} of {tried} (at least {least:.2f})")
    figures = [
        Figure(f"{edit.value}: {'quiet' if edit is Edit.NONE else 'found'}", found[edit], tried,
               "clips", "all clips", "higher")
        for edit in Edit
    ]  # fmt: skip
    keep("video_edits", figures)
    return figures


def _one(path: Path, *, fps: Fraction, seed: int) -> dict[Edit, bool]:
    """What the detector makes of every edit of one clip."""
    from detectors.ground_truth.edits import Edit, clip, make
    from detectors.registry import find
    from detectors.testing import finding

    pictures = clip(path, height=HEIGHT, seconds=SECONDS)
    said: dict[Edit, bool] = {}
    with tempfile.TemporaryDirectory() as folder:
        for edit in Edit:
            truth = make(edit, pictures, fps=fps, folder=Path(folder), seed=seed)
            said[edit] = _right(finding(find("video.shallowfake"), truth.path), truth)
    return said


def _right(said: object, truth: object) -> bool:
    """Quiet where nothing was done; else a mark at the place, or a remark about the speed."""
    from detectors.api import Finding, Status
    from detectors.ground_truth.edits import Edit, Truth

    assert isinstance(said, Finding)
    assert isinstance(truth, Truth)
    if said.status is not Status.OK:
        return False
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
