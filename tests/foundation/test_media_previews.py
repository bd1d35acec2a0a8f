"""Previews are new pictures and recordings: small, playable, without anything of the old file."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from foundation.media import Kind, Part, Preview, Probe, inspect, previews


def made(path: Path) -> dict[str, Preview]:
    return {preview.name: preview for preview in previews(path, probe=inspect(path))}


def opened(preview: Preview) -> Image.Image:
    return Image.open(io.BytesIO(preview.data))


def striped(width: int, height: int) -> np.ndarray:
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, ::2] = (255, 40, 40)
    return pixels


def test_a_picture_gets_a_view_and_a_concealed_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[271], exif[305] = "SecretCamera", "SecretEditor"
    Image.fromarray(striped(2400, 1200)).save(path, exif=exif, comment=b"SecretComment")
    found = made(path)
    assert set(found) == {"view", "concealed"}
    view, hidden = found["view"], found["concealed"]
    assert (view.width, view.height, view.media_type) == (1600, 800, "image/jpeg")
    assert opened(view).size == (1600, 800)
    assert (hidden.width, hidden.height, hidden.concealed) == (480, 240, True)
    assert opened(hidden).mode == "L"
    for preview in found.values():
        assert b"Secret" not in preview.data
        assert not opened(preview).getexif()


def test_a_concealed_picture_shows_no_detail(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "SecretPrompt")
    pixels = np.kron(np.random.default_rng(1).integers(0, 2, (60, 80)), np.ones((8, 8))) * 255
    Image.fromarray(pixels.astype(np.uint8)).save(path, pnginfo=text)
    found = made(path)
    seen = np.asarray(opened(found["view"]).convert("L"), dtype=float)
    hidden = np.asarray(opened(found["concealed"]), dtype=float)
    assert seen.std() > 100
    assert hidden.std() < 20
    assert all(b"SecretPrompt" not in preview.data for preview in found.values())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mkv"
    with av.open(str(path), "w") as media:
        media.metadata["title"] = "SecretTitle"
        stream = media.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        sound = media.add_stream("aac", rate=44_100, layout="stereo")
        for place in range(90):
            pixels = np.full((720, 1280, 3), place * 2, dtype=np.uint8)
            media.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        media.mux(stream.encode(None))
        tone = np.sin(np.arange(3 * 44_100) / 20).astype(np.float32) * 0.5
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        media.mux(sound.encode(frame))
        media.mux(sound.encode(None))
    return path


@pytest.fixture(scope="module")
def copies(clip: Path) -> dict[str, Preview]:
    """What is made of the clip, once for all who look at it."""
    return made(clip)


def test_a_video_gets_a_sheet_a_concealed_sheet_and_a_proxy(
    copies: dict[str, Preview], tmp_path: Path
) -> None:
    found = copies
    assert set(found) == {"sheet", "concealed", "waveform", "proxy", "frames"}
    sheet = opened(found["sheet"])
    assert sheet.size == (4 * 406 - 6, 2 * 231 - 6)
    grey = np.asarray(sheet.convert("L"), dtype=int)
    # eight different moments: each cell is brighter than the one before
    cells = [grey[110 + 231 * (place // 4), 200 + 406 * (place % 4)] for place in range(8)]
    assert cells == sorted(cells)
    assert cells[-1] - cells[0] > 100
    assert found["concealed"].concealed
    path = tmp_path / "proxy"
    path.write_bytes(found["proxy"].data)
    probe = inspect(path)
    assert probe.media_type == "video/mp4"
    assert probe.codecs == ("h264", "aac")
    assert (probe.width, probe.height) == (1280, 720)
    assert probe.duration == pytest.approx(3, abs=0.2)
    assert b"SecretTitle" not in found["proxy"].data
    # the index comes first, so that a browser can start before all is there
    assert found["proxy"].data.index(b"moov") < found["proxy"].data.index(b"mdat")


def test_the_copy_has_every_frame_at_its_own_time(copies: dict[str, Preview]) -> None:
    found = copies
    told = json.loads(found["frames"].data)
    assert told["whole"] is True
    assert told["times_ms"] == pytest.approx([1000 * place / 30 for place in range(90)], abs=1)
    with av.open(io.BytesIO(found["proxy"].data), "r") as media:
        shown = [round(1000 * frame.time) for frame in media.decode(video=0)]
    assert shown == pytest.approx(told["times_ms"], abs=1)


def test_longer_films_get_smaller_pictures() -> None:
    from foundation.media.proxy import _side

    base = Probe(kind=Kind.VIDEO, media_type="video/mp4", format="mp4", bytes=9, width=1920,
                 height=1080, fps=25.0)  # fmt: skip
    sides = [_side(replace(base, duration=seconds)) for seconds in (5.0, 25.0, 60.0, 7200.0)]
    assert sides == [1280, 960, 640, 640]


def test_progress_is_told_while_a_copy_is_made(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from foundation.media import proxy

    told: list[dict[str, object]] = []
    monkeypatch.setattr(proxy, "emit", told.append)
    monkeypatch.setattr(proxy, "_TOLD_EVERY", 0.0)
    proxy.video(clip, inspect(clip))
    shares = [event["share"] for event in told]
    assert len(shares) > 10
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert {event["what"] for event in told} == {"the copy to play"}


def test_a_recording_gets_a_waveform_and_a_proxy(tmp_path: Path) -> None:
    rate = 22_050
    samples = np.zeros(4 * rate)
    samples[2 * rate :] = np.sin(np.arange(2 * rate) / 8) * 0.6
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as media:
        stream = media.add_stream("pcm_s16le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (samples * 32767).astype(np.int16)[None], format="s16", layout="mono"
        )
        frame.sample_rate = rate
        media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    found = made(path)
    assert set(found) == {"waveform", "proxy"}
    drawn = opened(found["waveform"])
    assert (drawn.mode, drawn.size) == ("RGBA", (1200, 240))
    alpha = np.asarray(drawn)[..., 3]
    heights = (alpha > 0).sum(axis=0)
    assert heights[100] <= 2
    assert heights[900] > 150
    target = tmp_path / "proxy"
    target.write_bytes(found["proxy"].data)
    probe = inspect(target)
    assert (probe.media_type, probe.codecs) == ("audio/mp4", ("aac",))
    assert probe.duration == pytest.approx(4, abs=0.1)


def test_an_animation_gets_a_proxy_too(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (33, 21), (shade, 0, 0)) for shade in range(0, 250, 25)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    found = made(path)
    assert set(found) == {"view", "concealed", "proxy", "frames"}
    assert (found["proxy"].width, found["proxy"].height) == (32, 20)


def test_a_tiny_picture_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "dot.png"
    Image.new("RGB", (1, 1)).save(path)
    assert {preview.width for preview in made(path).values()} == {1}


def test_what_cannot_be_decoded_has_no_preview(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text('<?xml version="1.0"?><!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>')
    probe = inspect(path)
    assert (probe.media_type, probe.decodable) == ("image/svg+xml", False)
    assert previews(path, probe=probe) == []


def test_pictures_and_what_is_played_can_be_made_apart(
    clip: Path, copies: dict[str, Preview]
) -> None:
    probe = inspect(clip)
    apart = {part: [one.name for one in previews(clip, probe=probe, part=part)] for part in Part}
    assert apart[Part.PICTURES] == ["sheet", "concealed"]
    assert "proxy" in apart[Part.PLAYED]
    assert set(copies) == {name for names in apart.values() for name in names}
