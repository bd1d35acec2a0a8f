"""Splits, the loop, results, and the whole command on made-up media."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("torch", reason="Training needs torch.")

from detectors.card import Modality
from detectors.training.cli import train as command_of_training
from detectors.training.errors import DataUnusable
from detectors.training.examples import Examples, Row
from detectors.training.loop import CHECKPOINT_EVERY, Drawer, scores, train
from detectors.training.probes import features, fitted
from detectors.training.recipe import Made, Recipe, Source, shipped
from detectors.training.results import File, files, good_enough, result
from detectors.training.run import run
from detectors.training.splits import everything, folds
from foundation.terminal import Steps

Command = Callable[..., tuple[int, dict[str, Any]]]


def row(source: str, *, fake: bool = False, generator: str = "", made: bool = False) -> Row:
    return Row(
        sha256="0" * 64, fake=fake, source=source, generator=generator or source, bin=0, made=made
    )


def rule(name: str, *, fold: int, train: bool = True) -> Source:
    return Source(name=name, terms="MIT", train=train, clear=train, most=9, per_file=1, fold=fold)


ROWS = (
    row("real/a"), row("real/b"),
    row("fake/a", fake=True), row("fake/b", fake=True), row("fake/unclear", fake=True),
    row("real/a", fake=True, generator="made: blend", made=True),
    row("real/b", fake=True, generator="made: blend", made=True),
)  # fmt: skip


@pytest.fixture
def rules() -> Recipe:
    return replace(
        shipped("image"),
        folds=2,
        sources=(
            rule("real/a", fold=0), rule("real/b", fold=1), rule("fake/a", fold=0),
            rule("fake/b", fold=1), rule("fake/unclear", fold=1, train=False),
        ),
        made=(Made(kind="blend", most=2, fold=0),),
    )  # fmt: skip


def test_whole_sources_and_kinds_are_left_out(rules: Recipe) -> None:
    first, second = folds(ROWS, rules)
    assert np.flatnonzero(first.learnt).tolist() == [1, 3]
    # the blend of real/b is neither: its kind is left out, and its content is learnt from
    assert np.flatnonzero(first.measured).tolist() == [0, 2, 5]
    assert np.flatnonzero(second.learnt).tolist() == [0, 2, 5]
    assert np.flatnonzero(second.measured).tolist() == [1, 3, 4]
    assert np.flatnonzero(everything(ROWS, rules)).tolist() == [0, 1, 2, 3, 5, 6]


def test_a_fold_that_would_leave_nothing_to_learn_measures_only_what_nobody_learns(
    rules: Recipe,
) -> None:
    one_real = tuple(one for one in ROWS if one.source != "real/a")
    first, second = folds(one_real, rules)
    assert first.learnt.any()
    measured = [one_real[place].source for place in np.flatnonzero(second.measured)]
    assert measured == ["fake/unclear"]


def test_learning_from_all_speech_still_leaves_something_to_measure() -> None:
    recipe = shipped("speech").everything()
    names = [one.name for one in recipe.sources]
    rows = [row(name, fake=fake) for name in names for fake in (False, True)]
    several = folds(rows, recipe)
    assert len(several) == 3
    assert all(one.learnt.any() and one.measured.any() for one in several)
    assert not any((one.learnt & one.measured).any() for one in several)
    assert np.logical_or.reduce([one.measured for one in several]).all()


def test_batches_are_alike_in_both_classes(toy_examples: Examples) -> None:
    learnt = np.ones(len(toy_examples), dtype=np.bool_)
    drawer = Drawer.of(toy_examples.rows, learnt)
    random = np.random.default_rng(1)
    drawn = [toy_examples.rows[at] for _ in range(50) for at in drawer.batch(16, random)]
    by_class = [Counter(one.bin for one in drawn if one.fake is side) for side in (False, True)]
    assert by_class[0] == by_class[1]  # though 15 of 16 genuine ones lie in another bin
    apart = np.array([one.bin == int(one.fake) for one in toy_examples.rows])
    with pytest.raises(DataUnusable, match="files of like size"):
        Drawer.of(toy_examples.rows, apart)
    alone = np.array([one.bin == 0 or not one.fake for one in toy_examples.rows])
    [(genuine, fake)] = Drawer.of(toy_examples.rows, alone).places
    assert genuine
    assert fake


class Interrupted(Exception):
    pass


def test_a_run_that_was_interrupted_ends_where_it_would_have(
    toy_examples: Examples, small_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detectors.training.loop.CHECKPOINT_EVERY", 3)
    assert CHECKPOINT_EVERY > 3
    learnt = np.ones(len(toy_examples), dtype=np.bool_)

    def at_five(step: int, _lost: float) -> None:
        if step == 5:
            raise Interrupted

    def run(name: str, **options: Any) -> np.ndarray:
        path = tmp_path / name
        network = train(toy_examples, small_recipe, learnt=learnt, checkpoint=path, **options)
        return scores(network, toy_examples.data[:6], modality=Modality.IMAGE)

    whole = run("whole.pt")
    with pytest.raises(Interrupted):
        run("parts.pt", on_step=at_five)
    steps: list[int] = []
    resumed = run("parts.pt", on_step=lambda step, _lost: steps.append(step))
    assert steps == [4, 5, 6, 7, 8]
    assert np.array_equal(resumed, whole)
    other = replace(small_recipe, seed=9)
    again: list[int] = []
    train(toy_examples, other, learnt=learnt, checkpoint=tmp_path / "whole.pt",
          on_step=lambda step, _lost: again.append(step))  # fmt: skip
    assert again[0] == 1  # another recipe begins anew


def test_it_learns_what_is_there_to_learn(
    toy_examples: Examples, small_recipe: Recipe, tmp_path: Path
) -> None:
    rules = replace(small_recipe, training=replace(small_recipe.training, steps=25))
    places = np.arange(len(toy_examples))
    learnt = places < 60
    network = train(toy_examples, rules, learnt=learnt, checkpoint=tmp_path / "x.pt")
    unseen = toy_examples.data[60:]
    fake = np.array([one.fake for one in toy_examples.rows[60:]])
    found = scores(network, unseen, modality=Modality.IMAGE)
    assert found[fake].min() > found[~fake].max()
    # the thumbnail sees nothing: both classes are grey on average
    probe = fitted(toy_examples, learnt, modality=Modality.IMAGE)
    seen = probe.scores(features(toy_examples, places[60:], modality=Modality.IMAGE))
    assert not seen[fake].min() > seen[~fake].max()


def test_the_probe_finds_a_leak_of_colour() -> None:
    data = np.zeros((40, 128, 128, 3), dtype=np.uint8)
    data[::2] = 40
    rows = tuple(row("s", fake=number % 2 == 0) for number in range(40))
    leaking = Examples(data=data, rows=rows)
    probe = fitted(leaking, np.arange(40) < 20, modality=Modality.IMAGE)
    found = probe.scores(features(leaking, np.arange(20, 40), modality=Modality.IMAGE))
    assert found[::2].min() > found[1::2].max()


def measured(score: float, *, fake: bool, number: int, generator: str = "g") -> File:
    return File(
        sha256=f"{number:064x}", fake=fake, source="s", generator=generator, made=False,
        score=score, probe=0.0,
    )  # fmt: skip


def test_recall_is_told_at_the_false_alarm_rate() -> None:
    genuine = [measured(number / 100, fake=False, number=number) for number in range(100)]
    fakes = [measured(0.6 + number / 100, fake=True, number=200 + number) for number in range(50)]
    told = result(1, genuine + fakes, false_alarm=0.1)
    [one] = told.recalls
    # a tenth of the genuine files lies above 0.891; 20 of the 50 generated ones do
    assert one.network[0] == pytest.approx(20 / 50)
    assert one.network[1] < one.network[0] < one.network[2]
    assert one.probe[0] == 0
    assert told.auc is not None
    assert told.auc[0] == pytest.approx(0.839, abs=0.001)
    assert (told.n_real, told.n_fake) == (100, 50)


def test_a_file_counts_once() -> None:
    rows = [row("s", fake=True)] * 3
    [one] = files(rows, np.array([1.0, 2.0, 6.0]), np.zeros(3))
    assert one.score == 3.0


@pytest.mark.parametrize(
    ("network", "probe", "words"),
    [((0.9, 0.8, 1.0), (0.6, 0.5, 0.7), None),
     ((0.7, 0.49, 0.9), (0.5, 0.4, 0.6), "does not exclude chance"),
     ((0.8, 0.7, 0.9), (0.75, 0.6, 0.9), "may be that"),
     (None, None, "nothing is known")],
)  # fmt: skip
def test_only_what_beats_chance_and_the_probe_is_good_enough(
    network: Any, probe: Any, words: str | None
) -> None:
    found = good_enough(network, probe)
    assert found is None if words is None else words in (found or "")


def test_pictures_from_folder_to_results(
    command: Command, picture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    out = tmp_path / "out"
    status, told = command("image", "--data", picture_folder, "--out", out)
    assert {one["number"] for one in told["folds"]} == {0, 1, 2}
    generators = {recall["generator"] for fold in told["folds"] for recall in fold["recalls"]}
    assert {"generator-0", "generator-1", "generator-2"} <= generators
    assert told["unusable"] == {"real/camera-0": 1}
    assert status == (0 if told["why_not"] is None else 1)
    assert told["note"]["release"] is False  # nobody said under which terms these folders stand
    assert (told["network"] is None) == (told["why_not"] is not None)
    made = sorted((out / "image" / "examples").iterdir())
    again_status, again = command("image", "--data", picture_folder, "--out", out)
    assert (again_status, again["folds"]) == (status, told["folds"])
    assert sorted((out / "image" / "examples").iterdir()) == made


def test_speech_from_folder_to_results(
    command: Command, speech_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("detectors.training.gather.AUTOENCODER_STEPS", 3)
    _, told = command("speech", "--data", speech_folder, "--out", tmp_path / "out", "--no-use")
    assert told["network"] is None
    assert {one["generator"] for one in told["note"]["learnt"]} >= {
        "voices-0", "made: random phase", "made: autoencoder"
    }  # fmt: skip
    assert (tmp_path / "out" / "speech" / "own-speech.onnx").stat().st_size < 3_000_000
    assert not (tmp_path / "home" / "models").exists()


def test_an_index_without_its_repositories_says_what_to_do(tmp_path: Path) -> None:

    path = tmp_path / "index.csv"
    head = "modality,label,generator,repo,commit,path,bytes,sha256\n"
    line = "image,{},x,dcsan/imagen,{},a.png,1,{}\n"
    path.write_text(head + line.format("real", "a" * 40, "b" * 64)
                    + line.format("fake", "a" * 40, "c" * 64))  # fmt: skip
    done = CliRunner().invoke(
        command_of_training, ["image", "--data", str(path), "--out", str(tmp_path)]
    )
    assert done.exit_code == 2
    assert "--repositories" in done.stderr
    path.write_text(path.read_text().replace("dcsan/imagen", "no/body"))
    shown = Steps(lambda **_: None)
    with pytest.raises(DataUnusable, match="names none of the sources"):
        run("image", data=path, out=tmp_path, steps_shown=shown)
