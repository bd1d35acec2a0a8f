"""Interlaced video is brought to whole pictures, moment for moment; other video is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from foundation.media import decode, interlace

WIDTH, HEIGHT, COUNT = 160, 128, 12


def bar(at: float) -> np.ndarray:
    """A bright bar at column ``at`` on grey with a little texture."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
    picture[::7, ::5] = 110
    left = int(at) % (WIDTH - 24)
    picture[:, left : left + 24] = 220
    return picture


def woven(number: int) -> np.ndarray:
    """Two moments in one picture, the later one in the odd lines."""
    picture = bar(8 * number)
    picture[1::2] = bar(8 * number + 4)[1::2]
    return picture


def write(path: Path, *, fields: bool, width: int = WIDTH) -> Path:
    options = {"x264-params": "tff=1:log-level=none"} if fields else {}
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=25, options={"crf": "12", **options})
        stream.width, stream.height, stream.pix_fmt = width, HEIGHT, "yuv420p"
        for number in range(COUNT):
            picture = woven(number) if fields else bar(8 * number)
            kept = np.ascontiguousarray(picture[:, :width])
            frame: Any = av.VideoFrame.from_ndarray(kept, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def combed(picture: np.ndarray) -> float:
    """How much neighbouring lines differ beyond what lines of one field do."""
    lines = picture.astype(np.float64).mean(axis=2)
    return float(np.abs(np.diff(lines, axis=0)).mean() - np.abs(lines[2:] - lines[:-2]).mean())


@pytest.fixture(scope="module")
def interlaced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("fields") / "fields.mp4", fields=True)


def raw(path: Path) -> list[Any]:
    with av.open(str(path)) as media:
        return list(media.decode(video=0))


def test_the_file_is_marked_and_combed(interlaced: Path) -> None:
    frames = raw(interlaced)
    assert all(frame.interlaced_frame for frame in frames)
    assert np.mean([combed(frame.to_ndarray(format="rgb24")) for frame in frames]) > 5


def test_combs_are_gone_and_every_moment_is_there(interlaced: Path) -> None:
    shown = list(decode.video_frames(interlaced))
    assert [at for at, _ in shown] == pytest.approx([number / 25 for number in range(COUNT)])
    assert all(picture.shape == (HEIGHT, WIDTH, 3) for _, picture in shown)
    assert np.mean([combed(picture) for _, picture in shown]) < 0.5


def test_the_small_form_has_no_combs_either(interlaced: Path) -> None:
    small = [shown.lines(HEIGHT) for _, shown in decode.video_shown(interlaced)]
    assert np.mean([combed(picture) for picture in small]) < 0.5


def test_other_video_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "whole.mp4", fields=False)
    shown = [picture for _, picture in decode.video_frames(path)]
    for picture, frame in zip(shown, raw(path), strict=True):
        assert np.array_equal(picture, frame.to_ndarray(format="rgb24"))


def test_without_the_filter_frames_come_as_they_are(
    interlaced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interlace, "FILTER", ("no-such-filter", ""))
    shown = list(decode.video_frames(interlaced))
    assert len(shown) == COUNT
    assert np.mean([combed(picture) for _, picture in shown]) > 5


def test_a_filter_that_fails_on_the_way_loses_no_moment(
    interlaced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        """Takes five frames and gives none back."""

        def __init__(self) -> None:
            self.left = 5

        def push(self, frame: Any) -> None:
            self.left -= 1
            if self.left < 0:
                raise ValueError("no more")

        def pull(self) -> Any:
            raise BlockingIOError

    monkeypatch.setattr(interlace, "_graph", lambda _frame: Failing())
    assert [at for at, _ in decode.video_frames(interlaced)] == pytest.approx(
        [number / 25 for number in range(COUNT)]
    )


def test_frames_of_another_shape_get_a_filter_of_their_own(
    interlaced: Path, tmp_path: Path
) -> None:
    narrow = write(tmp_path / "narrow.mp4", fields=True, width=96)

    def frames() -> Iterator[interlace.Timed]:
        for number, frame in enumerate([*raw(interlaced), *raw(narrow)]):
            yield number / 10, 0, frame

    found = list(interlace.whole(frames()))
    assert [at for at, _, _ in found] == pytest.approx([n / 10 for n in range(2 * COUNT)])
    assert [frame.width for _, _, frame in found] == [WIDTH] * COUNT + [96] * COUNT
