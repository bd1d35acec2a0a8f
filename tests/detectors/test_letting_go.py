"""What nobody needs any more leaves the memory before the next detector begins."""

from __future__ import annotations

import gc
import os
import tracemalloc
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors import aside, inside, tape
from detectors.audio.bands import BANDS, BandTaker
from detectors.audio.bandwidth import _ceiling, _ceilings
from detectors.card import AudioNeed, FrameNeed, Needs
from detectors.ground_truth import clips
from detectors.media import AudioBlock, Frames
from detectors.registry import find
from detectors.sample import SharedSample
from foundation.media import inspect

EVERY = FrameNeed(fps=0, height=24, max_seconds=20)
SLOW = FrameNeed(fps=5, height=16, max_seconds=20)
SOUND = Needs(audio=AudioNeed(rate=8000, max_seconds=600))
HIGH = Needs(audio=AudioNeed(rate=16_000, max_seconds=600))
MIB = 1024**2


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    return clips.write(path, clips.talking(seed=1, seconds=2.0, size=(160, 120)))


def sample(path: Path, *needs: Needs) -> SharedSample:
    return SharedSample(path=path, probe=inspect(path), needs=needs, resources={})


def watched(shared: SharedSample, need: FrameNeed) -> weakref.ref[Any]:
    return weakref.ref(shared.frames(need).images)


def test_frames_that_nobody_is_left_for_are_gone(talk: Path) -> None:
    shared = sample(talk, Needs(frames=EVERY), Needs(frames=SLOW))
    every, slow = watched(shared, EVERY), watched(shared, SLOW)
    shared.let_go([Needs(frames=EVERY), Needs(frames=SLOW)])
    assert every() is not None
    shared.let_go([Needs(frames=SLOW)])
    assert (every(), slow() is not None) == (None, True)


def test_frames_wait_on_the_disk_while_sound_is_heard(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside.tempfile, "tempdir", str(tmp_path))
    shared = sample(talk, Needs(frames=EVERY), HIGH, Needs(frames=SLOW, faces=True))
    before = shared.frames(SLOW)
    images, times = before.images.copy(), before.times
    slow = weakref.ref(before.images)
    del before
    shared.let_go([HIGH, Needs(frames=SLOW, faces=True)])
    assert slow() is None
    assert len(list(tmp_path.glob("probity-frames-*/images.npy"))) == 1
    back = shared.frames(SLOW)
    assert np.array_equal(back.images, images)
    assert np.array_equal(back.times, times)
    assert not back.images.flags.writeable
    assert shared.frames(SLOW).images is back.images
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_frames_stay_where_the_disk_is_full(talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(aside.np, "save", full)
    shared = sample(talk, Needs(frames=SLOW), HIGH)
    images = shared.frames(SLOW).images
    shared.let_go([HIGH, Needs(frames=SLOW)])
    assert shared.frames(SLOW).images is images


def test_sound_that_nobody_is_left_for_makes_room(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape, "BLOCK_SECONDS", 0.5)
    monkeypatch.setattr(tape, "KEPT_BYTES", 40_000)
    monkeypatch.setattr(tape.tempfile, "tempdir", str(tmp_path))
    shared = sample(talk, SOUND, HIGH)
    low = shared.view(needs=SOUND, resources={})
    high = shared.view(needs=HIGH, resources={})
    whole = [block.samples.copy() for block in low.audio_blocks()]
    assert sum(1 for _ in high.audio_blocks()) == len(whole) >= 4
    on_disk = len(list(tmp_path.glob("probity-tape-*/*.npy")))
    shared.let_go([SOUND])
    assert len(list(tmp_path.glob("probity-tape-*/*.npy"))) < on_disk
    again = [block.samples for block in low.audio_blocks()]
    assert all(np.array_equal(one, two) for one, two in zip(again, whole, strict=True))


def test_what_is_decoded_after_a_rate_was_let_go_is_whole(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = sample(talk, HIGH).view(needs=HIGH, resources={}).audio().samples
    monkeypatch.setattr(tape, "BLOCK_SECONDS", 0.5)
    monkeypatch.setattr(tape, "KEPT_BYTES", 0)  # every block has a file of its own
    shared = sample(talk, SOUND, HIGH)
    next(shared.view(needs=SOUND, resources={}).audio_blocks())
    shared.let_go([HIGH])
    assert np.array_equal(shared.view(needs=HIGH, resources={}).audio().samples, alone)


def test_of_a_film_the_pictures_are_gone_before_the_sound(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order in which the runner puts the detectors of a film."""
    seen: dict[str, list[Any]] = {}
    alive: list[weakref.ref[Any]] = []
    real_frames, real_measure = SharedSample.frames, inside.measure_or_gather

    def frames(self: SharedSample, need: FrameNeed) -> Frames:
        given = real_frames(self, need)
        if not any(known() is given.images for known in alive):
            alive.append(weakref.ref(given.images))
        return given

    def measure(**options: Any) -> Any:
        held = [images for known in alive if (images := known()) is not None]
        seen[options["card"].id] = [images.shape[1] for images in held]
        del held
        return real_measure(**options)

    monkeypatch.setattr(SharedSample, "frames", frames)
    monkeypatch.setattr(inside, "measure_or_gather", measure)
    inside.run(_payload(talk, "video.timing", "video.shallowfake", "audio.silence"))
    assert len(alive) == 1
    assert seen["video.timing"] == []
    assert len(seen["video.shallowfake"]) == 1
    assert seen["audio.silence"] == []


def _payload(path: Path, *names: str) -> Mapping[str, Any]:
    jobs = [
        {"target": entry.target, "card": str(entry.card_path), "resources": {}}
        for entry in map(find, names)
    ]
    return {
        "path": os.fsencode(path), "probe": inspect(path).to_dict(), "sha256": "ab" * 32,
        "jobs": jobs, "decode_seconds": 120,
    }  # fmt: skip


def test_hours_of_sound_are_held_in_one_form_at_a_time() -> None:
    """Half an hour of bands; asked for all at once, six times the result would be held."""
    noise = np.random.default_rng(3)
    taker, rate = BandTaker(), 16_000
    for second in range(0, 60, 10):
        samples = noise.normal(0, 0.1, 10 * rate).astype(np.float32)
        taker.add(AudioBlock(samples=samples, rate=rate, start=float(second)))
    taker._power *= 30
    count = sum(len(piece) for piece in taker._power)
    tracemalloc.start()
    bands = taker.ended()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bands.power.shape == (count, BANDS)
    assert bands.power.nbytes > 8 * MIB
    assert most < 1.3 * bands.power.nbytes
    assert np.array_equal(_ceilings(bands.power), _ceiling(bands.power))
