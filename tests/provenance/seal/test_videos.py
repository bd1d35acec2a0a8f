"""A sealed video names what was cut, swapped, repeated, put in, re-timed and altered."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from provenance.watermark.errors import WatermarkRefused
from provenance.watermark.seal import video, watching
from provenance.watermark.seal.watching import Watched

Pixels = npt.NDArray[np.uint8]
Scene = Callable[..., Pixels]
Frames = list[Pixels]

COUNT = 72
RATE = 25


def stored(
    path: Path, frames: Frames, *, crf: int, times: list[float] | None = None, sound: bool = False
) -> Path:
    """The frames as H.264, at ``times`` or at an even pace; perhaps with a tone."""
    with av.open(str(path), "w", format="mp4") as out:
        stream: Any = out.add_stream(
            "libx264", rate=RATE, options={"crf": str(crf), "preset": "faster"}
        )
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        voice: Any = out.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for place, pixels in enumerate(frames):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts = round(1000 * (times[place] if times else place / RATE))
            frame.time_base = Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice is not None:
            tone = np.sin(np.arange(16_000, dtype=np.float32) / 9)[None]
            piece: Any = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            piece.sample_rate = 16_000
            out.mux(voice.encode(piece))
            out.mux(voice.encode(None))
    return path


def loaded(path: Path) -> Frames:
    with av.open(str(path)) as media:
        return [frame.to_ndarray(format="rgb24") for frame in media.decode(video=0)]


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as media:
        return [bytes(packet) for packet in media.demux(audio=0) if packet.size]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, module_scene: Scene) -> tuple[Path, Path]:
    """An unsealed video, and the same sealed: a slow pan over a picture, something moving."""
    folder = tmp_path_factory.mktemp("video")
    wide = cv2.GaussianBlur(module_scene(21, size=(560, 320)), (0, 0), 2)
    frames = []
    for place in range(COUNT):
        picture = np.ascontiguousarray(wide[:, place // 2 : place // 2 + 480])
        picture[100:140, 3 * place : 3 * place + 40] = (200, 60, 60)
        frames.append(picture)
    source = stored(folder / "source.mp4", frames, crf=14, sound=True)
    target = folder / "sealed.mp4"
    made = video.seal(source, target, work=bytes.fromhex("0123456789abcdef"), key=bytes(range(32)))
    assert made.frames == COUNT
    assert made.psnr > 36
    return source, target


@pytest.fixture(scope="module")
def frames(sealed: tuple[Path, Path]) -> Frames:
    return loaded(sealed[1])


@pytest.fixture
def watched(tmp_path: Path, key: bytes) -> Callable[..., Watched]:
    """Codes frames again and reads the seal."""

    def watch(frames: Frames, *, crf: int = 20, times: list[float] | None = None) -> Watched:
        found = watching.read(stored(tmp_path / "copy.mp4", frames, crf=crf, times=times), key=key)
        assert found is not None, "the seal is lost"
        return found

    return watch


def told(found: Watched) -> list[tuple[str, int | None, int | None]]:
    return [(event.kind, event.first, event.last) for event in found.events]


def test_the_file_as_sealed_is_whole_and_its_sound_untouched(
    sealed: tuple[Path, Path], key: bytes, other_key: bytes, work: bytes
) -> None:
    source, target = sealed
    found = watching.read(target, key=key)
    assert found is not None
    assert found.label.work == work
    assert found.label.frames == found.frames == COUNT
    assert found.order.to_the_frame
    assert found.events == []
    assert found.altered.places == []
    assert found.altered.judged > 0.9
    assert sound_of(source) == sound_of(target) != []
    assert watching.read(source, key=key) is None
    assert watching.read(target, key=other_key) is None


@pytest.mark.parametrize("crf", [20, 23])
def test_coding_again_changes_nothing(
    watched: Callable[..., Watched], frames: Frames, crf: int
) -> None:
    found = watched(frames, crf=crf)
    assert found.order.judged
    assert told(found) == []
    assert found.altered.places == []
    assert found.altered.judged > 0.5


def test_a_cut_is_named(watched: Callable[..., Watched], frames: Frames) -> None:
    found = watched(frames[:30] + frames[40:])
    assert told(found) == [("cut", 30, 39)]
    assert found.events[0].sentence.startswith("10 frames were cut after 0:01.16")


def test_a_lost_beginning_and_end_are_named(
    watched: Callable[..., Watched], frames: Frames
) -> None:
    assert told(watched(frames[12:60])) == [("cut", 0, 11), ("cut", 60, 71)]


def test_a_swap_is_named(watched: Callable[..., Watched], frames: Frames) -> None:
    found = watched([*frames[:30], frames[31], frames[30], *frames[32:]], crf=12)
    assert [event.kind for event in found.events] == ["moved"]
    assert found.events[0].at == pytest.approx(31 / RATE, abs=0.01)


def test_parts_in_another_order_are_named(watched: Callable[..., Watched], frames: Frames) -> None:
    found = watched(frames[40:] + frames[:40])
    assert [event.kind for event in found.events] == ["moved"]
    assert found.events[0].first == 0


def test_repeats_are_named(watched: Callable[..., Watched], frames: Frames) -> None:
    found = watched(frames[:50] + frames[30:])
    assert told(found) == [("repeated", 30, 49)]


def test_a_held_picture_is_named(watched: Callable[..., Watched], frames: Frames) -> None:
    found = watched(frames[:30] + [frames[29]] * 6 + frames[36:])
    assert told(found) == [("cut", 30, 35), ("held", 29, 29)]


def test_frames_put_in_are_named(
    watched: Callable[..., Watched], sealed: tuple[Path, Path], frames: Frames
) -> None:
    strange = loaded(sealed[0])[40:46]
    found = watched(frames[:30] + strange + frames[30:])
    assert [(event.kind, event.frames) for event in found.events] == [("foreign", 6)]


def test_another_pace_is_named(watched: Callable[..., Watched], frames: Frames) -> None:
    slow = watched(frames, times=[place / 20 for place in range(COUNT)])
    assert [event.kind for event in slow.events] == ["retimed"]
    assert "1.25 times slower" in slow.events[0].sentence
    held = watched(
        frames, times=[place / RATE + (0.4 if place > 30 else 0) for place in range(COUNT)]
    )
    assert [(event.kind, event.first) for event in held.events] == [("retimed", 30)]


def test_an_altered_place_is_shown_with_its_time(
    watched: Callable[..., Watched], frames: Frames
) -> None:
    edited = [picture.copy() for picture in frames]
    for picture in edited[24:48]:
        picture[150:230, 200:300] = picture[150:230, 200:300].mean(axis=(0, 1)).astype(np.uint8)
    found = watched(edited)
    assert len(found.altered.places) == 1
    place = found.altered.places[0]
    left, top, wide, high = place.box
    assert (left, top) == (pytest.approx(200, abs=32), pytest.approx(150, abs=32))
    assert (left + wide, top + high) == (pytest.approx(300, abs=32), pytest.approx(230, abs=32))
    assert place.start == pytest.approx(24 / RATE, abs=0.3)
    assert place.end == pytest.approx(48 / RATE, abs=0.3)


def test_a_small_video_is_refused(tmp_path: Path, scene: Scene, key: bytes, work: bytes) -> None:
    small = stored(tmp_path / "small.mp4", [scene(1, size=(128, 96))] * 3, crf=20)
    with pytest.raises(WatermarkRefused, match="192 on each side"):
        video.seal(small, tmp_path / "out.mp4", work=work, key=key)
