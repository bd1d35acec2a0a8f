"""Video and animations as pictures with times. Child only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageSequence

from foundation.media import interlace, still, stream
from foundation.media.errors import DecodesTooLarge, UnreadableMedia
from foundation.media.pictures import LIMITS, Pixels, as_array
from foundation.media.probe import container_of
from foundation.media.sniff import Container

AHEAD = 2.0
"""Seconds of an AVI that are decoded before a wanted moment: its frames leave the decoder late, and
the first ones after a seek are lost to that."""

SMALLEST = 8
"""Pixels; the scaler of the decoding library is not asked for less."""


class Shown(Protocol):
    """A frame on the screen, turned into pixels only where somebody asks for them.

    It is the decoder's own memory: ask before the next frame is taken.
    """

    def rgb(self, max_side: int | None = None) -> Pixels:
        """Upright picture, at most ``max_side`` pixels long."""

    def lines(self, height: int) -> Pixels:
        """Upright picture of at most ``height`` lines, its pixels averaged."""


_Source = Iterator[tuple[float, Shown]]


def video_frames(
    path: Path,
    fps: float | None = None,
    *,
    start: float = 0.0,
    end: float | None = None,
    max_side: int | None = None,
) -> Iterator[tuple[float, Pixels]]:
    """Yield ``(seconds, picture)`` of a video or animation in the order shown.

    ``fps`` keeps about so many pictures per second, chosen by their own times (never doubled);
    None keeps all. ``start`` and ``end`` are seconds. Frames that do not decode are left out.
    """
    wanted = Pace(fps, start)
    for at, shown in video_shown(path, start=start, end=end):
        if wanted.take(at):
            yield at, np.ascontiguousarray(shown.rgb(max_side))


def video_shown(path: Path, *, start: float = 0.0, end: float | None = None) -> _Source:
    """Yield ``(seconds, frame)`` as :func:`video_frames` does, for several who want it in different
    sizes and at different rates."""
    container = container_of(path)
    source = _animation if container.pillow is not None else _video
    for at, shown in source(path, container, start):
        if end is not None and at >= end:
            return
        if at >= start:
            yield at, shown


class Pace:
    """Chooses frames by time: one for each tick of the asked rate."""

    def __init__(self, fps: float | None, start: float) -> None:
        self._fps = fps
        self._start = start
        self._next = 0

    def take(self, at: float) -> bool:
        if self._fps is None:
            return True
        tick = (at - self._start) * self._fps
        # a frame half a millisecond early still counts for its tick: times are rounded in files
        if tick + 0.0005 * self._fps < self._next:
            return False
        self._next = int(tick + 0.0005 * self._fps) + 1
        return True


def _animation(path: Path, container: Container, _: float) -> _Source:
    with still.opened(path, container, limits=LIMITS) as image:
        at = 0.0
        frames = ImageSequence.Iterator(image)
        while True:
            try:
                frame = next(frames)
                frame.load()
            except (StopIteration, EOFError):
                return
            except MemoryError:
                raise
            except Exception:
                return
            lasting = float(frame.info.get("duration") or 100.0) / 1000
            yield at, _Cell(frame)
            at += lasting


def _video(path: Path, container: Container, start: float) -> _Source:
    with stream.opened(path, container) as media:
        found = stream.chosen(media).video
        if not stream.known(found):
            raise UnreadableMedia("The file holds no video that can be decoded here.")
        found.thread_type = "AUTO"
        zero = stream.zero(media)
        # AVI keeps no time shown, only an order of decoding
        orderly = container.format == "avi"
        clock = _Clock(orderly=orderly, zero=zero)
        if start > 0 and (not orderly or clock.begun(stream.decoded(media, found))):
            stream.seek(media, start + zero - (AHEAD if orderly else 0.0))
        scaler = _Scaler()
        for at, turn, frame in interlace.whole(_timed(stream.decoded(media, found), clock)):
            yield at, _Decoded(frame, turn, scaler)


def _timed(frames: Iterator[Any], clock: _Clock) -> Iterator[interlace.Timed]:
    """Frames with their moment and turn; those without a moment are left out."""
    for frame in frames:
        if frame.width * frame.height > LIMITS.max_video_pixels:
            raise DecodesTooLarge("A frame of the video is larger than its header declares.")
        at = clock.read(frame)
        if at is not None:
            yield at, stream.turn(frame), frame


class _Clock:
    """Seconds of each frame as it comes out of the decoder.

    Where there are no times shown, a frame is as late as the order number that it leaves the
    decoder with, counted from that of the file's first frame. The numbers go on after a seek.
    """

    def __init__(self, *, orderly: bool, zero: float) -> None:
        self._orderly = orderly
        self._zero = zero
        self._first: int | None = None
        self._last: int | None = -1

    def begun(self, frames: Iterator[Any]) -> bool:
        """Take the number of the file's first frame; False where none can be told."""
        frame = next(frames, None)
        if frame is None or frame.dts is None:
            return False
        self._first, self._last = frame.dts, None
        return True

    def read(self, frame: Any) -> float | None:
        if not self._orderly:
            shown: float | None = frame.time  # of the time shown, without making a fraction of it
            if shown is not None:
                return shown - self._zero
            stamp = frame.dts
            if stamp is None:
                return None
            return float(stamp * frame.time_base) - self._zero
        if frame.dts is not None and self._first is None:
            self._first = frame.dts
        if frame.dts is not None:
            step = frame.dts - (self._first or 0)
        elif self._last is not None:
            # the last frames leave the decoder after the last packet and carry no stamp
            step = self._last + 1
        else:
            return None
        self._last = step
        return None if frame.time_base is None else float(step * frame.time_base)


class _Scaler:
    """Scales and converts; keeps what it needs for each size from frame to frame."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], VideoReformatter] = {}

    def rgb(self, frame: Any, size: tuple[int, int], *, how: str) -> Pixels:
        """The frame at ``size`` (width, height), not turned."""
        tool = self._kept.setdefault(size, VideoReformatter())
        scaled: Any = tool.reformat(
            frame, width=size[0], height=size[1], format="rgb24", interpolation=how, threads=1
        )
        plane = scaled.planes[0]
        # no copy: the array keeps the scaled frame alive, and passes over the padding of its rows
        rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
        return rows[: size[1], : 3 * size[0]].reshape(size[1], size[0], 3)


class _Decoded:
    """A frame as the decoder gave it, and the degrees to turn it by."""

    def __init__(self, frame: Any, turn: int, scaler: _Scaler) -> None:
        self._frame, self._turn, self._scaler = frame, turn, scaler
        self._lines: dict[tuple[int, int], Pixels] = {}

    def rgb(self, max_side: int | None = None) -> Pixels:
        width, height = self._frame.width, self._frame.height
        if max_side is not None and max(width, height) > max_side:
            scale = max_side / max(width, height)
            width, height = max(2, round(width * scale)), max(2, round(height * scale))
        return self._turned(self._scaler.rgb(self._frame, (width, height), how="BILINEAR"))

    def lines(self, height: int) -> Pixels:
        lying = self._turn in (90, 270)
        columns, rows = self._frame.width, self._frame.height
        size = _lower((rows, columns) if lying else (columns, rows), height=height)
        if min(size) < SMALLEST:
            return _averaged(self.rgb(), size)
        coded = size[::-1] if lying else size
        if size not in self._lines:
            self._lines[size] = self._turned(self._scaler.rgb(self._frame, coded, how="AREA"))
        return self._lines[size]

    def _turned(self, pixels: Pixels) -> Pixels:
        if not self._turn:
            return pixels
        return np.ascontiguousarray(np.rot90(pixels, k=-self._turn // 90))


class _Cell:
    """One picture of an animation."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image

    def rgb(self, max_side: int | None = None) -> Pixels:
        return as_array(self._image, max_side)

    def lines(self, height: int) -> Pixels:
        pixels = as_array(self._image, None)
        return _averaged(pixels, _lower((pixels.shape[1], pixels.shape[0]), height=height))


def _lower(size: tuple[int, int], *, height: int) -> tuple[int, int]:
    """Width and height in the same proportion, at most ``height`` lines."""
    columns, rows = size
    return size if rows <= height else (max(1, round(columns * height / rows)), height)


def _averaged(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    if pixels.shape[1::-1] == size:
        return pixels
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), dtype=np.uint8)


def gray_frames(
    path: Path, *, fps: float, size: tuple[int, int] = (32, 32)
) -> Iterator[tuple[float, Pixels]]:
    """Yield ``(seconds, height x width uint8)`` small grey frames; ``size`` is (width, height)."""
    for at, pixels in video_frames(path, fps, max_side=8 * max(size)):
        grey = Image.fromarray(pixels).convert("L").resize(size, Image.Resampling.BOX)
        yield at, np.array(grey, dtype=np.uint8)


@dataclass(frozen=True, kw_only=True, slots=True)
class PacketInfo:
    """One coded video frame: time shown and duration in seconds, bytes, whether a key frame."""

    time: float
    duration: float
    size: int
    key: bool


def video_packets(path: Path) -> list[PacketInfo]:
    """All coded frames of the video in the order shown, without decoding any."""
    container = container_of(path)
    if container.demuxer is None:
        return []
    with stream.opened(path, container) as media:
        found = stream.chosen(media).video
        if found is None:
            return []
        infos, zero = [], stream.zero(media)
        for packet in stream.packets(media, found):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or packet.size == 0:
                continue
            base = float(packet.time_base)
            infos.append(
                PacketInfo(
                    time=stamp * base - zero,
                    duration=(packet.duration or 0) * base,
                    size=int(packet.size),
                    key=bool(packet.is_keyframe),
                )
            )
    return sorted(infos, key=lambda info: info.time)
