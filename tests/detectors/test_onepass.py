"""Pictures and faces come from one pass over the file, and nobody gets others for it than alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from detectors import onepass
from detectors.api import DecodingFailed
from detectors.card import FrameNeed, Needs
from detectors.faces import Faces, windows
from detectors.faces.windows import plan
from detectors.ground_truth import clips
from detectors.runner import analyse
from detectors.sample import SharedSample
from foundation.media import decode, inspect

EVERY = FrameNeed(fps=0, height=24, max_seconds=20)
SLOW = FrameNeed(fps=0.5, height=16, max_seconds=300)
FACES = Needs(faces=True)


def drawn(path: Path, *, seconds: int, rate: int = 2) -> Path:
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=rate, options={"g": "20"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * rate):
            picture = np.full((48, 64, 3), 40 + number % 150, dtype=np.uint8)
            frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@dataclass
class Listening:
    """Remembers what it hears; knows the faces when told them."""

    faces: Faces | None = None
    times: list[float] = field(default_factory=list)
    told: int = 0

    def known(self) -> Faces | None:
        return self.faces

    def seen(self, time: float) -> None:
        self.times.append(time)

    def measured(self, _found: Faces, /) -> None:
        self.told += 1


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Longer than six minutes, so that windows leave gaps."""
    return drawn(tmp_path_factory.mktemp("film") / "long.mp4", seconds=500)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Where each pass over the file began."""
    begun: list[float] = []
    real = decode.video_shown

    def counted(path: Path, *, start: float = 0.0, end: float | None = None) -> Iterator[Any]:
        begun.append(start)
        return real(path, start=start, end=end)

    monkeypatch.setattr(onepass.decode, "video_shown", counted)
    return begun


def sample(path: Path, *needs: Needs, memory: Listening | None = None) -> SharedSample:
    return SharedSample(path=path, probe=inspect(path), needs=needs, resources={}, memory=memory)


def test_a_short_file_is_decoded_once(tmp_path: Path, passes: list[float]) -> None:
    path = drawn(tmp_path / "short.mp4", seconds=30)
    memory = Listening()
    shared = sample(path, Needs(frames=EVERY), Needs(frames=SLOW), FACES, memory=memory)
    assert len(shared.frames(EVERY).times) == 41
    assert shared.frames(EVERY).truncated
    assert shared.frames(SLOW).times.tolist() == pytest.approx([2.0 * n for n in range(15)])
    assert shared.faces({}).rate == pytest.approx(2.0)
    assert passes == [0.0]
    assert (len(memory.times), memory.told) == (60, 1)


def test_far_windows_are_sought_out(long: Path, passes: list[float]) -> None:
    memory = Listening()
    shared = sample(long, Needs(frames=EVERY), FACES, memory=memory)
    frames = shared.frames(EVERY)
    windows = plan(seconds=inspect(long).duration, fps=2.0).windows
    assert len(windows) == 6
    assert passes == pytest.approx([0.0, *(window.start for window in windows[1:])])
    inside = [
        number / 2
        for number in range(1000)
        if any(window.start <= number / 2 < window.end for window in windows)
    ]
    assert memory.times == pytest.approx(inside)
    assert np.array_equal(frames.images, sample(long, Needs(frames=EVERY)).frames(EVERY).images)


def test_nobody_looks_for_faces_that_nobody_needs(long: Path, passes: list[float]) -> None:
    memory = Listening()
    sample(long, Needs(frames=EVERY), memory=memory).frames(EVERY)
    assert (passes, memory.times, memory.told) == ([0.0], [], 0)


def test_known_faces_are_not_looked_for(long: Path, passes: list[float]) -> None:
    known = sample(long, FACES).faces({})
    passes.clear()
    memory = Listening(faces=known)
    shared = sample(long, Needs(frames=EVERY), FACES, memory=memory)
    assert shared.faces({}) is known
    assert passes == []
    shared.frames(EVERY)
    assert (passes, memory.times, memory.told) == ([0.0], [], 0)


def test_of_a_film_pictures_do_not_wait_for_faces(
    long: Path, passes: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = sample(long, Needs(frames=EVERY), FACES).faces({})
    passes.clear()
    monkeypatch.setattr(windows, "FILM", 400.0)
    memory = Listening()
    shared = sample(long, Needs(frames=EVERY), FACES, memory=memory)
    shared.frames(EVERY)
    assert (passes, memory.times) == ([0.0], [])
    apart = shared.faces({})
    assert (apart.windows, apart.cuts, apart.rate) == (
        together.windows, together.cuts, together.rate,
    )  # fmt: skip
    assert (len(passes), memory.told) == (7, 1)


@pytest.mark.parametrize("film", [False, True])
def test_of_a_film_pictures_come_before_sound(
    film: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clips.write(tmp_path / "talks.mp4", clips.talking(seed=1, seconds=2.0, size=(160, 120)))
    monkeypatch.setattr(windows, "FILM", 1.0 if film else 3600.0)
    order: list[str] = []
    names = ["audio.silence", "video.timing"]
    analyse(
        path, probe=inspect(path), only=names, on_finding=lambda one: order.append(one.detector)
    )
    assert order == names[:: -1 if film else 1]


def test_broken_weights_take_only_the_faces(tmp_path: Path) -> None:
    path = drawn(tmp_path / "short.mp4", seconds=5)
    broken = tmp_path / "face.task"
    broken.write_bytes(b"no bundle")
    shared = SharedSample(
        path=path, probe=inspect(path), needs=[Needs(frames=EVERY), FACES],
        resources={"face-landmarker": broken},
    )  # fmt: skip
    assert len(shared.frames(EVERY).times) == 10
    with pytest.raises(DecodingFailed, match="not the pinned file"):
        shared.faces({"face-landmarker": broken})
