"""Edits made on the spot are found where they are; the untouched twin is quiet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from detectors import registry
from detectors.api import Finding, Status
from detectors.ground_truth.edits import encode
from detectors.testing import finding
from foundation.media import decode

Pictures = list[np.ndarray]
START = 80


@pytest.fixture(scope="module")
def original(shared: Path) -> Pictures:
    """Ten seconds of a person who talks, at 288 lines."""
    source = shared / "media/faces/LatentSync__assets_demo1_video.mp4"
    return [picture for _, picture in decode.video_frames(source, max_side=288)]


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Finding]:
    def said(pictures: Sequence[np.ndarray], *, fps: Fraction = Fraction(25)) -> Finding:
        path = encode(tmp_path / "edited.mp4", pictures, fps=fps)
        return finding(registry.find("video.shallowfake"), path)

    return said


def test_the_untouched_twin_is_quiet(original: Pictures, look: Callable[..., Finding]) -> None:
    found = look(original)
    assert (found.status, found.score, found.tracks) == (Status.OK, 0.0, ())


def test_a_removed_second_is_located(original: Pictures, look: Callable[..., Finding]) -> None:
    [track] = look(original[:START] + original[START + 25 :]).tracks
    assert track.start == pytest.approx(START / 25, abs=0.1)
    assert "jumps" in track.label


def test_repeated_frames_are_located(original: Pictures, look: Callable[..., Finding]) -> None:
    still = [original[START]] * 10
    [track] = look(original[:START] + still + original[START:]).tracks
    assert track.start == pytest.approx(START / 25, abs=0.25)
    assert track.end == pytest.approx((START + 10) / 25, abs=0.25)
    assert "repeated" in track.label


def test_a_moved_piece_is_located(original: Pictures, look: Callable[..., Finding]) -> None:
    middle, later = original[START : START + 40], original[START + 40 : START + 80]
    tracks = look(original[:START] + later + middle + original[START + 80 :]).tracks
    moved = [track for track in tracks if "order" in track.label]
    assert moved
    assert moved[0].start == pytest.approx(START / 25, abs=0.1)
    assert moved[0].end == pytest.approx((START + 40) / 25, abs=0.15)


def test_slowing_with_repeated_frames_is_told(
    original: Pictures, look: Callable[..., Finding]
) -> None:
    slow = [original[int(number * 0.75)] for number in range(int(len(original) / 0.75))]
    found = look(slow)
    assert found.details["rate_before_conversion"] == pytest.approx(18.75)
    assert "speed was changed" in found.sentence


def test_slowing_by_stamps_is_told(original: Pictures, look: Callable[..., Finding]) -> None:
    found = look(original, fps=Fraction(75, 4))
    assert found.details["unusual_rate"] == pytest.approx(18.75, abs=0.1)


def test_a_film_shown_at_thirty_is_not_called_slowed(
    original: Pictures, look: Callable[..., Finding]
) -> None:
    converted = [original[int(number * 0.8)] for number in range(int(len(original) / 0.8))]
    found = look(converted, fps=Fraction(30))
    assert found.details["beat_frames"] == 5
    assert found.score == 0.0


def test_a_part_encoded_once_more_is_located(
    shared: Path, look: Callable[..., Finding], tmp_path: Path
) -> None:
    source = shared / "media/faces/LatentSync__assets_demo1_video.mp4"
    original = [picture for _, picture in decode.video_frames(source, max_side=480)]
    part = original[START : START + 75]
    again = encode(tmp_path / "part.mp4", part, fps=Fraction(25), quality=36)
    coarse = [picture for _, picture in decode.video_frames(again)]
    tracks = look(original[:START] + coarse + original[START + 75 :]).tracks
    [track] = [track for track in tracks if "encoded differently" in track.label]
    assert track.start == pytest.approx(START / 25, abs=0.5)
    assert track.end == pytest.approx((START + 75) / 25, abs=0.5)
