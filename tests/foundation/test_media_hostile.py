"""Hostile and broken files: each is refused for its own reason, none does harm."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from foundation.media import (
    DecodesTooLarge,
    EmptyFile,
    Kind,
    MediaLimits,
    MediaRefusal,
    PlaylistRefused,
    TooLarge,
    TooLong,
    TooManyPixels,
    UnreadableMedia,
    UnsupportedMedia,
    inspect,
)


def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 240)) -> bytes:
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(out, kind)
    return out.getvalue()


def video(*, size: tuple[int, int] = (160, 120), frames: int = 30, kind: str = "mp4") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as media:
        stream = media.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        media.start_encoding()
        for place in range(frames):
            flat = np.full((size[1], size[0], 3), place * 5 % 255, dtype=np.uint8)
            media.mux(stream.encode(av.VideoFrame.from_ndarray(flat, format="rgb24")))
        media.mux(stream.encode(None))
    return out.getvalue()


def wav(*, seconds: float = 1.0, claimed: int | None = None, rate: int = 8000) -> bytes:
    data = (np.sin(np.arange(int(8000 * seconds)) / 5) * 9000).astype("<i2").tobytes()
    size = len(data) if claimed is None else claimed
    fmt = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    riff = struct.pack("<I", min(36 + size, 0xFFFFFFFF))
    return b"RIFF" + riff + b"WAVEfmt \x10\0\0\0" + fmt + b"data" + struct.pack("<I", size) + data


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, before: bytes = b"") -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    data = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + before + data + png_chunk(b"IEND", b"")


def bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHIIiiII", 154, 0, 54, 40, width, height, 1, 24, 0, 0,
                               2835, 2835, 0, 0) + bytes(100)  # fmt: skip


def gif_bomb(*, frames: int = 3000, side: int = 5000) -> bytes:
    """Frames of one colour each: a few hundred bytes say thousands of pixels a side."""
    screen = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x44\x01\x00"
    return screen + frame * frames + b";"


def resized_header(data: bytes, size: tuple[int, int]) -> bytes:
    """The same MP4 with other dimensions in its track and sample headers."""
    old, new = struct.pack(">HH", 160, 120), struct.pack(">HH", *size)
    at = data.index(b"mp4v") + 4 + 24
    assert data[at : at + 4] == old
    return data[:at] + new + data[at + 4 :]


TEXT = b"Dear moderators,\nplease have a look at this.\n"
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n"
M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
MPD = b'<?xml version="1.0"?>\n<!-- x -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'
CONCAT = b"ffconcat version 1.0\nfile 'http://127.0.0.1:9/a.mp4'\n"
LONG_TEXT_CHUNK = png_chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(50_000_000), 9))

HOSTILE: list[tuple[str, Callable[[], bytes], type[MediaRefusal]]] = [
    ("empty.jpg", lambda: b"", EmptyFile),
    ("one-byte.png", lambda: b"\x89", UnsupportedMedia),
    ("letter.jpg", lambda: TEXT, UnsupportedMedia),
    ("page.jpg", lambda: b"<!DOCTYPE html><html><body>hi</body></html>", UnsupportedMedia),
    ("wide.jpg", lambda: TEXT.decode().encode("utf-16"), UnsupportedMedia),
    ("sdp.mp4", lambda: SDP, PlaylistRefused),
    ("hls.mp4", lambda: M3U8, PlaylistRefused),
    ("hls-after-mark.mp4", lambda: b"\xef\xbb\xbf\n" + M3U8, PlaylistRefused),
    ("dash.mp4", lambda: MPD, PlaylistRefused),
    ("concat.mp4", lambda: CONCAT, PlaylistRefused),
    ("concat-plain.mp4", lambda: b"file '/etc/passwd'\n", PlaylistRefused),
    ("pls.mp3", lambda: b"[playlist]\nFile1=http://127.0.0.1:9/\n", PlaylistRefused),
    ("wide.png", lambda: png(65535, 65535), TooManyPixels),
    ("long.bmp", lambda: bmp(2_000_000_000, 2_000_000_000), TooManyPixels),
    ("deep.png", lambda: png(20_000, 20_000, depth=1, colour=0), TooManyPixels),
    ("text-bomb.png", lambda: png(10, 10, before=LONG_TEXT_CHUNK), DecodesTooLarge),
    ("bomb.gif", gif_bomb, DecodesTooLarge),
    ("cut.jpg", lambda: picture()[:700], UnreadableMedia),
    ("cut.png", lambda: picture("PNG")[:200], UnreadableMedia),
    ("cut.webp", lambda: picture("WEBP")[:200], UnreadableMedia),
    ("cut.gif", lambda: picture("GIF")[:700], UnreadableMedia),
    ("cut.tiff", lambda: picture("TIFF")[:100], UnreadableMedia),
    ("cut.mp4", lambda: video()[:2000], UnreadableMedia),
    ("cut.wav", lambda: wav()[:30], UnreadableMedia),
    ("silent.wav", lambda: wav(seconds=0), UnreadableMedia),
    ("gigahertz.wav", lambda: wav(rate=1_040_209_442), UnreadableMedia),
    ("no-frames.mp4", lambda: video(frames=0), UnreadableMedia),
    ("huge.mp4", lambda: resized_header(video(), (10_000, 10_000)), DecodesTooLarge),
    ("large.mp4", lambda: video(size=(8000, 8000), frames=1), DecodesTooLarge),
    ("random.jpg", lambda: np.random.default_rng(1).bytes(5000), UnsupportedMedia),
    ("archive.jpg", lambda: b"PK\x03\x04" + bytes(100), UnsupportedMedia),
    ("program.mp4", lambda: b"\x7fELF" + bytes(200), UnsupportedMedia),
    ("program.png", lambda: b"MZ" + bytes(200), UnsupportedMedia),
    ("script.jpg", lambda: b"#!/bin/sh\nrm -rf /\n", UnsupportedMedia),
]


@pytest.mark.parametrize(("name", "make", "kind"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_each_is_refused_for_its_own_reason(
    tmp_path: Path, name: str, make: Callable[[], bytes], kind: type[MediaRefusal]
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(MediaRefusal) as caught:
        inspect(path)
    assert type(caught.value) is kind, caught.value
    assert caught.value.sentence.endswith(".")
    assert str(tmp_path) not in caught.value.sentence


def test_no_two_reasons_share_a_code() -> None:
    kinds = MediaRefusal.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) == 8


def test_too_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(picture())
    with pytest.raises(TooLarge, match="MiB"):
        inspect(path, limits=MediaLimits(max_bytes=1000))


def test_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(wav(seconds=3))
    with pytest.raises(TooLong, match="minutes"):
        inspect(path, limits=MediaLimits(max_duration=2))


def test_a_video_that_unpacks_far_beyond_its_size(tmp_path: Path) -> None:
    path = tmp_path / "flat.mp4"
    path.write_bytes(video(size=(640, 480), frames=100))
    inspect(path)
    with pytest.raises(DecodesTooLarge, match="unpacks"):
        inspect(path, limits=MediaLimits(max_decoded_bytes=10_000_000, max_video_ratio=100))


def test_a_recording_that_claims_four_gigabytes_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "liar.wav"
    path.write_bytes(wav(seconds=2, claimed=0xFFFFFF00))
    probe = inspect(path)
    assert probe.duration == pytest.approx(2, abs=0.1)


def test_a_picture_and_archive_in_one_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(picture() + b"PK\x03\x04" + bytes(500))
    probe = inspect(path)
    assert (probe.kind, probe.media_type) == (Kind.IMAGE, "image/jpeg")


def test_the_name_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(picture("PNG"))
    assert inspect(path).media_type == "image/png"


@pytest.mark.parametrize(
    "name", ["http:x.mp4", "concat:a|b.mp4", "-i.mp4", "a\udcff.mp4", "%d.mp4"]
)
def test_odd_names_are_only_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(video())
    assert inspect(path).kind is Kind.VIDEO


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_most_of_a_picture_is_enough(tmp_path: Path, kind: str) -> None:
    data = picture(kind)
    path = tmp_path / "most"
    path.write_bytes(data[: len(data) * 8 // 10])
    probe = inspect(path)
    assert (probe.width, probe.height) == (320, 240)
    assert "ends early" in probe.note
    path.write_bytes(data[: len(data) * 3 // 10])
    with pytest.raises(UnreadableMedia):
        inspect(path)


def test_a_video_that_ends_early_is_measured(tmp_path: Path) -> None:
    data = video(frames=200, kind="avi")
    path = tmp_path / "cut.avi"
    path.write_bytes(data[: len(data) // 2])
    probe = inspect(path)
    assert probe.duration is not None
    assert probe.frames is not None
    assert 1 < probe.duration < 7
    assert probe.frames < 150


def test_a_piece_that_no_memory_could_hold_ends_the_video(tmp_path: Path) -> None:
    data = bytearray(video(frames=30))
    at = data.index(b"stsz") + 4 + 12
    struct.pack_into(">I", data, at + 4 * 12, 0x7FFF_FF00)
    path = tmp_path / "large.mp4"
    path.write_bytes(data)
    assert inspect(path).frames == 12


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for name in ("pipe.jpg", "missing.jpg", "."):
        with pytest.raises(UnreadableMedia):
            inspect(tmp_path / name)


def test_flipped_bytes_never_surprise(tmp_path: Path) -> None:
    """Mutants of good files are taken or refused, nothing else."""
    rng = np.random.default_rng(3)
    path = tmp_path / "mutant"
    for seed in (picture(), picture("PNG"), picture("WEBP"), picture("GIF"), video(), wav()):
        for _ in range(12):
            data = bytearray(seed)
            for at in rng.integers(0, len(data), 8):
                data[at] = int(rng.integers(0, 256))
            path.write_bytes(bytes(data))
            with contextlib.suppress(MediaRefusal):
                assert inspect(path).bytes == len(data)
