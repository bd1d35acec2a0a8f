"""Faces replaced on the spot: the middle of the face changes, the rest of the picture does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.faces import Faces
from detectors.ground_truth.swaps import Swap, swapped
from detectors.video import blend_boundary
from detectors.video.pairs import looks
from foundation.media import decode

TARGET, DONOR = "HyperLips__test_video1_video1.mp4", "Syncnet_FCN__data_example.avi"
COUNT = 24


@dataclass
class Clip:
    pictures: list[Any]
    track: Any


@pytest.fixture(scope="module")
def clips(shared: Path, seen: Callable[[str], Faces]) -> dict[str, Clip]:
    found = {}
    for name in (TARGET, DONOR):
        frames = decode.video_frames(shared / "media/faces" / name, end=COUNT / 25 - 0.01)
        [track] = seen(name).tracks
        found[name] = Clip([picture for _, picture in frames], track)
    return found


@pytest.fixture(scope="module")
def made(clips: dict[str, Clip]) -> dict[Swap, list[Any]]:
    target, donor = clips[TARGET], clips[DONOR]
    count = len(target.pictures)
    given = [(donor.pictures[n], donor.track.points[n]) for n in range(8)]
    part = type("Part", (), {"points": target.track.points[:count]})
    return {
        swap: swapped(swap, target.pictures, part, at=range(count), donor=given)  # type: ignore[arg-type]
        for swap in Swap
    }


def test_untouched_is_untouched(made: dict[Swap, list[Any]], clips: dict[str, Clip]) -> None:
    for one, other in zip(made[Swap.NONE], clips[TARGET].pictures, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("swap", [Swap.BLENDED, Swap.POISSON, Swap.WARPED])
def test_the_face_changes_and_the_border_of_the_picture_does_not(
    swap: Swap, made: dict[Swap, list[Any]], clips: dict[str, Clip]
) -> None:
    for number, before in enumerate(clips[TARGET].pictures):
        after = made[swap][number]
        x, y = clips[TARGET].track.points[number, 1, :2].astype(int)
        apart = np.abs(after.astype(int) - before.astype(int)).mean(axis=2)
        assert apart[y - 30 : y + 30, x - 30 : x + 30].mean() > 0.5
        assert apart[:40].max() == apart[:, :60].max() == 0


def test_a_face_from_a_small_picture_is_measured_as_such(
    made: dict[Swap, list[Any]], clips: dict[str, Clip]
) -> None:
    """The crops cut again from the altered pictures show less detail in the face."""
    from dataclasses import replace

    from detectors.faces.boxes import Box
    from detectors.faces.crops import Keeper

    def missing(pictures: list[Any]) -> float:
        track = clips[TARGET].track
        keeper = Keeper(budget=16, gap=8)
        for number, picture in enumerate(pictures[:16]):
            x, y, width, height = (float(side) for side in track.boxes[number])
            keeper.offer(number, picture, Box(x=x, y=y, width=width, height=height, score=1.0))
        again = replace(track, crops=keeper.crops(scale=1.0))
        return float(np.median(blend_boundary.measured(looks([again], most=16)).missing))

    assert missing(made[Swap.WARPED]) > missing(made[Swap.NONE]) + 0.2
