"""Probing video and sound: what is declared, what is really there, does it decode. Child only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.media import boxes, stream
from foundation.media.errors import DecodesTooLarge, TooLong, UnreadableMedia
from foundation.media.kinds import Kind, MediaLimits, Probe
from foundation.media.sniff import HEAD_BYTES, Container

_TRIED_PACKETS = 300
# a header may round; less than this share of what it promises is told as a file that ends early
_WHOLE = 0.9
_AS_SOUND = {"mp4": "audio/mp4", "mov": "audio/mp4", "webm": "audio/webm", "mkv": "audio/webm"}
_PLANAR_BYTES = 1.5


def look(path: Path, container: Container, *, limits: MediaLimits, size: int) -> Probe:
    """Probe one video or recording. Raises UnreadableMedia, DecodesTooLarge, TooLong."""
    if container.demuxer == "mov":
        for width, height in boxes.declared_sizes(path):
            _refuse_large_frames(width, height, limits)
    with stream.opened(path, container) as media:
        streams = stream.chosen(media)
        used = [found for found in (streams.video, streams.audio) if found is not None]
        if not used:
            return _without_streams(path, container, size)
        if streams.video is None:
            _refuse_absurd_rate(streams.audio)
        seen = _Seen.of(container, size, streams, used)
        _refuse_large_frames(seen.width or 0, seen.height or 0, limits)
        counted = stream.count(media, used, most=limits.max_frames)
        seen.take_counts(counted, streams, media.duration)
    if seen.packets == 0:
        return seen.probe(note=_opening_part(path, container), decodable=False)
    seen.refuse_excess(limits)
    if seen.unknown_codec:
        note = f"Its codec {seen.unknown_codec} cannot be decoded here."
        return seen.probe(note=note, decodable=False)
    tried = _try(path, container, has_video=seen.kind == Kind.VIDEO)
    return seen.probe(note=" ".join(filter(None, (seen.early_end(), tried.note))), tried=tried)


def _refuse_large_frames(width: int, height: int, limits: MediaLimits) -> None:
    if width * height > limits.max_video_pixels:
        raise DecodesTooLarge(
            f"The video declares frames of {width} x {height} pixels; at most "
            f"{limits.max_video_pixels / 1e6:,.0f} megapixels are read. Send a smaller copy."
        )


def _refuse_absurd_rate(audio: Any) -> None:
    if rate := stream.absurd_rate(audio):
        raise UnreadableMedia(
            f"The recording declares {rate:,} samples a second; none has more than "
            f"{stream.MOST_RATE:,}. It is damaged, or made to do harm: send another copy."
        )


@dataclass
class _Tried:
    rotation: int = 0
    width: int | None = None
    height: int | None = None
    note: str = ""


@dataclass
class _Seen:
    """What the headers and the packets say."""

    container: Container
    size: int
    kind: Kind
    codecs: tuple[str, ...]
    unknown_codec: str
    width: int | None
    height: int | None
    sample_rate: int | None
    channels: int | None
    rate: float | None = None
    packets: int = 0
    frames: int | None = None
    duration: float | None = None
    picture_seconds: float | None = None
    declared: float | None = None

    @classmethod
    def of(cls, container: Container, size: int, streams: stream.Streams, used: list[Any]) -> _Seen:
        video, audio = streams.video, streams.audio
        names = tuple(stream.codec_name(found) for found in used)
        unknown = [stream.codec_name(found) for found in used if not stream.known(found)]
        sees, hears = stream.known(video), stream.known(audio)
        return cls(
            container=container,
            size=size,
            kind=Kind.AUDIO if video is None else Kind.VIDEO,
            codecs=names,
            # sound that cannot be decoded does not make the picture unreadable
            unknown_codec=unknown[0] if unknown and not stream.known(used[0]) else "",
            width=(video.codec_context.width or None) if video is not None and sees else None,
            height=(video.codec_context.height or None) if video is not None and sees else None,
            sample_rate=(audio.codec_context.sample_rate or None) if audio and hears else None,
            channels=(audio.codec_context.channels or None) if audio and hears else None,
            rate=float(video.average_rate) if video is not None and video.average_rate else None,
        )

    def take_counts(
        self, counted: dict[int, stream.Counted], streams: stream.Streams, declared: int | None
    ) -> None:
        self.packets = sum(found.packets for found in counted.values())
        starts = [found.start for found in counted.values() if found.start is not None]
        ends = [found.end for found in counted.values() if found.end is not None]
        self.duration = round(max(ends) - min(starts), 6) if starts and ends else None
        self.declared = declared / 1_000_000 if declared else None
        if streams.video is not None:
            self.frames = counted[streams.video.index].packets
            self.picture_seconds = counted[streams.video.index].duration

    def refuse_excess(self, limits: MediaLimits) -> None:
        too_many = self.packets >= limits.max_frames
        if too_many or (self.duration or 0.0) > limits.max_duration:
            raise TooLong(
                f"The recording lasts {(self.duration or 0.0) / 60:,.0f} minutes; at most "
                f"{limits.max_duration / 60:,.0f} are taken. Send the part that matters."
            )
        decoded = (self.width or 0) * (self.height or 0) * _PLANAR_BYTES * (self.frames or 0)
        if decoded > limits.max_decoded_bytes and decoded / self.size > limits.max_video_ratio:
            raise DecodesTooLarge(
                f"The video has {self.size / 1024:,.0f} KiB but unpacks to "
                f"{decoded / 2**30:,.0f} GiB. Send a shorter or smaller copy."
            )

    def early_end(self) -> str:
        have, promised = self.duration or 0.0, self.declared or 0.0
        if promised - have > 1.0 and have < promised * _WHOLE:
            return f"The file ends early: {have:.1f} of {promised:.1f} seconds are there."
        return ""

    def probe(self, *, note: str, decodable: bool = True, tried: _Tried | None = None) -> Probe:
        tried = tried or _Tried()
        width, height = tried.width or self.width, tried.height or self.height
        if tried.rotation in (90, 270):
            width, height = height, width
        media_type = self.container.media_type
        if self.kind == Kind.AUDIO and self.container.kind == Kind.VIDEO:
            media_type = _AS_SOUND.get(self.container.format, "audio/x-unknown")
        if self.kind == Kind.VIDEO and self.container.format == "ogg":
            media_type = "video/ogg"
        return Probe(
            kind=self.kind,
            media_type=media_type,
            format=self.container.format,
            bytes=self.size,
            width=width,
            height=height,
            duration=self.duration,
            frames=self.frames,
            fps=self._mean_rate(),
            codecs=self.codecs,
            sample_rate=self.sample_rate,
            channels=self.channels,
            rotation=tried.rotation,
            animated=False,
            decodable=decodable,
            note=note,
        )

    def _mean_rate(self) -> float | None:
        if self.frames and self.frames > 1 and self.picture_seconds:
            return round(self.frames / self.picture_seconds, 3)
        return round(self.rate, 3) if self.rate else None


def _without_streams(path: Path, container: Container, size: int) -> Probe:
    return Probe(
        kind=container.kind,
        media_type=container.media_type,
        format=container.format,
        bytes=size,
        decodable=False,
        note=_opening_part(path, container),
    )


def _opening_part(path: Path, container: Container) -> str:
    """A whole header that announces fragments is the start of a streamed video and may carry
    credentials; any other file without a packet is unreadable."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if container.demuxer == "mov" and b"mvex" in head and b"trex" in head:
        return (
            "This is only the opening part of a streamed video; it holds no picture and no sound."
        )
    raise UnreadableMedia(
        f"The file begins like {container.title} but holds no picture and no sound that can be "
        "read. Send it again from the source."
    )


def _try(path: Path, container: Container, *, has_video: bool) -> _Tried:
    """Decode the first frame and the first sound. Raises UnreadableMedia."""
    with stream.opened(path, container) as media:
        streams = stream.chosen(media)
        tried = _Tried()
        if has_video:
            frame = stream.first_frame(media, streams.video, most=_TRIED_PACKETS)
            if frame is None:
                raise stream.unreadable(container)
            tried.rotation = stream.turn(frame)
            tried.width, tried.height = frame.width, frame.height
        if streams.audio is None:
            return tried
    with stream.opened(path, container) as media:
        audio = stream.chosen(media).audio
        heard = stream.known(audio) and stream.first_frame(media, audio, most=_TRIED_PACKETS)
        if not heard and not has_video:
            raise stream.unreadable(container)
        if not heard:
            tried.note = "The sound could not be decoded."
    return tried
