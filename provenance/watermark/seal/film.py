"""Video as planes: out of a file, and into a new one. Child only; one frame at a time.

Only brightness carries the seal, so colours are never converted: the two colour planes are passed
on as they are, and so are the packets of the sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import PictureType

from foundation.media import stream
from foundation.media.errors import DecodesTooLarge, UnreadableMedia
from foundation.media.kinds import MediaLimits
from foundation.media.probe import container_of
from provenance.watermark.seal.identifier import Floats

Plane = npt.NDArray[np.uint8]

_LIMITS = MediaLimits()
_USUAL_RANGE, _FULL_RANGE = 1, 2
_BLACK, _WHITE = 16.0, 235.0
_MP4_SOUNDS = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
# a low crf, and no shortcut that drops what is faint: that is where the seal lies
_ENCODER = {
    "crf": "17",
    "preset": "medium",
    "x264-params": "deadzone-inter=6:deadzone-intra=4:no-dct-decimate=1:mbtree=0:psy=0:scenecut=0",
}


@dataclass(frozen=True)
class Frame:
    """One frame, turned as the file asks. ``at``: seconds from the file's start; ``stamp`` and
    ``base``: the same as the file has it; ``planes``: brightness and the two halved colours;
    ``full``: whether brightness uses all of 0..255 instead of 16..235."""

    at: float
    stamp: int
    base: Fraction
    planes: tuple[Plane, Plane, Plane]
    full: bool
    colour: tuple[int, int, int]

    def brightness(self) -> Floats:
        """Grey levels, 0 black to 255 white."""
        levels = np.arange(256, dtype=np.float32)
        if not self.full:
            levels = (levels - np.float32(_BLACK)) * np.float32(255 / (_WHITE - _BLACK))
        return np.asarray(cv2.LUT(self.planes[0], levels[None]), dtype=np.float32)

    def changed(self, added: Floats) -> Frame:
        """The frame with another brightness; ``added`` in grey levels."""
        scale = 1.0 if self.full else (_WHITE - _BLACK) / 255
        first = cv2.add(self.planes[0], added * np.float32(scale), dtype=cv2.CV_8U)
        planes = (np.asarray(first, dtype=np.uint8), self.planes[1], self.planes[2])
        return replace(self, planes=planes)

    def even(self) -> Frame:
        """The frame without the last row or column where their number is odd."""
        height, width = (side // 2 * 2 for side in self.planes[0].shape)
        first, second, third = self.planes
        kept = first[:height, :width], *(p[: height // 2, : width // 2] for p in (second, third))
        first, second, third = (np.ascontiguousarray(plane) for plane in kept)
        return replace(self, planes=(first, second, third))


def frames(path: Path) -> Iterator[Frame]:
    """The frames of the video in the order shown. Raises UnreadableMedia, DecodesTooLarge."""
    container = container_of(path)
    with stream.opened(path, container) as media:
        found = stream.chosen(media).video
        if not stream.known(found):
            raise UnreadableMedia("The file holds no video that can be decoded here.")
        found.thread_type = "AUTO"
        zero = stream.zero(media)
        for place, frame in enumerate(stream.decoded(media, found)):
            if frame.width * frame.height > _LIMITS.max_video_pixels:
                raise DecodesTooLarge("A frame of the video is larger than its header declares.")
            yield _frame(frame, found, place=place, zero=zero)


def _frame(frame: Any, found: Any, *, place: int, zero: float) -> Frame:
    base = Fraction(frame.time_base or found.time_base or Fraction(1, 1000))
    stamp = frame.pts if frame.pts is not None else frame.dts
    if stamp is None:
        stamp = round(place / float(found.average_rate or 25) / base)
    turns = -stream.turn(frame) // 90
    colour = (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc))
    full = int(frame.color_range) == _FULL_RANGE
    if frame.format.name != "yuv420p":
        full = full or frame.format.name.startswith("yuvj")
        frame = frame.reformat(format="yuv420p", dst_color_range="JPEG" if full else "MPEG")
    first, second, third = (np.ascontiguousarray(np.rot90(_plane(p), turns)) for p in frame.planes)
    at = float(stamp * base) - zero
    return Frame(at, int(stamp), base, (first, second, third), full, colour)


def _plane(plane: Any) -> Plane:
    lines = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    return lines[: plane.height, : plane.width]


class Writer:
    """A new file with H.264 video of our own making and the sound of another file."""

    def __init__(self, target: Path, *, source: Path, rate: Fraction) -> None:
        self._opened = stream.opened(source, container_of(source))
        self._source = self._opened.__enter__()
        self._sounds = list(self._source.streams.audio)
        fits = all(stream.codec_name(sound) in _MP4_SOUNDS for sound in self._sounds)
        self.form = "mp4" if fits else "matroska"
        self._out = av.open(str(target), "w", format=self.form)
        self._rate = rate
        self._video: Any = None
        self._copies: dict[int, Any] = {}
        self._packets: Iterator[Any] = iter(())
        self._waiting: Any = None

    def write(self, frame: Frame, *, key: bool) -> None:
        """Append a frame with even sides; ``key`` makes it one that needs no other."""
        if self._video is None:
            self._begin(frame)
        height, width = frame.planes[0].shape
        made: Any = av.VideoFrame(width, height, "yuv420p")
        for plane, pixels in zip(made.planes, frame.planes, strict=True):
            padded = np.zeros((plane.height, plane.line_size), dtype=np.uint8)
            padded[:, : plane.width] = pixels
            plane.update(padded.tobytes())
        made.pts, made.time_base = frame.stamp, frame.base
        made.color_range = _FULL_RANGE if frame.full else _USUAL_RANGE
        if key:
            made.pict_type = PictureType.I
        self._sound_until(float(frame.stamp * frame.base))
        self._out.mux(self._video.encode(made))

    def _begin(self, frame: Frame) -> None:
        video: Any = self._out.add_stream("libx264", rate=self._rate, options=_ENCODER)
        video.height, video.width = frame.planes[0].shape
        video.pix_fmt = "yuv420p"
        context = video.codec_context
        context.time_base = frame.base
        context.color_range = _FULL_RANGE if frame.full else _USUAL_RANGE
        context.colorspace, context.color_primaries, context.color_trc = frame.colour
        self._video = video
        if self._sounds:
            self._copies = {
                sound.index: self._out.add_stream_from_template(sound) for sound in self._sounds
            }
            self._packets = stream.packets(self._source, self._sounds)
            self._waiting = next(self._packets, None)

    def _sound_until(self, seconds: float) -> None:
        """Copy the packets of sound that come before a moment: players want both side by side."""
        while (packet := self._waiting) is not None:
            if packet.dts is not None and packet.size:
                if float(packet.dts * packet.time_base) > seconds:
                    return
                packet.stream = self._copies[packet.stream_index]
                self._out.mux(packet)
            self._waiting = next(self._packets, None)

    def close(self) -> None:
        """Write what is left and end the file."""
        try:
            if self._video is not None:
                self._out.mux(self._video.encode(None))
                self._sound_until(float("inf"))
        finally:
            self._out.close()
            self._opened.__exit__(None, None, None)
