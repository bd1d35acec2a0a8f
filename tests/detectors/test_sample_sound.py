"""Sound is decoded once for all who read it, at every rate, and never held as a whole."""

from __future__ import annotations

import gc
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from detectors import tape
from detectors.api import DecodingFailed
from detectors.card import AudioNeed, Needs
from detectors.sample import SampleView, SharedSample
from foundation.media import Kind, Probe, decode

RATE = 16_000
SECONDS = 34
SAMPLES = np.sin(np.arange(RATE * SECONDS) / 7) * np.linspace(0.1, 0.8, RATE * SECONDS)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((SAMPLES * 32_767).astype("<i2").tobytes())
    return path


def views(path: Path, *needs: AudioNeed) -> list[SampleView]:
    """What detectors with these needs see of one shared sample."""
    probe = Probe(
        kind=Kind.AUDIO, media_type="audio/wav", format="wav", bytes=1, sample_rate=RATE, channels=1
    )
    cards = [Needs(audio=need) for need in needs]
    shared = SharedSample(path=path, probe=probe, needs=cards)
    return [shared.view(needs=card, resources={}) for card in cards]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every pass over a file that was begun."""
    begun: list[Path] = []
    original = decode.audio_at_rates

    def counted(path: Path, rates: list[int], *, seconds: float) -> object:
        begun.append(path)
        return original(path, rates, seconds=seconds)

    monkeypatch.setattr(decode, "audio_at_rates", counted)
    return begun


def test_blocks_join_to_the_whole(sound: Path) -> None:
    [view] = views(sound, AudioNeed(rate=RATE, max_seconds=600))
    blocks = list(view.audio_blocks())
    assert [block.samples.size for block in blocks] == [10 * RATE] * 3 + [4 * RATE]
    assert [block.start for block in blocks] == pytest.approx([0, 10, 20, 30])
    assert all(block.rate == RATE and not block.samples.flags.writeable for block in blocks)
    whole = view.audio()
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), whole.samples)
    assert whole.samples == pytest.approx(SAMPLES, abs=1e-4)
    assert (whole.truncated, whole.start, whole.rate) == (False, 0.0, RATE)
    assert next(view.audio_blocks()).start == 0.0


@pytest.mark.parametrize("kept", [tape.KEPT_BYTES, 1_000_000, 0])
def test_one_pass_serves_all_rates_wherever_blocks_are_kept(
    sound: Path, passes: list[Path], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    alone = {
        rate: views(sound, AudioNeed(rate=rate, max_seconds=600))[0].audio().samples
        for rate in (8000, RATE)
    }
    passes.clear()
    monkeypatch.setattr(tape, "KEPT_BYTES", kept)
    needs = [AudioNeed(rate=8000, max_seconds=600), AudioNeed(rate=RATE, max_seconds=600),
             AudioNeed(rate=8000, max_seconds=12)]  # fmt: skip
    low, high, short = views(sound, *needs)
    pairs = zip(low.audio_blocks(), high.audio_blocks(), strict=True)
    joined = [
        np.concatenate(parts)
        for parts in zip(*((a.samples, b.samples) for a, b in pairs), strict=True)
    ]
    assert np.array_equal(joined[0], alone[8000])
    assert np.array_equal(joined[1], alone[RATE])
    some = short.audio()
    assert (some.samples.size, some.truncated) == (12 * 8000, True)
    assert np.array_equal(some.samples, alone[8000][: 12 * 8000])
    assert passes == [sound]


def test_no_more_is_decoded_than_is_read(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [view] = views(sound, AudioNeed(rate=RATE, max_seconds=600))
    made: list[float] = []
    original = decode.audio_at_rates

    def watched(*arguments: object, **options: object) -> Iterator[object]:
        for piece in original(*arguments, **options):  # type: ignore[arg-type]
            made.append(piece[1])
            yield piece

    monkeypatch.setattr(decode, "audio_at_rates", watched)
    [view] = views(sound, AudioNeed(rate=RATE, max_seconds=600))
    next(view.audio_blocks())
    assert made == [0.0]


def test_the_own_rate_of_a_file_can_be_asked_for(sound: Path) -> None:
    [view] = views(sound, AudioNeed(rate=0, max_seconds=5))
    heard = view.audio()
    assert (heard.rate, heard.samples.size, heard.truncated) == (RATE, 5 * RATE, True)
    assert [block.samples.size for block in view.audio_blocks()] == [5 * RATE]


def test_scratch_files_go_with_the_sample(
    sound: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tape, "KEPT_BYTES", 0)
    monkeypatch.setattr(tape.tempfile, "tempdir", str(tmp_path))
    [view] = views(sound, AudioNeed(rate=RATE, max_seconds=600))
    assert sum(block.samples.size for block in view.audio_blocks()) == SAMPLES.size
    [folder] = tmp_path.glob("probity-tape-*")
    assert len(list(folder.iterdir())) == 4
    del view
    gc.collect()
    assert not folder.exists()


def test_every_reader_meets_the_same_damage(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = decode.audio_at_rates

    def breaking(*arguments: object, **options: object) -> Iterator[object]:
        pieces = original(*arguments, **options)  # type: ignore[arg-type]
        yield next(pieces)
        raise ValueError("damaged")

    monkeypatch.setattr(decode, "audio_at_rates", breaking)
    need = AudioNeed(rate=RATE, max_seconds=600)
    first, second = views(sound, need, need)
    for view in (first, second):
        blocks = view.audio_blocks()
        assert next(blocks).start == 0.0
        with pytest.raises(DecodingFailed, match="damaged there"):
            next(blocks)
        with pytest.raises(DecodingFailed):
            view.audio()


def test_a_full_disk_is_said(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tape, "KEPT_BYTES", 0)
    monkeypatch.setattr(tape.np, "save", full)
    [view] = views(sound, AudioNeed(rate=RATE, max_seconds=600))
    with pytest.raises(DecodingFailed, match="No space left on device"):
        next(view.audio_blocks())


def test_a_file_without_sound_has_none(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
    [view] = views(path, AudioNeed(rate=RATE, max_seconds=600))
    with pytest.raises(DecodingFailed, match="Not a single sample"):
        view.audio()
    with pytest.raises(DecodingFailed, match="Not a single sample"):
        next(view.audio_blocks())
