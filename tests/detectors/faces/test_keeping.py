"""Faces are kept exactly and used again; anything that does not fit is measured anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.faces.keeping import NotKept, pack, unpack
from detectors.faces.tracks import BLENDSHAPES, CROP, POINTS, Crops, Faces, Track, Window
from detectors.faces.where import MOST_BOXES, where
from detectors.faces.windows import plan
from detectors.remembering import share_done

IDENTITY = {"sha256": "ab" * 32, "models": {"yunet": "cd" * 32}}


def track(frames: int, *, crops: int, known: bool = True, seed: int = 1) -> Track:
    chance = np.random.default_rng(seed)
    points = chance.normal(300, 80, (frames, POINTS if known else 0, 3)).astype(np.float32)
    images = chance.integers(0, 256, (crops, CROP, CROP, 3), dtype=np.uint8)
    return Track(
        person=seed,
        times=np.arange(frames) / 25 + seed,
        boxes=chance.uniform(0, 200, (frames, 4)).astype(np.float32),
        score=chance.random(frames).astype(np.float32),
        points=points,
        blendshapes=chance.random((frames, BLENDSHAPES if known else 0)).astype(np.float32),
        pose=chance.normal(0, 9, (frames, 3)).astype(np.float32),
        usable=chance.random(frames) > 0.5,
        crops=Crops(
            images=images,
            index=np.arange(crops, dtype=np.int64),
            transform=chance.random((crops, 2, 3)).astype(np.float32),
        ),
    )


def faces(*tracks: Track) -> Faces:
    return Faces(
        tracks=tracks, windows=(Window(start=0.0, end=9.5),), cuts=(2.5,), rate=25.0,
        landmarks=True, whole=True, width=640, height=360, finder="yunet",
        model=np.random.default_rng(3).random((468, 3)),
    )  # fmt: skip


def same(one: Faces, other: Faces) -> None:
    for name in ("windows", "cuts", "rate", "landmarks", "whole", "width", "height", "finder"):
        assert getattr(one, name) == getattr(other, name)
    assert np.array_equal(one.model, other.model)
    assert len(one.tracks) == len(other.tracks)
    for a, b in zip(one.tracks, other.tracks, strict=True):
        assert a.person == b.person
        for name in ("times", "boxes", "score", "points", "blendshapes", "pose", "usable"):
            first, second = getattr(a, name), getattr(b, name)
            assert first.dtype == second.dtype
            assert np.array_equal(first, second)
        for name in ("images", "index", "transform"):
            assert np.array_equal(getattr(a.crops, name), getattr(b.crops, name))


def test_what_is_kept_comes_back_to_the_bit() -> None:
    whole = faces(track(12, crops=3), track(5, crops=0, seed=2))
    same(unpack(pack(whole, identity=IDENTITY), identity=IDENTITY), whole)


@pytest.mark.parametrize("tracks", [(), (track(4, crops=0, known=False),)])
def test_boxes_alone_and_nobody_at_all_are_kept_too(tracks: tuple[Track, ...]) -> None:
    whole = faces(*tracks)
    same(unpack(pack(whole, identity=IDENTITY), identity=IDENTITY), whole)


@pytest.mark.parametrize("change", [{"sha256": "00" * 32}, {"models": {}}])
def test_another_file_or_other_models_do_not_fit(change: dict[str, Any]) -> None:
    data = pack(faces(track(3, crops=1)), identity=IDENTITY)
    with pytest.raises(NotKept):
        unpack(data, identity=IDENTITY | change)


def test_damaged_and_foreign_bytes_are_refused() -> None:
    data = pack(faces(track(6, crops=2)), identity=IDENTITY)
    chance = np.random.default_rng(7)
    for bad in (b"", b"PK\x03\x04", data[: len(data) // 2], chance.bytes(4000)):
        with pytest.raises(NotKept):
            unpack(bad, identity=IDENTITY)


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, about=np.array([{"version": 1}], dtype=object))
    with pytest.raises(NotKept):
        unpack(path.read_bytes(), identity=IDENTITY)


def test_boxes_over_time_are_few_and_hold_eyes_and_mouth() -> None:
    told = where(faces(track(250, crops=0), track(50, crops=0, known=False, seed=2)))
    first, second = told["tracks"]
    assert 60 <= len(first["times"]) <= 90
    assert len(first["boxes"]) == len(first["eyes"]) == len(first["mouth"]) == len(first["times"])
    assert second["eyes"] == second["mouth"] == []
    assert all(isinstance(value, int) for box in first["mouth"] for value in box)
    assert (told["width"], told["cuts"], told["windows"]) == (640, [2.5], [[0.0, 9.5]])


def test_boxes_of_a_long_film_stay_within_their_limit() -> None:
    long = track(2, crops=0, known=False)
    times = np.arange(200_000) / 25
    shown = Track(
        person=0, times=times, boxes=np.ones((times.size, 4), np.float32),
        score=np.ones(times.size, np.float32), points=np.zeros((times.size, 0, 3), np.float32),
        blendshapes=np.zeros((times.size, 0), np.float32),
        pose=np.zeros((times.size, 3), np.float32), usable=np.zeros(times.size, np.bool_),
        crops=long.crops,
    )  # fmt: skip
    assert len(where(faces(shown))["tracks"][0]["times"]) <= MOST_BOXES + 1


def test_progress_is_the_share_of_the_windows_behind() -> None:
    assert share_done(plan(seconds=10.0, fps=25.0), 5.0) == pytest.approx(0.5)
    film = plan(seconds=7200.0, fps=25.0)
    assert share_done(film, 30.0) == pytest.approx(30 / 360)
    assert share_done(film, 7200.0) == 1.0


def test_who_needs_the_names_alone_does_not_load_what_opens_films(root: Path) -> None:
    code = "import sys, detectors.faces.keeping; print('av' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "False"
