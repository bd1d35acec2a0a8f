"""The index, the mirrors, and the treatment that both classes get."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detectors.card import Modality
from detectors.evaluation import sound
from detectors.ground_truth.voice import speech
from detectors.training import equal_pictures, equal_sound
from detectors.training.errors import DataUnusable, RecipeInvalid
from detectors.training.extract import extract
from detectors.training.index import COLUMNS, Item, read
from detectors.training.made import pictures, sounds
from detectors.training.recipe import load, shipped

RULES = equal_pictures.Rules(shrink=4, quality=(60, 95))
HEARD = equal_sound.Rules(low_pass=(3400, 3400), noise_share=1, room_share=1)


def item(data: bytes, *, path: str, commit: str, fake: bool = False) -> Item:
    return Item(
        modality=Modality.IMAGE, fake=fake, generator="one", source="some/where",
        sha256=hashlib.sha256(data).hexdigest(), path=path, commit=commit,
    )  # fmt: skip


def index(at: Path, **changes: str) -> Path:
    row = {
        "modality": "image", "label": "real", "generator": "a camera", "repo": "some/where",
        "commit": "a" * 40, "path": "x/1.jpg", "bytes": "3", "sha256": "b" * 64,
    }  # fmt: skip
    with at.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row | changes)
        writer.writerow(row | {"label": "fake", "path": "x/2.jpg"})
        writer.writerow(row | {"label": "unsure", "path": "x/3.jpg"})
    return at


def test_an_index_is_read_and_other_labels_are_left_out(tmp_path: Path) -> None:
    found = read(index(tmp_path / "i.csv"), modality=Modality.IMAGE)
    assert [(one.path, one.fake, one.source) for one in found] == [
        ("x/1.jpg", False, "some/where"), ("x/2.jpg", True, "some/where"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [("commit", "main"), ("sha256", "b"), ("path", "/etc/passwd"), ("path", "a\nb"),
     ("repo", "../up"), ("repo", "a/b/c")],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_line(tmp_path: Path, column: str, value: str) -> None:
    with pytest.raises(DataUnusable, match=rf"line \d+: the column '{column}'"):
        read(index(tmp_path / "i.csv", **{column: value}), modality=Modality.IMAGE)


def test_both_classes_are_needed(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="names no files of the kind audio"):
        read(index(tmp_path / "i.csv"), modality=Modality.AUDIO)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "1.jpg").write_bytes(b"x")
    with pytest.raises(DataUnusable, match="names no generated files"):
        read(tmp_path, modality=Modality.IMAGE)


@pytest.fixture
def mirror(tmp_path: Path) -> tuple[Path, str]:
    """A folder of mirrors with one repository in it, and its commit."""
    if shutil.which("git") is None:
        pytest.skip("Git is not installed.")
    work = tmp_path / "work"
    work.mkdir()
    (work / "a.jpg").write_bytes(b"first")
    (work / "b c.jpg").write_bytes(b"second")
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=work, check=True)
    bare = tmp_path / "mirrors" / "some" / "where.git"
    subprocess.run(["git", "clone", "-q", "--mirror", work, bare], check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True)
    return tmp_path / "mirrors", done.stdout.decode().strip()


def test_files_come_out_of_a_mirror_once(mirror: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = mirror
    items = [item(b"first", path="a.jpg", commit=commit),
             item(b"second", path="b c.jpg", commit=commit),
             item(b"third", path="gone.jpg", commit=commit)]  # fmt: skip
    got = extract(items, repositories=folder, cache=tmp_path / "cache")
    assert [one.at.read_bytes() for one in got.items if one.at] == [b"first", b"second"]
    assert got.lacking == {"some/where": 1}
    again = extract(items[:2], repositories=None, cache=tmp_path / "cache")
    assert again.items == got.items


def test_a_file_that_is_not_the_index_s_is_refused(
    mirror: tuple[Path, str], tmp_path: Path
) -> None:
    folder, commit = mirror
    with pytest.raises(DataUnusable, match="another SHA-256 than the index"):
        extract([item(b"other", path="a.jpg", commit=commit)], repositories=folder,
                cache=tmp_path / "cache")  # fmt: skip
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_pictures_become_crops_of_one_size_and_are_never_enlarged() -> None:
    random = np.random.default_rng(1)
    patch = random.integers(0, 255, (544, 400, 3), dtype=np.uint8)
    bins = set()
    for seed in range(40):
        one = equal_pictures.equal(patch, rules=RULES, random=np.random.default_rng(seed))
        again = equal_pictures.equal(patch, rules=RULES, random=np.random.default_rng(seed))
        assert one is not None
        assert again is not None
        assert one.pixels.shape == (128, 128, 3)
        assert np.array_equal(one.pixels, again.pixels)
        bins.add(one.bin)
    assert bins == {0, 1, 2}  # 400 / 136 = 2.9: no more than that can be taken
    small = patch[:130]
    assert equal_pictures.equal(small, rules=RULES, random=random) is None


def test_speech_loses_its_bandwidth_and_length_and_level() -> None:
    native = sound.sixteen_bit(speech(3.0, rate=16_000, seed=5))
    for seed in range(6):
        one = equal_sound.equal(native, rules=HEARD, random=np.random.default_rng(seed))
        assert one is not None
        wave = one.samples.astype(np.float64) / 32768
        assert wave.size == 64_600
        spectrum = np.abs(np.fft.rfft(wave)) ** 2
        above = spectrum[np.fft.rfftfreq(wave.size, 1 / 16_000) > 4200].sum()
        assert above < 0.01 * spectrum.sum()
        assert -31 < sound.loudness(wave, rate=16_000) < -19
        assert one.bin in (0, 1, 2, 3)
    short = native[:12_000]
    assert equal_sound.equal(short, rules=HEARD, random=np.random.default_rng(1)) is None


@pytest.mark.parametrize("through", sorted(set(equal_sound.PASSES)))
def test_a_codec_pass_keeps_length_and_voice(through: str) -> None:
    wave = speech(1.5, rate=16_000, seed=6).astype(np.float64)
    back = equal_sound.passed(wave, through=through, random=np.random.default_rng(2))
    assert back.shape == wave.shape
    overlap = np.abs(np.fft.irfft(np.fft.rfft(wave) * np.conj(np.fft.rfft(back)))).max()
    assert overlap > 0.8 * np.linalg.norm(wave) * np.linalg.norm(back)
    assert through == "none" or not np.array_equal(back, wave)


@pytest.mark.parametrize("kind", sorted(sounds.KINDS))
def test_self_made_speech_keeps_the_course_of_the_voice(kind: str) -> None:
    native = sound.sixteen_bit(speech(2.0, rate=16_000, seed=7))
    fake = sounds.KINDS[kind](native, np.random.default_rng(3))
    assert fake.shape == native.shape
    levels = [
        np.log10(np.square(one[:31_680].astype(np.float64)).reshape(-1, 320).mean(axis=1) + 1)
        for one in (native, fake)
    ]
    assert np.corrcoef(levels[0], levels[1])[0, 1] > 0.7
    assert np.corrcoef(native, fake)[0, 1] < 0.98


def test_self_made_pictures_lose_fine_detail_and_blends_keep_half() -> None:
    random = np.random.default_rng(8)
    real = random.integers(90, 160, (200, 200, 3), dtype=np.uint8)
    fake = pictures.up_sampled(real, random=random)
    assert fake.shape == real.shape
    mixed = pictures.blended(real, fake, random=random)
    same = (mixed == real).all(axis=2).mean()
    assert 0.2 < same < 0.9


@pytest.mark.parametrize("name", ["image", "speech"])
def test_the_shipped_recipes_learn_only_from_clear_terms(name: str) -> None:
    recipe = shipped(name)
    clear = {"MIT", "Apache-2.0", "public domain", "free to use"}
    assert {one.terms for one in recipe.sources if one.train} <= clear
    assert not {one.terms for one in recipe.sources if not one.train} & clear
    assert all(one.train for one in recipe.everything().sources)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("seed: 3", "seed: 3\ncolour: red", "unknown key colour"),
     ("fold: 0", "fold: 7", "'fold' must be below 2"),
     ("modality: image", "modality: video", "must be image or audio"),
     ("steps: 6", "steps: 0", "'steps' must be at least 1")],
)  # fmt: skip
def test_a_wrong_recipe_is_named(
    recipe_file: Callable[[str], Path], tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(recipe_file("image").read_text().replace(old, new))
    with pytest.raises(RecipeInvalid, match=words):
        load(path)
