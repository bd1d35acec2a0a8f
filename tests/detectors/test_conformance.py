"""Every built-in passes the suite that third parties use, and the suite can fail."""

from __future__ import annotations

import random
import socket
import sys
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from detectors import registry
from detectors.api import Status
from detectors.testing import NotConforming, check

Make = Callable[[Path], tuple[list[Path], list[Path]]]


def pictures(folder: Path) -> tuple[list[Path], list[Path]]:
    generator = np.random.default_rng(5)
    coarse = Image.fromarray(generator.integers(40, 215, (48, 64, 3), dtype=np.uint8))
    scene = coarse.resize((512, 384), Image.Resampling.BICUBIC)
    grain = np.asarray(scene, dtype=np.float64) + generator.normal(0, 6, (384, 512, 3))
    scene = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    scene.save(folder / "good.jpg", quality=93)
    scene.save(folder / "never.png")
    scene.save(folder / "strong.jpg", quality=20)
    scene.crop((0, 0, 100, 100)).save(folder / "small.jpg", quality=93)
    Image.new("RGB", (512, 384), (90, 120, 60)).save(folder / "flat.jpg", quality=93)
    bad = ["never.png", "strong.jpg", "small.jpg", "flat.jpg"]
    return [folder / "good.jpg"], [folder / name for name in bad]


def sounds(folder: Path) -> tuple[list[Path], list[Path]]:
    generator = np.random.default_rng(6)
    time = np.arange(8 * 16_000) / 16_000
    voice = 0.2 * np.sin(2 * np.pi * 180 * time) * (np.sin(2 * np.pi * 0.6 * time) > 0.2)
    noise = generator.normal(0, 0.003, time.size)
    for name, samples in (
        ("good.wav", voice + noise),
        ("short.wav", noise[:16_000]),
        ("silent.wav", np.zeros(8 * 16_000)),
    ):
        with wave.open(str(folder / name), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(16_000)
            out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return [folder / "good.wav"], [folder / "short.wav", folder / "silent.wav"]


def videos(folder: Path) -> tuple[list[Path], list[Path]]:
    for name, count in (("good.mp4", 60), ("short.mp4", 6)):
        with av.open(str(folder / name), "w") as out:
            stream = out.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
            for number in range(count):
                rows, columns = np.mgrid[0:120, 0:160]
                wave_ = 128 + 90 * np.sin(columns / 9 + number / 3) * np.cos(rows / 14)
                picture = np.repeat(wave_[..., None], 3, axis=2).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
    return [folder / "good.mp4"], [folder / "short.mp4"]


MAKERS: dict[str, Make] = {"image": pictures, "audio": sounds, "video": videos}


def builtins() -> list[str]:
    return [e.id for e in registry.entries() if e.distribution.startswith(registry.DISTRIBUTION)]


def test_there_is_a_built_in_for_every_kind_and_each_is_in_order() -> None:
    ours = [entry for entry in registry.entries() if entry.id in builtins()]
    assert {entry.id.partition(".")[0] for entry in ours} == set(MAKERS)
    assert [entry.error for entry in ours if entry.error] == []


@pytest.mark.parametrize("detector_id", builtins())
def test_a_built_in_conforms(detector_id: str, tmp_path: Path) -> None:
    usable, unusable = MAKERS[detector_id.partition(".")[0]](tmp_path)
    findings = check(detector_id, usable=usable, unusable=unusable)
    assert [finding.status for finding in findings] == [Status.OK]
    assert all(finding.pictures and finding.llr is None for finding in findings)


class Honest:
    """Conforms; the offenders below differ from it in one thing."""

    sentence = "The picture was looked at."

    def act(self) -> None:
        return

    def detect(self, sample: object, parameters: object, /) -> object:
        from detectors.api import Outcome

        self.act()
        return Outcome(sentence=self.sentence, score=0.5)


class Random(Honest):
    def detect(self, sample: object, parameters: object, /) -> object:
        from detectors.api import Outcome

        return Outcome(sentence=self.sentence, score=random.SystemRandom().random())


class Meddling(Honest):
    def act(self) -> None:
        np.random.seed(3)


class Calling(Honest):
    def act(self) -> None:
        with socket.socket() as line:
            line.settimeout(0.1)
            try:
                line.connect(("127.0.0.1", 9))
            except OSError:
                return


class Boasting(Honest):
    sentence = "This picture is fake."


class OutOfRange(Honest):
    def detect(self, sample: object, parameters: object, /) -> object:
        from detectors.api import Outcome

        return Outcome(sentence=self.sentence, score=7.0)


CARD = """
id: test.offender
name: Offender
version: 1.0.0
interface: ">=1.0,<2.0"
modality: image
summary: For tests.
needs: {pixels: true}
runtime: {libraries: [numpy], devices: [cpu], seconds: 5}
licence: Apache-2.0
citations: [None.]
limits: [All.]
score: {low: 0, high: 1, direction: higher_is_more_suspicious, meaning: Nothing.}
error_rates: not calibrated
parameters: {}
"""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Honest, None),
        (Random, "two runs differ"),
        (Meddling, "numpy's global random generator"),
        (Calling, "tried to reach"),
        (Boasting, "may not say fake"),
        (OutOfRange, "outside the range"),
    ],
)
def test_the_suite_names_what_an_offender_does(
    kind: type[Honest], words: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "offender_module.py").write_text("")
    (tmp_path / "offender_module.yaml").write_text(CARD)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = type(sys)("offender_module")
    module.Offender = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "offender_module", module)
    picture = tmp_path / "drawn.png"
    Image.new("RGB", (64, 64), (10, 200, 30)).save(picture)
    card = tmp_path / "offender_module.yaml"
    from detectors.card import load

    entry = registry.Entry(
        id="test.offender", target="offender_module:Offender", distribution="tests",
        card_path=card, card=load(card),
    )  # fmt: skip
    with registry.registered(entry):
        if words is None:
            assert check("test.offender", usable=[picture])
        else:
            with pytest.raises(NotConforming, match=words):
                check("test.offender", usable=[picture])


def test_an_unusable_file_that_is_measured_all_the_same_fails(tmp_path: Path) -> None:
    usable, _ = pictures(tmp_path)
    with pytest.raises(NotConforming, match="abstained was expected"):
        check("image.jpeg_ghost", usable=usable, unusable=usable)
