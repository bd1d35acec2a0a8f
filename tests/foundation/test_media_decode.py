"""Pixels, samples and times are what the file says, measured on files made here."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from foundation.media import Kind, Probe, UnreadableMedia, decode, inspect
from foundation.media.kinds import MediaLimits

RATE = 16_000


def shades(count: int, *, size: tuple[int, int] = (64, 48)) -> list[np.ndarray]:
    """Frames whose left half is white and whose right half brightens with the frame number."""
    frames = []
    for place in range(count):
        frame = np.full((size[1], size[0], 3), place * 4 % 256, dtype=np.uint8)
        frame[:, : size[0] // 2] = 255
        frames.append(frame)
    return frames


def write_video(
    path: Path,
    *,
    count: int = 50,
    rate: int = 25,
    codec: str = "libx264",
    times: list[int] | None = None,
    sound_seconds: float = 0.0,
    kind: str | None = None,
) -> Path:
    """Frames of ``shades``; ``times`` are milliseconds for an uneven clock."""
    with av.open(str(path), "w", format=kind) as media:
        stream = media.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        sound = media.add_stream("aac", rate=RATE, layout="mono") if sound_seconds else None
        for place, pixels in enumerate(shades(count)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if times is not None:
                frame.pts = times[place]
                frame.time_base = stream.codec_context.time_base
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
        if sound is not None:
            tone = np.sin(np.arange(int(RATE * sound_seconds)) / 6).astype(np.float32) * 0.5
            frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
            frame.sample_rate = RATE
            frame.pts = 0
            media.mux(sound.encode(frame))
            media.mux(sound.encode(None))
    return path


def write_wav(path: Path, samples: np.ndarray, *, rate: int = RATE) -> Path:
    with av.open(str(path), "w", format="wav") as media:
        layout = "stereo" if samples.ndim == 2 else "mono"
        stream = media.add_stream("pcm_s16le", rate=rate, layout=layout)
        packed = (samples * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate = rate
        media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return path


def test_a_picture_is_turned_as_it_asks(tmp_path: Path) -> None:
    pixels = np.zeros((40, 80, 3), dtype=np.uint8)
    pixels[:, :40] = (255, 0, 0)
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "turned.jpg"
    Image.fromarray(pixels).save(path, exif=exif, quality=95)
    probe = inspect(path)
    assert (probe.width, probe.height, probe.rotation) == (40, 80, 90)
    shown = decode.image_rgb(path)
    assert shown.shape == (80, 40, 3)
    assert shown.dtype == np.uint8
    assert shown[5, 20, 0] > 200 > 60 > shown[75, 20, 0]


def test_a_picture_is_made_smaller_never_larger(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 50)).save(path)
    assert decode.image_rgb(path, max_side=20).shape == (10, 20, 3)
    assert decode.image_rgb(path, max_side=500).shape == (50, 100, 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "mode.tiff"
    if mode == "I;16":
        image = Image.fromarray(np.full((8, 8), 32768, dtype=np.uint16))
    elif mode == "F":
        image = Image.fromarray(np.full((8, 8), 0.5, dtype=np.float32))
    else:
        grey = Image.new("RGB", (8, 8), (128, 128, 128))
        image = grey.quantize() if mode == "P" else grey.convert("L" if mode == "LA" else mode)
        image = image.convert(mode)
    image.save(path)
    shown = decode.image_rgb(path)
    assert shown.shape == (8, 8, 3)
    if mode != "1":
        assert abs(int(shown[4, 4, 0]) - 128) <= 3


def test_what_is_see_through_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(path)
    assert (decode.image_rgb(path) == 255).all()


def test_jpeg_tables_tell_quality_and_subsampling(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    image = Image.effect_noise((64, 64), 60).convert("RGB")
    image.save(path, quality=63, subsampling="4:2:2", progressive=True)
    tables = decode.jpeg_tables(path)
    assert tables is not None
    assert (tables.quality, tables.subsampling, tables.progressive) == (63, "4:2:2", True)
    assert len(tables.quantisation[0]) == 64
    assert tables.quantisation[0][0] < tables.quantisation[0][63]
    png = tmp_path / "a.png"
    image.save(png)
    assert decode.jpeg_tables(png) is None


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "libx264"), ("a.webm", "libvpx-vp9")],
)
def test_frames_come_in_order_with_their_times(tmp_path: Path, name: str, codec: str) -> None:
    path = write_video(tmp_path / name, codec=codec)
    frames = list(decode.video_frames(path))
    assert len(frames) == 50
    assert [at for at, _ in frames] == pytest.approx([place / 25 for place in range(50)], abs=0.002)
    assert frames[0][1].shape == (48, 64, 3)
    for place, (_, pixels) in enumerate(frames):
        assert abs(int(pixels[24, 48, 0]) - place * 4) < 12
        assert pixels[24, 10, 0] > 235


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_late_part_of_an_avi_has_the_times_of_the_whole(tmp_path: Path, codec: str) -> None:
    path = write_video(tmp_path / "a.avi", codec=codec, count=160)
    whole = {round(at, 4): pixels for at, pixels in decode.video_frames(path)}
    late = list(decode.video_frames(path, start=5.0, end=6.0))
    assert [at for at, _ in late] == pytest.approx([5 + place / 25 for place in range(25)])
    for at, pixels in late:
        assert np.array_equal(pixels, whole[round(at, 4)])


def test_the_rate_is_met_without_doubling(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    times = [at for at, _ in decode.video_frames(path, 10)]
    assert len(times) == 20
    assert len([at for at, _ in decode.video_frames(path, 100)]) == 50
    some = [at for at, _ in decode.video_frames(path, 5, start=1.0, end=1.6)]
    assert some == pytest.approx([1.0, 1.2, 1.4], abs=0.05)


def test_an_uneven_clock_is_kept(tmp_path: Path) -> None:
    times = [0, 40, 500, 540, 2000, 2040, 2080]
    path = write_video(tmp_path / "a.mkv", count=7, times=times)
    expected = [at / 1000 for at in times]
    assert [at for at, _ in decode.video_frames(path)] == pytest.approx(expected, abs=0.002)
    packets = decode.video_packets(path)
    assert [packet.time for packet in packets] == pytest.approx(expected, abs=0.002)


def test_packets_tell_size_and_key_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    packets = decode.video_packets(path)
    assert len(packets) == 50
    assert packets[0].key
    assert sum(packet.key for packet in packets) < 10
    assert all(packet.size > 0 for packet in packets)
    assert packets[1].duration == pytest.approx(0.04)


def test_small_grey_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    frames = list(decode.gray_frames(path, fps=5, size=(16, 12)))
    assert len(frames) == 10
    assert frames[0][1].shape == (12, 16)
    assert frames[9][1][6, 12] > frames[0][1][6, 12] + 50


def test_an_animation_is_read_like_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    first, *rest = [Image.fromarray(pixels) for pixels in shades(6)]
    first.save(path, save_all=True, append_images=rest, duration=200, loop=0)
    probe = inspect(path)
    assert (probe.kind, probe.animated, probe.frames) == (Kind.IMAGE, True, 6)
    assert probe.duration == pytest.approx(1.2)
    assert [at for at, _ in decode.video_frames(path)] == pytest.approx(
        [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    )


def test_sound_is_mono_at_the_asked_rate(tmp_path: Path) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * 44_100) / 44_100) * 0.5
    path = write_wav(tmp_path / "a.wav", np.stack([tone, tone], axis=1), rate=44_100)
    probe = inspect(path)
    assert (probe.kind, probe.sample_rate, probe.channels) == (Kind.AUDIO, 44_100, 2)
    assert probe.duration == pytest.approx(2)
    sound = decode.audio_mono(path, RATE)
    assert sound.dtype == np.float32
    assert sound.size == pytest.approx(2 * RATE, abs=4)
    peak = np.argmax(np.abs(np.fft.rfft(sound))) * RATE / sound.size
    assert peak == pytest.approx(440, abs=1)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.02)
    assert decode.audio_mono(path).size == 2 * 44_100


def test_sound_comes_in_pieces_that_join(tmp_path: Path) -> None:
    samples = np.linspace(-0.9, 0.9, 5 * RATE)
    path = write_wav(tmp_path / "a.wav", samples)
    pieces = list(decode.audio_chunks(path, RATE, seconds=2))
    assert [round(at, 3) for at, _ in pieces] == [0, 2, 4]
    assert [part.size for _, part in pieces] == [2 * RATE, 2 * RATE, RATE]
    assert np.concatenate([part for _, part in pieces]) == pytest.approx(samples, abs=0.001)
    part = decode.audio_mono(path, RATE, start=1.5, end=2.5)
    assert part == pytest.approx(samples[int(1.5 * RATE) : int(2.5 * RATE)], abs=0.001)


def test_sound_and_picture_share_their_zero(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.ts", sound_seconds=2.0, kind="mpegts")
    probe = inspect(path)
    assert (probe.media_type, probe.kind) == ("video/mp2t", Kind.VIDEO)
    assert next(iter(decode.video_frames(path)))[0] < 0.2
    assert next(iter(decode.audio_chunks(path, RATE)))[0] < 0.2


def test_a_file_without_sound_has_none(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", count=5)
    assert decode.audio_mono(path, RATE).size == 0
    image = tmp_path / "a.png"
    Image.new("L", (8, 8)).save(image)
    assert decode.audio_mono(image, RATE).size == 0
    assert decode.video_packets(image) == []


def test_a_document_holds_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    probe = inspect(path)
    assert (probe.kind, probe.decodable) == (Kind.DOCUMENT, False)
    assert "PDF" in probe.note
    with pytest.raises(UnreadableMedia):
        decode.image_rgb(path)


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    cover = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(cover, "JPEG")
    tag = b"\0image/jpeg\0\x03\0" + cover.getvalue()
    frame = b"APIC" + len(tag).to_bytes(4, "big") + b"\0\0" + tag
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    sound = io.BytesIO()
    with av.open(sound, "w", format="mp3") as media:
        stream = media.add_stream("mp3", rate=44_100, layout="mono")
        quiet = av.AudioFrame.from_ndarray(
            np.zeros((1, 44_100), dtype=np.float32), format="fltp", layout="mono"
        )
        quiet.sample_rate = 44_100
        media.mux(stream.encode(quiet))
        media.mux(stream.encode(None))
    body = sound.getvalue()
    start = body.index(b"\xff\xfb")
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\x03\0\0" + size + frame + body[start:])
    probe = inspect(path)
    assert (probe.kind, probe.media_type, probe.codecs) == (Kind.AUDIO, "audio/mpeg", ("mp3",))


def test_probe_and_limits_cross_as_plain_data() -> None:
    probe = Probe(kind=Kind.VIDEO, media_type="video/mp4", format="mp4", bytes=3, codecs=("h264",))
    assert Probe.from_dict(probe.to_dict()) == probe
    limits = MediaLimits(max_bytes=5)
    assert MediaLimits.from_dict(limits.to_dict()) == limits
