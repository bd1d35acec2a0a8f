"""A clip is found in the longer film, and where; animations and pictures laid over one another."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageOps

from foundation import fingerprint
from foundation.fingerprint.bits import distance
from foundation.fingerprint.segments import Hit, common

FPS = 8


def scene(number: int, size: tuple[int, int] = (192, 144)) -> Image.Image:
    """Soft shapes; another number is another picture."""
    generator = np.random.default_rng(number)
    picture = np.zeros((size[1], size[0], 3))
    for cells in (4, 9, 17):
        coarse = generator.uniform(0, 255, (cells, cells, 3)).astype(np.uint8)
        large = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        picture += np.asarray(large, dtype=np.float64) / 3
    return Image.fromarray(picture.astype(np.uint8))


def film(path: Path, scenes: range, *, size: tuple[int, int] = (192, 144)) -> Path:
    """One scene a second."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"crf": "26", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for number in scenes:
            frame = av.VideoFrame.from_image(scene(number).resize(size))
            for step in range(FPS):
                frame.pts = (number - scenes.start) * FPS + step
                out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[fingerprint.Frame, ...]:
    path = film(tmp_path_factory.mktemp("film") / "long.mp4", range(20))
    return fingerprint.of_film(path)


def hits(asked: tuple[fingerprint.Frame, ...], known: tuple[fingerprint.Frame, ...]) -> list[Hit]:
    return [
        Hit(at=a.at, known_at=k.at, distance=bits)
        for a in asked
        for k in known
        if (bits := distance(a.pdq.hash, k.pdq.hash)) <= 31
    ]


def test_one_frame_a_second_is_kept(long: tuple[fingerprint.Frame, ...]) -> None:
    assert len(long) == 40
    kept = fingerprint.kept(long)
    assert [round(frame.at) for frame in kept] == list(range(20))


def test_a_smaller_clip_is_found_where_it_was_taken(
    long: tuple[fingerprint.Frame, ...], tmp_path: Path
) -> None:
    clip = fingerprint.of_film(film(tmp_path / "clip.mp4", range(7, 13), size=(128, 96)))
    found = common(hits(clip, fingerprint.kept(long)), frames=len(clip))
    assert found is not None
    assert found.known_at - found.at == pytest.approx(7.0, abs=0.6)
    assert 4 <= found.seconds <= 6
    assert found.distance <= 20


def test_another_film_shares_nothing(long: tuple[fingerprint.Frame, ...], tmp_path: Path) -> None:
    other = fingerprint.of_film(film(tmp_path / "other.mp4", range(50, 56)))
    assert common(hits(other, fingerprint.kept(long)), frames=len(other)) is None


def test_frames_out_of_order_are_no_stretch() -> None:
    """Each frame is known, but none in step with another."""
    mixed = [Hit(at=at, known_at=(at * 37) % 100, distance=5) for at in range(10)]
    assert common(mixed, frames=10) is None
    assert common([], frames=10) is None


@pytest.mark.parametrize("pace", [0.97, 1.03])
def test_a_slower_or_faster_copy_stays_in_step(pace: float) -> None:
    steps = [Hit(at=at, known_at=40 + at * pace, distance=9) for at in range(90)]
    found = common(steps, frames=90)
    assert found is not None
    assert found.frames == 90
    assert found.known_at == pytest.approx(40)


def test_an_animation_is_a_film_too(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    first, *rest = [scene(number) for number in range(4)]
    first.save(path, save_all=True, append_images=rest, duration=1000, loop=0)
    frames = fingerprint.kept(fingerprint.of_film(path))
    assert [frame.at for frame in frames] == [0, 1, 2, 3]
    assert len({frame.pdq.hash for frame in frames}) == 4


@pytest.mark.parametrize("turn", range(8))
def test_a_turned_copy_is_laid_over_the_known_picture(turn: int, tmp_path: Path) -> None:
    picture = scene(5, (400, 300))
    copy = picture.rotate(90 * (turn % 4), expand=True)
    if turn >= 4:
        copy = ImageOps.mirror(picture).rotate(90 * (turn % 4), expand=True)
    known, found = tmp_path / "known.png", tmp_path / "found.png"
    picture.save(known)
    copy.save(found)
    turns = fingerprint.of_image(found)
    plain = fingerprint.of_image(known)[0].hash
    nearest = min(range(8), key=lambda place: distance(turns[place].hash, plain))
    assert distance(turns[nearest].hash, plain) <= 20
    pair = fingerprint.aligned(found, known, turn=nearest)
    assert (pair.width, pair.height) == (400, 300)
    both = [_pixels(data) for data in (pair.copy, pair.known)]
    assert np.abs(both[0] - both[1]).mean() < 6


def test_a_cropped_copy_is_fitted_by_its_corners(
    tmp_path: Path, textured: Callable[[], Image.Image]
) -> None:
    picture = textured()
    picture.save(tmp_path / "known.png")
    picture.crop((30, 20, 370, 290)).save(tmp_path / "found.png")
    pair = fingerprint.aligned(tmp_path / "found.png", tmp_path / "known.png", turn=0)
    assert pair.fitted
    inside = (slice(60, 240), slice(80, 320))
    both = [_pixels(data)[inside] for data in (pair.copy, pair.known)]
    assert np.abs(both[0] - both[1]).mean() < 12


@pytest.fixture
def textured() -> Callable[[], Image.Image]:
    """A picture with many corners."""

    def make() -> Image.Image:
        generator = np.random.default_rng(9)
        cells = generator.integers(0, 255, (30, 40, 3)).astype(np.uint8)
        return Image.fromarray(np.kron(cells, np.ones((10, 10, 1), dtype=np.uint8)))

    return make


def _pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.float64)
