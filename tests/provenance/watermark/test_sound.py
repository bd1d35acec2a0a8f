"""The institution's mark in sound: put in, sent through what people do to sound, read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import resample_poly

from foundation.media.decode import audio_channels, audio_mono
from provenance import watermark
from provenance.watermark import Status, keys
from provenance.watermark.errors import WatermarkNotHeld, WatermarkRefused
from provenance.watermark.sound import embedding, identifier
from provenance.watermark.sound.finding import find
from provenance.watermark.sound.pattern import PERIOD_SECONDS, RATE, SLOT, SLOTS, pattern

Floats = npt.NDArray[np.float64]
Voice = Callable[..., Floats]
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
WORK = bytes.fromhex("0123456789abcdef")


@pytest.fixture
def marked(
    tmp_path: Path, voice: Voice, write_wav: Callable[..., Path]
) -> Callable[..., watermark.MarkedFile]:
    """Mark a recording of two channels, at any rate, into any form."""

    def make(*, form: str = ".wav", rate: int = 24_000, seconds: float = 12) -> Any:
        one = voice(seconds=seconds, rate=rate)
        source = write_wav(tmp_path / "source.wav", np.stack([one, 0.5 * one]), rate=rate)
        out = tmp_path / f"marked{form}"
        return watermark.embed(source, out, scheme="audio", payload=WORK, key=KEY)

    return make


@pytest.fixture(scope="module")
def carrier(voice: Voice) -> Floats:
    """Twelve seconds of marked sound at 16 kHz, made without a file."""
    sound = voice(seconds=12, rate=RATE).astype(np.float32)[None, :]
    chips = pattern(KEY).chips(identifier.coded(WORK, key=KEY))
    pieces = embedding.marked(iter([(RATE, sound)]), chips, cost=embedding.Loudness())
    return np.concatenate([samples for _, samples in pieces], axis=1)[0].astype(np.float64)


def read(path: Path, *, key: bytes = KEY) -> watermark.Detection:
    [found] = watermark.detect(path, keys=[key], schemes=["audio"])
    return found


def test_the_mark_is_read_and_costs_little(marked: Callable[..., watermark.MarkedFile]) -> None:
    made = marked()
    found = read(made.path)
    assert (found.status, found.payload) == (Status.FOUND, WORK)
    assert found.false_alarm < 1e-8
    assert found.agreement > 0.85
    assert found.details["key"] == keys.name(KEY)
    assert made.details["segmental_snr"] > 18
    assert made.details["snr"] > 17


def test_without_the_key_there_is_nothing(marked: Callable[..., watermark.MarkedFile]) -> None:
    made = marked()
    found = read(made.path, key=OTHER)
    assert found.status is Status.ABSENT
    assert found.payload is None
    assert "says nothing" in found.sentence
    assert [one.scheme for one in watermark.detect(made.path)] == []


def test_unmarked_sound_is_absent(voice: Voice) -> None:
    """One wrong fit in four thousand million is promised; here none at all."""
    for seed in range(6):
        key = keys.derived(KEY, f"try {seed}")
        found = find(voice(seconds=6, rate=RATE, seed=seed).astype(np.float32), key=key)
        assert found
        assert not found.read.fits
        assert found.certainty < 6


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_any_rate_and_both_channels(marked: Callable[..., watermark.MarkedFile], rate: int) -> None:
    made = marked(rate=rate, seconds=9)
    [(got, samples)] = list(audio_channels(made.path))
    assert got == rate
    assert samples.shape == (2, 9 * rate)
    assert read(made.path).payload == WORK
    # each channel carries it alone
    for channel in samples:
        narrow = np.asarray(resample_poly(channel, RATE, rate), dtype=np.float32)
        found = find(narrow, key=KEY)
        assert found
        assert found.read.fits


@pytest.mark.parametrize("form", [".flac", ".mp3", ".m4a"])
def test_other_forms(marked: Callable[..., watermark.MarkedFile], form: str) -> None:
    made = marked(form=form)
    assert read(made.path).payload == WORK
    with av.open(str(made.path)) as media:
        assert media.streams.audio[0].codec_context.channels == 2


@pytest.mark.parametrize(
    ("codec", "ending", "rate", "bits"),
    [
        ("libmp3lame", "mp3", 24_000, 64_000),
        ("aac", "m4a", 24_000, 64_000),
        ("libopus", "ogg", 16_000, 32_000),
    ],
)
def test_it_survives_compression(
    carrier: Floats, tmp_path: Path, codec: str, ending: str, rate: int, bits: int
) -> None:
    up = np.asarray(resample_poly(carrier, rate, RATE))
    copy = _encoded(up, tmp_path / f"copy.{ending}", codec=codec, rate=rate, bits=bits)
    found = find(audio_mono(copy, RATE), key=KEY)
    assert found
    assert (found.read.fits, found.read.work) == (True, WORK)


@pytest.mark.parametrize(
    "change",
    [
        lambda sound, _: sound[int(1.2345 * RATE) :],
        lambda sound, _: sound[: int(8.1 * RATE)],
        lambda sound, _: 0.2 * sound,
        lambda sound, noise: sound + noise * np.sqrt(np.mean(sound**2)) * 10 ** (-30 / 20),
        lambda sound, _: np.round(sound * 127) / 127,
        lambda sound, _: np.concatenate([np.zeros(RATE), sound]),
        lambda sound, _: np.tanh(2 * sound),
    ],
    ids=["cut in front", "cut behind", "quieter", "noise", "8 bits", "silence before", "distorted"],
)
def test_it_survives_handling(carrier: Floats, change: Callable[[Floats, Floats], Floats]) -> None:
    noise = np.random.default_rng(2).normal(0, 1, carrier.size)
    found = find(change(carrier, noise).astype(np.float32), key=KEY)
    assert found
    assert (found.read.fits, found.read.work) == (True, WORK)


def test_a_part_of_something_else_is_found(
    carrier: Floats, write_wav: Callable[..., Path], voice: Voice, tmp_path: Path
) -> None:
    mine = carrier
    other = voice(seconds=45, rate=RATE, seed=8)
    mixed = write_wav(
        tmp_path / "mixed.wav", np.concatenate([other, mine, other[: 10 * RATE]]), rate=RATE
    )
    found = read(mixed)
    assert found.payload == WORK
    assert found.details["from_seconds"] < 57
    assert found.details["to_seconds"] > 45


def test_what_is_too_short_or_silent_is_refused(
    write_wav: Callable[..., Path], tone: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    with pytest.raises(WatermarkRefused, match="at least"):
        watermark.embed(tone, out, scheme="audio", payload=WORK, key=KEY)
    silent = write_wav(tmp_path / "silent.wav", np.zeros(10 * RATE), rate=RATE)
    with pytest.raises(WatermarkNotHeld):
        watermark.embed(silent, out, scheme="audio", payload=WORK, key=KEY)
    many = write_wav(tmp_path / "many.wav", np.zeros((4, 10 * RATE)), rate=RATE)
    with pytest.raises(WatermarkRefused, match="4 channels"):
        watermark.embed(many, out, scheme="audio", payload=WORK, key=KEY)
    blink = write_wav(tmp_path / "blink.wav", np.zeros(RATE // 2), rate=RATE)
    assert read(blink).status is Status.UNSUPPORTED
    assert not out.exists()


def test_blocks_leave_no_seam(voice: Voice) -> None:
    """In pieces of any size the same comes out as from one piece."""
    rate = 22_050
    sound = voice(seconds=26, rate=rate).astype(np.float32)[None, :]
    chips = pattern(KEY).chips(identifier.coded(WORK, key=KEY))

    def cut(size: int) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
        for begin in range(0, sound.shape[1], size):
            yield rate, sound[:, begin : begin + size]

    whole, parts = (
        np.concatenate(
            [
                samples
                for _, samples in embedding.marked(cut(size), chips, cost=embedding.Loudness())
            ],
            axis=1,
        )
        for size in (sound.size, 7001)
    )
    assert whole.shape == sound.shape
    assert np.array_equal(whole, parts)
    change = whole - sound
    steps = np.abs(np.diff(change[0]))
    seams = [8 * rate, 16 * rate, 24 * rate]
    assert max(steps[seam - 2 : seam + 2].max() for seam in seams) < steps.max() / 2


def test_the_pattern_is_the_keys_alone_and_for_ever() -> None:
    mine, other = pattern(KEY), pattern(OTHER)
    assert abs(float((mine.signs * other.signs).mean())) < 0.05
    assert 0.1 < mine.known.mean() < 0.14
    counts = np.bincount(mine.bit[~mine.known], minlength=identifier.CODED)
    assert counts.min() >= 30
    # a change here makes every mark in the world unreadable
    assert keys.derived(KEY, "sound signs", length=8).hex() == "5ff63e23fca19dab"
    assert PERIOD_SECONDS == SLOTS * SLOT / RATE


def test_identifiers_are_checked() -> None:
    sent = identifier.coded(WORK, key=KEY).astype(np.float32)
    noisy = sent + np.random.default_rng(1).normal(0, 0.8, sent.size).astype(np.float32)
    right = identifier.read(noisy, key=KEY)
    assert (right.work, right.fits) == (WORK, True)
    assert 0.8 < right.agreement < 1
    assert not identifier.read(noisy, key=OTHER).fits
    assert sent.size == identifier.CODED


def _encoded(mono: Floats, path: Path, *, codec: str, rate: int, bits: int) -> Path:
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = bits
        samples = np.ascontiguousarray(mono[None, :], dtype=np.float32)
        frame: Any = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = rate
        frame.pts = 0
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        for block in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(block))
        out.mux(stream.encode(None))
    return path
