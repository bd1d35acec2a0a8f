"""Opening video and sound with PyAV under whitelists. Child only.

PyAV raises AttributeError, UnicodeDecodeError and others on damaged files besides its own errors,
so every call is guarded against Exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from foundation.media.errors import UnreadableMedia
from foundation.media.sniff import Container

DECODERS = (
    "h264,hevc,av1,libdav1d,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mpeg1video,mpeg2video,mjpeg,prores,"
    "theora,wmv1,wmv2,wmv3,vc1,msmpeg4,msmpeg4v1,msmpeg4v2,h263,h263p,flv,dvvideo,rawvideo,ffv1,"
    "huffyuv,ffvhuff,png,qtrle,cinepak,aac,aac_fixed,aac_latm,mp3,mp3float,mp2,mp2float,mp1,"
    "mp1float,opus,libopus,vorbis,libvorbis,flac,alac,ac3,ac3_fixed,eac3,amrnb,amrwb,"
    "libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,wmapro,pcm_s8,pcm_u8,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,"
    "pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,gsm,gsm_ms"
)


MOST_RATE = 1_536_000
"""Samples of sound a second; the highest that any converter takes (32 times 48 kHz)."""


def unreadable(container: Container) -> UnreadableMedia:
    """The refusal for a stream file that begins well and cannot be read."""
    return UnreadableMedia(
        f"The file begins like {container.title} but is too damaged or cut off to read. "
        "Send it again from the source."
    )


_DECODER_NAMES = frozenset(DECODERS.split(","))


ORDINARY_PIECE = 64 * 2**20
"""Bytes. Where there is no room for so much, memory is short indeed."""


@contextmanager
def opened(path: Path, container: Container) -> Iterator[InputContainer]:
    """The demuxer that the bytes asked for, able to read this one file and nothing else.

    Raises UnreadableMedia.
    """
    try:
        media = av.open(
            f"file:{path}",
            format=container.demuxer,
            options={"protocol_whitelist": "file,pipe", "codec_whitelist": DECODERS},
            metadata_errors="replace",
        )
    except av.error.MemoryError as error:
        # nothing is decoded yet: the file declares a table that no memory could hold
        raise unreadable(container) from error
    except MemoryError:
        raise
    except Exception as error:
        raise unreadable(container) from error
    with media:
        yield media


@dataclass(frozen=True)
class Streams:
    """The streams that are looked at: the first real video and the first sound."""

    video: Any
    audio: Any


def chosen(media: InputContainer) -> Streams:
    """Cover pictures and thumbnails are not video."""
    picture = Disposition.attached_pic | Disposition.timed_thumbnails
    video = [stream for stream in media.streams.video if not stream.disposition & picture]
    return Streams(
        video=video[0] if video else None,
        audio=media.streams.audio[0] if media.streams.audio else None,
    )


@dataclass
class Counted:
    """What one stream really holds: packets, and its first and last moment in seconds."""

    packets: int = 0
    start: float | None = None
    end: float | None = None

    def add(self, *, at: float | None, lasting: float) -> None:
        self.packets += 1
        if at is None:
            return
        self.start = at if self.start is None else min(self.start, at)
        self.end = at + lasting if self.end is None else max(self.end, at + lasting)

    @property
    def duration(self) -> float | None:
        if self.start is None or self.end is None:
            return None
        return self.end - self.start


def count(media: InputContainer, streams: list[Any], *, most: int) -> dict[int, Counted]:
    """Walk all packets without decoding; stops at damage or after ``most`` packets."""
    counted = {stream.index: Counted() for stream in streams}
    for walked, packet in enumerate(packets(media, streams)):
        if walked >= most:
            break
        if packet.size:
            base = float(packet.time_base)
            stamp = packet.pts if packet.pts is not None else packet.dts
            counted[packet.stream_index].add(
                at=None if stamp is None else stamp * base, lasting=(packet.duration or 0) * base
            )
    return counted


def codec_name(found: Any) -> str:
    """The codec's common name, ``unknown`` when there is no decoder for it."""
    context = found.codec_context
    return "unknown" if context is None else str(context.codec.canonical_name)


def known(found: Any) -> bool:
    """Whether a stream exists, its decoder is on the whitelist, and its rate is one of sound."""
    if found is None or found.codec_context is None or absurd_rate(found):
        return False
    return str(found.codec_context.codec.name) in _DECODER_NAMES


def absurd_rate(found: Any) -> int:
    """The samples a second that a stream declares where no recording has so many, else 0.

    Bringing such a stream to another rate would ask for a filter of many gigabytes.
    """
    rate = int(getattr(found.codec_context, "sample_rate", 0) or 0)
    return rate if rate > MOST_RATE else 0


def first_frame(media: InputContainer, found: Any, *, most: int) -> Any | None:
    """The first frame that decodes within ``most`` packets, or None."""
    for tried, packet in enumerate(packets(media, found)):
        if tried >= most:
            break
        for frame in frames_of(packet):
            return frame
    return None


def turn(frame: Any) -> int:
    """Degrees clockwise (0, 90, 180, 270) that the file asks for; the library counts the other
    way round."""
    return round(-float(frame.rotation) / 90) * 90 % 360


def zero(media: InputContainer) -> float:
    """Where the file's own clock starts, in seconds; picture and sound share it."""
    return (media.start_time or 0) / 1_000_000


def seek(media: InputContainer, seconds: float) -> None:
    """Go to the key frame before; files that cannot seek are read from their start."""
    try:
        media.seek(int(max(0.0, seconds) * 1_000_000), backward=True)
    except MemoryError:
        raise
    except Exception:
        media.seek(0)


def packets(media: InputContainer, found: Any) -> Iterator[Any]:
    """Packets of a stream or list of streams; damage to the container ends the walk."""
    walk = media.demux(found)
    while True:
        try:
            packet = next(walk)
        except StopIteration:
            return
        except av.error.MemoryError:
            # a file may declare a piece that no memory could hold, which is damage
            bytearray(ORDINARY_PIECE)
            return
        except MemoryError:
            raise
        except Exception:
            return
        yield packet


def decoded(media: InputContainer, found: Any) -> Iterator[Any]:
    """Frames of one stream; packets that do not decode are skipped."""
    for packet in packets(media, found):
        yield from frames_of(packet)


def frames_of(packet: Any) -> list[Any]:
    """What one packet decodes to; nothing when it is damaged."""
    try:
        return list(packet.decode())
    except MemoryError:
        raise
    except Exception:
        return []
