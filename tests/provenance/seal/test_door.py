"""The seal through the door: files in, files out, everything in the child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from provenance import watermark
from provenance.watermark.api import Status
from provenance.watermark.errors import WatermarkRefused

Pixels = npt.NDArray[np.uint8]
Scene = Callable[..., Pixels]


@pytest.fixture
def sealed(tmp_path: Path, scene: Scene, key: bytes, work: bytes) -> Path:
    source, out = tmp_path / "source.png", tmp_path / "sealed.jpg"
    Image.fromarray(scene(31)).save(source)
    made = watermark.embed(source, out, scheme="seal", payload=work, key=key)
    assert made.detection.found
    assert made.details["psnr"] > 37
    assert watermark.detect(source, keys=[key], schemes=["seal"])[0].status is Status.ABSENT
    return out


def test_a_sealed_file_says_so(sealed: Path, key: bytes, work: bytes) -> None:
    [found] = watermark.detect(sealed, keys=[key], schemes=["seal"])
    assert found.status is Status.FOUND
    assert found.payload == work
    assert found.false_alarm <= 1e-6
    assert found.details["altered"] == []
    assert found.tamper_map is not None
    assert found.tamper_map.intact_share == 1.0
    assert found.sentence.startswith(f"This picture was sealed with this key as work {work.hex()}")


def test_an_edited_file_says_where(sealed: Path, key: bytes, other_key: bytes, work: bytes) -> None:
    with Image.open(sealed) as image:
        pixels = np.array(image)
    pixels[200:300, 400:520] = 90
    Image.fromarray(pixels).save(sealed, quality=85)
    [found] = watermark.detect(sealed, keys=[other_key, key], schemes=["seal"])
    assert found.payload == work
    assert len(found.details["altered"]) == 1
    left, top, wide, high = found.details["altered"][0]
    assert left <= 400
    assert top <= 200
    assert left + wide >= 520
    assert top + high >= 300
    assert wide * high < 2 * 120 * 100
    assert "One place was altered" in found.sentence


def test_what_cannot_be_sealed_is_refused(
    tmp_path: Path, scene: Scene, key: bytes, work: bytes
) -> None:
    small = tmp_path / "small.png"
    Image.fromarray(scene(1, size=(120, 120))).save(small)
    with pytest.raises(WatermarkRefused, match="192 on each side"):
        watermark.embed(small, tmp_path / "out.png", scheme="seal", payload=work, key=key)
    [found] = watermark.detect(small, keys=[key], schemes=["seal"])
    assert found.status is Status.UNSUPPORTED
    moving = tmp_path / "moving.gif"
    frames = [Image.fromarray(scene(seed, size=(200, 200))) for seed in range(3)]
    frames[0].save(moving, save_all=True, append_images=frames[1:], duration=80)
    with pytest.raises(WatermarkRefused):
        watermark.embed(moving, tmp_path / "out.png", scheme="seal", payload=work, key=key)


def test_a_video_goes_through_the_same_door(
    tmp_path: Path, scene: Scene, key: bytes, work: bytes
) -> None:
    source, out = tmp_path / "source.mp4", tmp_path / "sealed.mp4"
    wide = scene(32, size=(420, 240))
    with av.open(str(source), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25, options={"crf": "14"})
        stream.width, stream.height, stream.pix_fmt = 400, 240, "yuv420p"
        for number in range(16):
            pixels = np.ascontiguousarray(wide[:, number : number + 400])
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        target.mux(stream.encode(None))
    made = watermark.embed(source, out, scheme="seal", payload=work, key=key)
    assert made.details["frames"] == 16
    assert made.detection.payload == work
    assert made.detection.details["events"] == []
    assert made.detection.details["altered"] == []
    assert "Every frame is there" in made.detection.sentence
    assert watermark.detect(source, keys=[key], schemes=["seal"])[0].status is Status.ABSENT
    with av.open(str(out)) as media:
        frame = next(media.decode(video=0)).to_ndarray(format="rgb24")
    still = tmp_path / "still.png"
    Image.fromarray(frame).save(still)
    [seen] = watermark.detect(still, keys=[key], schemes=["seal"])
    assert seen.payload == work
    assert seen.details["frame_of_video"] is True
