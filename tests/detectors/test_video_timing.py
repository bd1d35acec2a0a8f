"""Duplicated frames and a removed second are found where they are; the untouched twin is quiet."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from detectors.api import Finding, Status
from detectors.runner import analyse
from foundation.media import inspect

FPS = 25
Edit = Callable[[list[int]], list[tuple[int, int]]]


def draw(number: int) -> np.ndarray[Any, Any]:
    """A bright disc that moves over a soft ground."""
    rows, columns = np.mgrid[0:180, 0:240]
    ground = 60 + 40 * np.sin(columns / 31 + number / 19) + 20 * np.cos(rows / 23)
    x, y = 120 + 80 * np.sin(number / 9), 90 + 50 * np.cos(number / 13)
    disc = ((columns - x) ** 2 + (rows - y) ** 2) < 400
    picture = np.where(disc, 220, ground)
    return np.repeat(picture[..., None], 3, axis=2).astype(np.uint8)


def clip(path: Path, edit: Edit, *, count: int = 200) -> Path:
    """Encode (drawing, stamp) pairs as H.264."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"crf": "20", "g": "25", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 240, 180, "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for drawing, stamp in edit(list(range(count))):
            frame = av.VideoFrame.from_ndarray(draw(drawing), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def timing(path: Path) -> Finding:
    [finding] = analyse(path, probe=inspect(path), only=["video.timing"]).findings
    return finding


def untouched(numbers: list[int]) -> list[tuple[int, int]]:
    return [(number, number) for number in numbers]


def doubled(numbers: list[int]) -> list[tuple[int, int]]:
    """Twelve frames from 3 s on show the same picture."""
    return [(75 if 75 <= number < 88 else number, number) for number in numbers]


def removed(numbers: list[int]) -> list[tuple[int, int]]:
    """The second from 4 s on is missing."""
    return [(number, number) for number in numbers if not 100 <= number < 125]


def test_the_untouched_clip_is_quiet(tmp_path: Path) -> None:
    finding = timing(clip(tmp_path / "a.mp4", untouched))
    assert finding.status is Status.OK
    assert (finding.tracks, finding.score) == ((), 0.0)
    assert finding.llr is None
    assert [picture.media_type for picture in finding.pictures] == ["image/png"]


def test_repeated_frames_are_located(tmp_path: Path) -> None:
    [track] = timing(clip(tmp_path / "a.mp4", doubled)).tracks
    assert track.start == pytest.approx(76 / FPS, abs=0.08)
    assert track.end == pytest.approx(88 / FPS, abs=0.08)
    assert "repeated" in track.label


def test_a_removed_second_is_located(tmp_path: Path) -> None:
    [track] = timing(clip(tmp_path / "a.mp4", removed)).tracks
    assert track.start == pytest.approx(99 / FPS, abs=0.08)
    assert track.label == "about 25 frames missing"


def test_a_still_scene_is_not_called_repeated(tmp_path: Path) -> None:
    finding = timing(clip(tmp_path / "a.mp4", lambda all_: [(0, number) for number in all_]))
    assert finding.tracks == ()


def test_a_converted_frame_rate_is_told_and_not_marked(tmp_path: Path) -> None:
    finding = timing(
        clip(tmp_path / "a.mp4", lambda all_: [(n - n // 5 - (n % 5 == 4), n) for n in all_])
    )
    assert finding.tracks == ()
    assert "converted" in finding.sentence


def test_an_uneven_pace_is_told_and_not_marked(tmp_path: Path) -> None:
    repeated = {20, 33, 61, 84, 90, 133, 151, 170}

    def stutter(numbers: list[int]) -> list[tuple[int, int]]:
        return [(n - 1 if n in repeated else n, n) for n in numbers]

    finding = timing(clip(tmp_path / "a.mp4", stutter))
    assert finding.tracks == ()
    assert "uneven pace" in finding.sentence
    assert finding.details["small_irregularities"] == len(repeated)


def test_an_earlier_encoding_shows_as_a_rhythm(tmp_path: Path) -> None:
    first = tmp_path / "first.mp4"
    with av.open(str(first), "w") as out:
        stream = out.add_stream("mpeg4", rate=FPS, options={"g": "12", "bf": "0", "q": "6"})
        stream.width, stream.height, stream.pix_fmt = 240, 180, "yuv420p"
        generator = np.random.default_rng(1)
        for number in range(240):
            noisy = np.clip(draw(number) + generator.normal(0, 6, (180, 240, 3)), 0, 255)
            frame = av.VideoFrame.from_ndarray(noisy.astype(np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    second = tmp_path / "second.mp4"
    with av.open(str(first)) as source, av.open(str(second), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"crf": "20", "g": "250", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 240, 180, "yuv420p"
        for number, frame in enumerate(source.decode(video=0)):
            plain = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
            plain.pts, plain.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(plain))
        out.mux(stream.encode())
    finding = timing(second)
    assert finding.details["earlier_period_frames"] == 12
    assert (finding.tracks, finding.score) == ((), 0.0)
    assert "encoded before" in finding.sentence


def test_a_handful_of_frames_is_too_few(tmp_path: Path) -> None:
    finding = timing(clip(tmp_path / "a.mp4", untouched, count=10))
    assert finding.status is Status.ABSTAINED
    assert "10 frames" in finding.sentence


def test_the_same_file_gives_the_same_finding(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", doubled)
    first, second = (timing(path).to_dict() for _ in range(2))
    assert {**first, "duration_ms": 0} == {**second, "duration_ms": 0}
