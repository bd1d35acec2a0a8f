"""Sound is found in sound: where, how sure, and through what it may have gone."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from scipy import signal

from foundation import fingerprint
from foundation.fingerprint import sound_codes as sc

RATE = 16_000
Samples = np.ndarray


def melody(seed: int, seconds: float = 20.0) -> Samples:
    """Notes with overtones over a little noise: no two seeds alike."""
    generator = np.random.default_rng(seed)
    size = int(seconds * RATE)
    sound = generator.normal(0, 0.004, size)
    age = np.arange(int(0.8 * RATE)) / RATE
    for start in range(0, size - age.size, int(0.21 * RATE)):
        pitch = 220 * 2 ** (generator.integers(0, 30) / 12)
        note = sum(np.sin(2 * np.pi * pitch * tone * age) / tone for tone in (1, 2, 3))
        sound[start : start + age.size] += 0.2 * np.exp(-6 * age) * note
    return (0.7 * sound / np.abs(sound).max()).astype(np.float32)


def asked(samples: Samples) -> dict[float, np.ndarray]:
    low = signal.resample_poly(samples, sc.RATE, RATE).astype(np.float32)
    return sc.asked_of(low, most_seconds=600)


def faster(samples: Samples, speed: float) -> Samples:
    return np.interp(np.arange(0, samples.size - 1, speed), np.arange(samples.size), samples)


def through_mp3(samples: Samples, rate: int = 32_000) -> Samples:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = rate
        whole = (np.clip(samples, -1, 1) * 32767).astype("<i2")[None]
        frame = av.AudioFrame.from_ndarray(whole, format="s16p", layout="mono")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    out.seek(0)
    with av.open(out) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [
            block.to_ndarray().ravel()
            for frame in file.decode(audio=0)
            for block in resampler.resample(frame)
        ]
    return np.concatenate(parts)


def telephone(samples: Samples) -> Samples:
    """300 to 3400 Hz at 8 kHz with eight bits in mu-law steps."""
    band = signal.butter(6, [300, 3400], btype="band", fs=RATE, output="sos")
    narrow = signal.resample_poly(signal.sosfilt(band, samples), 1, 2)
    folded = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    stepped = np.round(folded * 127) / 127
    wide = np.sign(stepped) * (256.0 ** np.abs(stepped) - 1) / 255
    return signal.resample_poly(wide, 2, 1)


@pytest.fixture(scope="module")
def index() -> sc.SoundIndex:
    kept = [
        (seed, sc.codes(signal.resample_poly(melody(seed), sc.RATE, RATE).astype(np.float32),
                        every=sc.KEPT_EVERY))
        for seed in range(4)
    ]  # fmt: skip
    return sc.SoundIndex(kept)


@pytest.mark.parametrize(
    ("name", "change", "speed"),
    [
        ("plain", lambda x: x, 1.0),
        ("mp3", through_mp3, 1.0),
        ("telephone", telephone, 1.0),
        ("faster", lambda x: faster(x, 1.03), 1.03),
        ("slower", lambda x: faster(x, 0.97), 0.97),
    ],
)
def test_an_excerpt_is_found_and_where(
    index: sc.SoundIndex, name: str, change: object, speed: float
) -> None:
    part = melody(3)[5 * RATE : 13 * RATE]
    heard = index.find(asked(change(part)))  # type: ignore[operator]
    assert [each.name for each in heard] == [3]
    assert heard[0].known_at - heard[0].at * speed == pytest.approx(5.0, abs=0.3)
    assert heard[0].seconds > 5
    assert heard[0].wrong < sc.MOST_WRONG


def test_other_sound_noise_and_silence_are_not_found(index: sc.SoundIndex) -> None:
    generator = np.random.default_rng(0)
    for other in (melody(99), generator.normal(0, 0.2, 10 * RATE), np.zeros(10 * RATE)):
        assert index.find(asked(other.astype(np.float32))) == []


def test_silence_agrees_with_nothing() -> None:
    silent = sc.codes(np.zeros(20 * sc.RATE, dtype=np.float32), every=sc.KEPT_EVERY)
    assert sc.SoundIndex([(1, silent)]).find(asked(np.zeros(20 * RATE, dtype=np.float32))) == []


def test_less_than_three_seconds_prove_nothing(index: sc.SoundIndex) -> None:
    assert index.find(asked(melody(3)[: 2 * RATE])) == []


def test_a_file_is_read_in_the_child(tmp_path: Path, index: sc.SoundIndex) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((melody(2)[: 8 * RATE] * 32767).astype("<i2").tobytes())
    found = fingerprint.of_sound(path)
    assert [heard.name for heard in index.find(found.asked)] == [2]
    assert found.kept.size == pytest.approx(8 * sc.RATE / sc.STEP / sc.KEPT_EVERY, rel=0.1)
