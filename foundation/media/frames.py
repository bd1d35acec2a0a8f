"""Video and animations as pictures with times. Child only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from foundation.media import still, stream
from foundation.media.errors import DecodesTooLarge, UnreadableMedia
from foundation.media.pictures import LIMITS, Pixels, as_array
from foundation.media.probe import container_of
from foundation.media.sniff import Container

_Source = Iterator[tuple[float, Callable[[], Pixels]]]


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
    container = container_of(path)
    source = _animation if container.pillow is not None else _video
    wanted = _Pace(fps, start)
    for at, make in source(path, container, start, max_side):
        if end is not None and at >= end:
            return
        if at >= start and wanted.take(at):
            yield at, make()


class _Pace:
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


def _animation(path: Path, container: Container, _: float, max_side: int | None) -> _Source:
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
            yield at, partial(as_array, frame, max_side)
            at += lasting


def _video(path: Path, container: Container, start: float, max_side: int | None) -> _Source:
    with stream.opened(path, container) as media:
        found = stream.chosen(media).video
        if not stream.known(found):
            raise UnreadableMedia("The file holds no video that can be decoded here.")
        found.thread_type = "AUTO"
        zero = stream.zero(media)
        # AVI keeps no time shown, only an order of decoding, so it is read from its start
        orderly = container.format == "avi"
        if start > 0 and not orderly:
            stream.seek(media, start + zero)
        clock = _Clock(orderly=orderly, zero=zero)
        for frame in stream.decoded(media, found):
            if frame.width * frame.height > LIMITS.max_video_pixels:
                raise DecodesTooLarge("A frame of the video is larger than its header declares.")
            at = clock.read(frame)
            if at is not None:
                yield at, partial(upright, frame, max_side)


class _Clock:
    """Seconds of each frame as it comes out of the decoder."""

    def __init__(self, *, orderly: bool, zero: float) -> None:
        self._orderly = orderly
        self._zero = zero
        self._first: int | None = None
        self._last = -1

    def read(self, frame: Any) -> float | None:
        if not self._orderly:
            stamp = frame.pts if frame.pts is not None else frame.dts
            return None if stamp is None else float(stamp * frame.time_base) - self._zero
        if frame.dts is not None and self._first is None:
            self._first = frame.dts
        # the last frames leave the decoder after the last packet and carry no stamp
        step = self._last + 1 if frame.dts is None else frame.dts - (self._first or 0)
        self._last = step
        return None if frame.time_base is None else float(step * frame.time_base)


def upright(frame: Any, max_side: int | None) -> Pixels:
    """One decoded frame as a picture, turned as the file asks, at most ``max_side`` pixels."""
    width, height = frame.width, frame.height
    if max_side is not None and max(width, height) > max_side:
        scale = max_side / max(width, height)
        width, height = max(2, round(width * scale)), max(2, round(height * scale))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    turned: Pixels = np.rot90(pixels, k=-stream.turn(frame) // 90)
    return np.ascontiguousarray(turned)


def gray_frames(
    path: Path, *, fps: float, size: tuple[int, int] = (32, 32)
) -> Iterator[tuple[float, Pixels]]:
    """Yield ``(seconds, height x width uint8)`` small grey frames; ``size`` is (width, height)."""
    for at, pixels in video_frames(path, fps, max_side=8 * max(size)):
        grey = Image.fromarray(pixels).convert("L").resize(size, Image.Resampling.BOX)
        yield at, np.array(grey, dtype=np.uint8)


@dataclass(frozen=True, kw_only=True)
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
