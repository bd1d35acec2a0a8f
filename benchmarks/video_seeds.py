"""Small videos in every container, to be damaged, and whole ones at the edge of what there can be.

They show a face of the reference media where those are, so that damage reaches the detectors of
faces, and a drawn scene elsewhere.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from benchmarks import reference

LINES, SECONDS, RATE = 144, 1.2, 25
FACE = "faces/Syncnet_FCN__data_example.avi"

CONTAINERS = {
    "mp4": ("mp4", "libx264", "aac"),
    "mov": ("mov", "mpeg4", "aac"),
    "mkv": ("matroska", "libx264", "libmp3lame"),
    "webm": ("webm", "libvpx", "libopus"),
    "avi": ("avi", "mjpeg", "pcm_s16le"),
}
"""Suffix to container, picture and sound coding; GIF besides."""

SAME = {"libx264": {"x264-params": "cpu-independent=1"}}
"""What makes an encoder write the same bytes each time."""

Pictures = Sequence[np.ndarray[Any, np.dtype[np.uint8]]]


def pictures() -> Pictures:
    """About thirty small frames."""
    from detectors.ground_truth.edits import clip

    folder = reference.media()
    if folder is not None and (folder / FACE).is_file():
        return clip(folder / FACE, height=LINES, seconds=SECONDS)
    rows, columns = np.mgrid[0:LINES, 0:192]
    scene = (128 + 90 * np.sin(rows / 9) * np.cos(columns / 13)).astype(np.uint8)[..., None]
    return [np.repeat(np.roll(scene, 3 * turn, axis=1), 3, axis=2) for turn in range(30)]


def seeds(given: Pictures) -> dict[str, bytes]:
    """Suffix to the bytes of a whole file."""
    made = {suffix: _made(suffix, given) for suffix in CONTAINERS}
    out = io.BytesIO()
    first, *more = [Image.fromarray(picture) for picture in given]
    first.save(out, "GIF", save_all=True, append_images=more, duration=40)
    return {**made, "gif": out.getvalue()}


def odd(given: Pictures, *, folder: Path) -> Iterator[Path]:
    """Whole files that no camera makes; their names say what they are."""
    yield _written(folder / "ten thousand pictures a second.mp4", given, rate=Fraction(10_000))
    yield _written(folder / "a picture in ten seconds.mp4", given, rate=Fraction(1, 10))
    yield _written(folder / "one picture.mp4", given[:1])
    yield _written(folder / "all at once.mkv", given, stamps=[0] * len(given))
    yield _written(folder / "uneven pace.mp4", given,
                   stamps=[n * n for n in range(len(given))], rate=Fraction(1000))  # fmt: skip
    yield _written(folder / "no stamps.avi", given, codec="mjpeg")
    yield _written(folder / "two fields a picture.mp4", given,
                   options={"x264-params": "tff=1:log-level=none"})  # fmt: skip
    yield _written(folder / "a strip.mp4", [picture[:16] for picture in given])
    yield _headless(folder / "no key frame.mkv", given)
    yield _turned(folder / "on its side.mp4", given)
    yield from _lying(folder, given)


def _made(suffix: str, given: Pictures) -> bytes:
    kind, codec, sound = CONTAINERS[suffix]
    out = io.BytesIO()
    # without it a container carries a random number, and no run could be taken up again
    with av.open(out, "w", format=kind, options={"fflags": "+bitexact"}) as media:
        stream = _stream(media, codec, given, rate=Fraction(RATE), options=SAME.get(codec, {}))
        voice: Any = media.add_stream(sound, rate=48_000, layout="mono")
        _encode(media, stream, given, stamps=range(len(given)), rate=Fraction(RATE))
        time = np.arange(int(len(given) / RATE * 48_000)) / 48_000
        wave = (0.3 * np.sin(2 * np.pi * 200 * time) * (np.sin(9 * time) > 0)).astype(np.float32)
        frame: Any = av.AudioFrame.from_ndarray(wave[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
        media.mux(voice.encode(frame))
        media.mux(voice.encode(None))
    return out.getvalue()


def _written(
    path: Path,
    given: Pictures,
    *,
    rate: Fraction = Fraction(RATE),
    stamps: Sequence[int] | None = None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w") as media:
        stream = _stream(media, codec, given, rate=rate, options=options or {})
        _encode(media, stream, given, stamps=stamps or range(len(given)), rate=rate)
    return path


def _stream(
    media: Any, codec: str, given: Pictures, *, rate: Fraction, options: dict[str, str]
) -> Any:
    stream = media.add_stream(codec, rate=rate, options=options)
    stream.height, stream.width = (side // 2 * 2 for side in given[0].shape[:2])
    stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    return stream


def _encode(
    media: Any, stream: Any, given: Pictures, *, stamps: Sequence[int], rate: Fraction
) -> None:
    # an encoder refuses stamps that stand still, so packets are stamped after it
    rising = all(one < two for one, two in pairwise(stamps))
    for number, picture in enumerate(given):
        even = np.ascontiguousarray(picture[: stream.height, : stream.width])
        frame: Any = av.VideoFrame.from_ndarray(even, format="rgb24")
        frame.pts, frame.time_base = stamps[number] if rising else number, 1 / rate
        _mux(media, stream.encode(frame), still=not rising)
    _mux(media, stream.encode(None), still=not rising)


def _mux(media: Any, packets: Sequence[Any], *, still: bool) -> None:
    for packet in packets:
        if still:
            packet.pts = packet.dts = 0
        media.mux(packet)


def _headless(path: Path, given: Pictures) -> Path:
    """Stream copy without the only key frame."""
    source = _written(path.with_suffix(".mp4"), given, options={"g": "300", "bf": "0"})
    with av.open(str(source)) as media, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(media.streams.video[0])
        for packet in media.demux(video=0):
            if packet.dts is not None and not packet.is_keyframe:
                packet.stream = stream
                out.mux(packet)
    return path


def _turned(path: Path, given: Pictures) -> Path:
    """The matrix of the track header turned by a quarter (ISO 14496-12, 8.3.2)."""
    data = bytearray(_written(path, given).read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    struct.pack_into(">9i", data, at, 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def _lying(folder: Path, given: Pictures) -> Iterator[Path]:
    """Headers that promise what is not there."""
    data = bytearray(_made("mp4", given))
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24
    struct.pack_into(">HH", data, at, 60_000, 60_000)
    path = folder / "sixty thousand pixels wide.mp4"
    path.write_bytes(data)
    yield path
    data = bytearray(_made("mp4", given))
    at = data.index(b"mvhd") + 4 + 16
    struct.pack_into(">I", data, at, 0)
    path = folder / "lasts no time.mp4"
    path.write_bytes(data)
    yield path
