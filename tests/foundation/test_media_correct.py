"""What is unusual and legal is read as it is meant: colours, depth, turns, channels, rates."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from detectors.jpeg import read_luma
from foundation.media import Kind, decode, inspect

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)


def swapped_profile() -> bytes:
    """An RGB profile whose red is green and whose green is red: sRGB with two tags exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    at = {bytes(data[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = (
        data[green + 4 : green + 12], data[red + 4 : red + 12],
    )  # fmt: skip
    return bytes(data).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be"))


def near(shown: npt.NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(shown.astype(int) - colour).max() <= 3)


@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.webp"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_applied(tmp_path: Path, name: str, mode: str) -> None:
    path = tmp_path / name
    options = {"lossless": True} if name.endswith("webp") else {}
    Image.new(mode, (8, 8), RED).save(path, icc_profile=swapped_profile(), **options)
    assert near(decode.image_rgb(path), GREEN)


@pytest.mark.parametrize(
    "profile", [b"", b"\0" * 200, swapped_profile()[:300], swapped_profile() + bytes(5 * 2**20)]
)
def test_a_profile_that_makes_no_sense_is_left_out(tmp_path: Path, profile: bytes) -> None:
    path = tmp_path / "a.tiff"
    Image.new("RGB", (8, 8), RED).save(path, icc_profile=profile)
    assert near(decode.image_rgb(path), RED)


def test_a_profile_for_other_channels_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (8, 8), 100).save(path, icc_profile=swapped_profile())
    assert near(decode.image_rgb(path), (100, 100, 100))


def test_srgb_pixels_stay_bit_for_bit(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=profile)
    assert np.array_equal(decode.image_rgb(tmp_path / "a.png"), pixels)


def test_cmyk_is_turned_into_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path, quality=98)
    assert near(decode.image_rgb(path), (254, 0, 0))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_and_mirrored(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((32, 64, 3), dtype=np.uint8)
    upright[:16, :32], upright[:16, 32:], upright[16:, :32] = 240, 160, 80
    # Image.Transpose members that undo what the tag asks for
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = Image.fromarray(upright)
    if orientation in undo:
        stored = stored.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / "a.jpg"
    stored.save(path, exif=exif, quality=100)
    shown = decode.image_rgb(path)
    assert shown.shape == upright.shape
    assert np.abs(shown.astype(int) - upright).max() <= 4
    probe = inspect(path)
    assert (probe.width, probe.height) == (64, 32)
    luma = read_luma(path)
    assert np.abs(luma.upright(luma.luma).astype(int) - upright[..., 0]).max() <= 4


def png(samples: npt.NDArray[np.uint16], *, colour: int) -> bytes:
    """A 16-bit PNG (RFC 2083), which Pillow cannot write in colour."""
    rows = samples.reshape(samples.shape[0], -1).astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], 16, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


@pytest.mark.parametrize(
    ("channels", "colour"), [(1, 0), (2, 4), (3, 2), (4, 6)], ids=["grey", "grey+a", "rgb", "rgba"]
)
def test_sixteen_bits_become_eight(tmp_path: Path, channels: int, colour: int) -> None:
    levels = np.linspace(0, 65535, 64).astype(np.uint16)
    samples = np.repeat(np.tile(levels, (8, 1))[..., None], channels, axis=2)
    if channels in (2, 4):
        samples[..., -1] = 65535
    path = tmp_path / "a.png"
    path.write_bytes(png(samples, colour=colour))
    shown = decode.image_rgb(path)
    assert shown.shape == (8, 64, 3)
    assert np.abs(shown[0, :, 0].astype(int) - levels / 257).max() <= 1


def test_dark_sixteen_bits_stay_dark(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(np.full((8, 8, 1), 200, dtype=np.uint16), colour=0))
    assert decode.image_rgb(path).max() <= 1


def test_an_animation_lays_its_frames_over_one_another(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = []
    for place in range(4):
        frame = Image.new("RGB", (40, 20), WHITE)
        frame.paste(RED, (0, 0, 10 * (place + 1), 20))
        frames.append(frame)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    shown = [pixels for _, pixels in decode.video_frames(path)]
    assert len(shown) == 4
    for place, pixels in enumerate(shown):
        assert near(pixels[5, 10 * place + 5], RED)
        assert near(pixels[5, -1], WHITE) or place == 3
    assert near(decode.image_rgb(path)[5, 15], WHITE)


def sound(path: Path, samples: npt.NDArray[np.float64], *, rate: int, layout: str) -> Path:
    """``samples`` is channels x samples, as 32-bit float WAV."""
    with av.open(str(path), "w", format="wav") as media:
        stream = media.add_stream("pcm_f32le", rate=rate, layout=layout)
        packed = np.ascontiguousarray(samples.T.astype(np.float32)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate = rate
        media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("rate", [7350, 11_025, 12_000, 22_050, 37_800, 48_000, 96_000, 192_000])
def test_odd_rates_keep_pitch_and_length(tmp_path: Path, rate: int) -> None:
    time = np.arange(2 * rate) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * time)
    path = sound(tmp_path / "a.wav", tone[None], rate=rate, layout="mono")
    assert inspect(path).sample_rate == rate
    heard = decode.audio_mono(path, 16_000)
    assert heard.size == pytest.approx(32_000, abs=8)
    peak = np.argmax(np.abs(np.fft.rfft(heard))) * 16_000 / heard.size
    assert peak == pytest.approx(440, abs=1)
    assert np.abs(heard[1000:-1000]).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("layout", "channels"), [("stereo", 2), ("5.1", 6), ("7.1", 8)])
def test_channels_are_averaged_and_never_clip(tmp_path: Path, layout: str, channels: int) -> None:
    tone = 0.9 * np.sin(2 * np.pi * 300 * np.arange(32_000) / 16_000)
    alone = np.zeros((channels, tone.size))
    alone[1] = tone
    path = sound(tmp_path / "a.wav", alone, rate=16_000, layout=layout)
    probe = inspect(path)
    assert (probe.kind, probe.channels) == (Kind.AUDIO, channels)
    assert np.abs(decode.audio_mono(path, 16_000)).max() == pytest.approx(0.9 / channels, abs=0.01)
    rate, apart = next(decode.audio_channels(path))
    assert (rate, apart.shape) == (16_000, (channels, tone.size))
    assert apart == pytest.approx(alone, abs=1e-6)
    everywhere = np.repeat(tone[None], channels, axis=0)
    path = sound(tmp_path / "b.wav", everywhere, rate=16_000, layout=layout)
    assert decode.audio_mono(path, 16_000) == pytest.approx(tone, abs=0.01)


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(16_000) / 9)
    tone[100:200], tone[300:310], tone[400:410] = np.nan, np.inf, 1e30
    heard = decode.audio_mono(
        sound(tmp_path / "a.wav", tone[None], rate=16_000, layout="mono"), 16_000
    )
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1
    assert (heard[120:180] == 0).all()
    [(_, _, piece)] = decode.audio_at_rates(tmp_path / "a.wav", [0])
    assert np.array_equal(piece, heard)


def test_one_pass_gives_every_rate(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(25 * 22_050) / 22_050)
    path = sound(tmp_path / "a.wav", tone[None], rate=22_050, layout="mono")
    pieces = list(decode.audio_at_rates(path, [0, 8000, 16_000], seconds=10))
    for rate, real in ((0, 22_050), (8000, 8000), (16_000, 16_000)):
        mine = [(at, samples) for name, at, samples in pieces if name == rate]
        assert [at for at, _ in mine] == pytest.approx([0, 10, 20])
        assert [samples.size for _, samples in mine[:2]] == [10 * real] * 2
        joined = np.concatenate([samples for _, samples in mine])
        assert np.array_equal(joined, decode.audio_mono(path, real))


def test_a_heic_picture_is_read_upright_and_in_colour(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif", reason="The extra 'heic' is not installed.")
    heif.register_heif_opener(thumbnails=False)
    picture = np.zeros((64, 96, 3), dtype=np.uint8)
    picture[:32] = (220, 40, 40)
    path = tmp_path / "a.heic"
    Image.fromarray(picture).save(path, quality=95)
    probe = inspect(path)
    assert (probe.media_type, probe.width, probe.height, probe.decodable) == (
        "image/heif", 96, 64, True,
    )  # fmt: skip
    shown = decode.image_rgb(path)
    assert np.abs(shown[:28].astype(int) - (220, 40, 40)).max() <= 12
    assert shown[36:].max() <= 12
