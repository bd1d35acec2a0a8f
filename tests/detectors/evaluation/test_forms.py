"""Copies of a file in another form: equalised so that nothing gives it away, or worn on purpose."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detectors.card import Modality
from detectors.evaluation import inside, sound
from detectors.evaluation.inside import NoCopy
from detectors.evaluation.variants import Common, VariantUnknown, common, degraded, equalised
from foundation.media import PlaylistRefused, inspect


def at(path: Path, **options: object) -> dict[str, object]:
    return {"path": os.fsencode(path), **options}


def heard(data: bytes) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], int]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return samples / 32768, file.getframerate()


def written(path: Path, samples: np.ndarray, *, rate: int, channels: int = 1) -> Path:  # type: ignore[type-arg]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def noise(seconds: float, *, rate: int, level: float = 0.1) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(3).normal(size=int(seconds * rate)) * level


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    drawn = np.random.default_rng(1).integers(0, 255, (90, 130, 3), dtype=np.uint8)
    path = tmp_path / "drawn.png"
    Image.fromarray(drawn).resize((1300, 900)).save(path)
    return path


def test_pictures_get_one_size_and_one_quality(picture: Path) -> None:
    copy = Image.open(io.BytesIO(inside.equal_picture(at(picture, size=512, quality=80))))
    assert (copy.format, copy.size) == ("JPEG", (512, 512))
    expected = io.BytesIO()
    Image.new("RGB", (8, 8)).save(expected, "JPEG", quality=80)
    tables = Image.open(expected).quantization  # type: ignore[attr-defined]
    assert copy.quantization == tables  # type: ignore[attr-defined]
    # the middle, scaled to the short side
    whole = Image.open(picture).convert("RGB").resize((740, 512), Image.Resampling.BICUBIC)
    middle = np.asarray(whole.crop((114, 0, 626, 512)), dtype=float)
    assert np.abs(np.asarray(copy.convert("RGB"), dtype=float) - middle).mean() < 12


def test_a_picture_that_is_too_small_is_left_out(picture: Path) -> None:
    with pytest.raises(NoCopy, match="smaller than the common size of 1024"):
        inside.equal_picture(at(picture, size=1024, quality=80))


def test_sounds_get_one_form(tmp_path: Path) -> None:
    rate = 44_100
    quiet = np.zeros(rate)
    stereo = np.repeat(np.concatenate((quiet, noise(6.0, rate=rate), quiet)), 2)
    path = written(tmp_path / "wide.wav", stereo, rate=rate, channels=2)
    samples, got = heard(inside.equal_sound(at(path, bandwidth=5_000.0)))
    assert got == 16_000
    assert samples.size == 4 * 16_000
    assert sound.loudness(samples, rate=got) == pytest.approx(sound.LOUDNESS_DB, abs=0.1)
    assert sound.bandwidth(samples, rate=got) == pytest.approx(5_000, abs=100)
    # the second of silence at the start is gone
    assert np.sqrt(np.mean(samples[2000:4000] ** 2)) > 0.01


def test_rate_loudness_and_bandwidth_no_longer_tell(tmp_path: Path) -> None:
    loud = written(tmp_path / "a.wav", noise(3.0, rate=48_000, level=0.3), rate=48_000)
    soft = written(tmp_path / "b.wav", noise(3.0, rate=16_000, level=0.01), rate=16_000)
    one, other = (heard(inside.equal_sound(at(path, bandwidth=6_000.0))) for path in (loud, soft))
    assert one[1] == other[1]
    assert abs(one[0].size - other[0].size) <= 640
    for measure in (sound.loudness, sound.bandwidth):
        values = [measure(samples, rate=rate) for samples, rate in (one, other)]
        assert values[0] == pytest.approx(values[1], rel=0.02)


@pytest.mark.parametrize("samples", [np.zeros(32_000), noise(0.3, rate=16_000)])
def test_silence_and_snippets_are_left_out(samples: np.ndarray, tmp_path: Path) -> None:  # type: ignore[type-arg]
    path = written(tmp_path / "still.wav", samples, rate=16_000)
    with pytest.raises(NoCopy, match="shorter than half a second"):
        inside.equal_sound(at(path, bandwidth=6_000.0))


def test_traits_are_those_of_the_file(tmp_path: Path) -> None:
    rate = 32_000
    narrow = sound.band_limited(noise(2.0, rate=rate), rate=rate, low=0.0, high=9_000.0)
    found = inside.traits(at(written(tmp_path / "n.wav", narrow, rate=rate)))
    assert found["bandwidth"] == pytest.approx(9_000, abs=150)
    assert found["loudness"] == pytest.approx(20 * np.log10(np.std(narrow)), abs=0.5)


def test_the_common_form_of_a_set() -> None:
    sides = [600] * 19 + [200]
    assert common(short_sides=sides, bandwidths=[7_000.0, 4_200.0]) == Common(
        size=512, bandwidth=4_200.0
    )
    assert common(short_sides=[400, 300], bandwidths=[1_000.0]) == Common(size=256, bandwidth=3_000)
    assert common(short_sides=[], bandwidths=[]) == Common(size=None, bandwidth=None)
    assert not equalised(Common(size=None, bandwidth=None)).fits(Modality.VIDEO)


@pytest.mark.parametrize(
    ("name", "modality", "kind"),
    [
        ("jpeg75", Modality.IMAGE, "jpeg"),
        ("resize0.5", Modality.IMAGE, "png"),
        ("crop", Modality.IMAGE, "png"),
        ("mp3-64k", Modality.AUDIO, "mp3"),
        ("phone-band", Modality.AUDIO, "wav"),
    ],
)
def test_a_degraded_copy_is_made_in_the_child(
    name: str, modality: Modality, kind: str, picture: Path, tmp_path: Path
) -> None:
    recording = written(tmp_path / "r.wav", noise(2.0, rate=22_050), rate=22_050)
    [variant] = degraded(name)
    assert variant.fits(modality)
    assert not variant.fits(Modality.VIDEO)
    source = picture if modality is Modality.IMAGE else recording
    probe = inspect(variant.steps[modality].copy(source, folder=tmp_path))
    assert probe.format == kind
    expected = {"jpeg75": (1300, 900), "resize0.5": (650, 450), "crop": (910, 630)}
    assert (probe.width, probe.height) == expected.get(name, (None, None))
    if name == "phone-band":
        assert probe.sample_rate == 8_000
    if modality is Modality.AUDIO:
        assert probe.duration == pytest.approx(2.0, abs=0.15)


def test_a_telephone_line_carries_no_deep_and_no_high_sound(tmp_path: Path) -> None:
    recording = written(tmp_path / "r.wav", noise(2.0, rate=16_000), rate=16_000)
    samples, rate = heard(inside.phone(at(recording)))
    power = np.abs(np.fft.rfft(samples)) ** 2
    frequencies = np.fft.rfftfreq(samples.size, 1 / rate)
    inside_band = power[(frequencies > 400) & (frequencies < 3_300)].mean()
    assert power[frequencies < 200].mean() < inside_band / 100
    assert power[frequencies > 3_600].mean() < inside_band / 100


@pytest.mark.parametrize("name", ["blur", "jpeg0", "jpeg100", "resize0", "mp3-64", "jpeg75;crop"])
def test_an_unknown_degradation_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(VariantUnknown, match="phone-band"):
        degraded(name)


def test_several_are_read_in_order_and_once() -> None:
    assert [one.name for one in degraded(" crop, jpeg75,crop,")] == ["crop", "jpeg75"]


def test_a_hostile_file_is_refused_by_the_child(tmp_path: Path) -> None:
    path = tmp_path / "list.wav"
    path.write_text("#EXTM3U\nhttp://example.org/a.ts\n")
    [variant] = degraded("phone-band")
    with pytest.raises(PlaylistRefused):
        variant.steps[Modality.AUDIO].copy(path, folder=tmp_path)
