"""A trained network in its slot: its ONNX form, its detector, its calibration."""

# ruff: noqa: E402 (what follows needs torch)

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="Training needs torch.")
onnx_files = pytest.importorskip("onnx", reason="Training needs onnx.")

from detectors.api import Status
from detectors.calibration import store
from detectors.calibration.apply import calibrated
from detectors.card import Modality
from detectors.evaluation.manifest import Row
from detectors.evaluation.scoring import Book, chosen, score
from detectors.evaluation.variants import RECEIVED
from detectors.ground_truth.sounds import write_wav
from detectors.ground_truth.voice import speech
from detectors.models import own
from detectors.models.own import OWN
from detectors.registry import find
from detectors.runner import look
from detectors.runtimes import onnx
from detectors.testing import finding
from detectors.training import keeping
from detectors.training.networks import build
from detectors.training.recipe import Recipe, shipped
from detectors.training.results import File

NOTE = {"date": "2026-11-21", "recipe": "image", "sources": {"real/a": "MIT", "fake/b": "MIT"}}


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder."""
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def untrained(name: str) -> bytes:
    torch.manual_seed(5)
    data, apart = keeping.as_onnx(build(shipped(OWN[name].recipe).network).eval(), OWN[name])
    assert apart < 1e-4
    return data


@pytest.fixture(scope="module")
def networks() -> dict[str, bytes]:
    """Untrained networks, as ONNX."""
    return {name: untrained(name) for name in OWN}


def observed(name: str, folder: Path) -> Path:
    if name == "own-speech":
        return write_wav(folder / "x.wav", speech(5.0, rate=16_000, seed=2), rate=16_000)
    from PIL import Image

    noise = np.random.default_rng(2).integers(0, 255, (260, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "x.png")
    return folder / "x.png"


@pytest.mark.parametrize("name", OWN)
def test_the_onnx_form_is_small_and_takes_any_batch(name: str, networks: dict[str, bytes]) -> None:
    assert len(networks[name]) < own.MOST_BYTES
    session = onnx.session(networks[name])
    batch = np.random.default_rng(1).normal(0, 0.1, (3, *OWN[name].contract.shape))
    together = onnx.outputs(session, batch.astype(np.float32))
    alone = onnx.outputs(session, batch[2:].astype(np.float32))
    assert together.shape == (3, 2)
    assert np.abs(together[2:] - alone).max() < 1e-5


@pytest.mark.parametrize("name", OWN)
def test_without_a_network_the_detector_says_how_to_train_one(name: str, tmp_path: Path) -> None:
    if own.found(name) is not None:
        pytest.skip("A network ships in this slot.")
    [found] = look(observed(name, tmp_path), only=[OWN[name].detector]).findings
    assert found.status is Status.ABSTAINED
    assert f"probity train {OWN[name].recipe}" in found.sentence


@pytest.mark.parametrize("name", OWN)
def test_a_network_of_this_machine_is_used_and_named(
    name: str, networks: dict[str, bytes], tmp_path: Path
) -> None:
    kept = own.keep(name, networks[name], NOTE)
    found = finding(find(OWN[name].detector), observed(name, tmp_path))
    assert found.status is Status.OK
    assert found.resources == {f"{name}.onnx": kept.sha256}
    assert found.details["network"]["trained"] == "on this machine"
    assert "on this machine (2026-11-21)" in found.sentence


def test_a_network_whose_bytes_were_changed_is_not_used(networks: dict[str, bytes]) -> None:
    kept = own.keep("own-picture", networks["own-picture"], NOTE)
    assert own.found("own-picture") == kept
    kept.path.write_bytes(networks["own-picture"] + b"\0")
    again = own.found("own-picture")
    assert again is None or not again.local


def left_out(*, apart: float) -> list[File]:
    """Four origins and four generators, 30 files each."""
    random = np.random.default_rng(6)
    return [
        File(
            sha256=f"{number:064x}", fake=fake, source=f"{fake}/{group}", generator=f"g{group}",
            made=False, score=float(random.normal(apart if fake else 0, 1)),
            probe=float(random.normal()),
        )
        for number, (fake, group) in enumerate(
            (fake, group) for fake in (False, True) for group in range(4) for _ in range(30)
        )
    ]  # fmt: skip


def test_network_and_calibration_come_and_go_together(
    networks: dict[str, bytes], tmp_path: Path
) -> None:
    recipe = shipped("image")
    made = keeping.calibration_of(recipe, left_out(apart=2.5))
    assert made.calibration is not None
    keeping.put_into_use("own-picture", networks["own-picture"], NOTE, made=made)
    found = finding(find("image.generated"), observed("own-picture", tmp_path))
    from foundation.media import inspect

    weighed = calibrated(found, probe=inspect(tmp_path / "x.png"))
    assert weighed.llr is not None
    poor = keeping.calibration_of(recipe, left_out(apart=0.0))
    assert poor.calibration is None
    keeping.put_into_use("own-picture", networks["own-picture"], NOTE, made=poor)
    assert not store.path_in(store.own_folder(), "image.generated").exists()


def test_the_note_says_what_may_not_be_passed_on() -> None:
    def told(recipe: Recipe, source: str) -> dict[str, Any]:
        return keeping.note(
            recipe, learnt=[{"source": source}], folds=(), network=None, probe=None, apart=0.0
        )

    recipe = shipped("image")
    assert told(recipe, "marcusklasson/GroceryStoreDataset")["release"] is True
    assert told(recipe.everything(), "dcsan/imagen")["release"] is False


def test_an_evaluation_measures_anew_after_another_training(
    networks: dict[str, bytes], tmp_path: Path
) -> None:
    """Kept scores belong to the network that gave them."""
    observed("own-picture", tmp_path)
    rows = [
        Row(name="x.png", path=tmp_path / "x.png", modality=Modality.IMAGE, fake=False, group="g",
            generator="")
    ]  # fmt: skip
    [card] = chosen(["image.generated"])
    book = Book(tmp_path / "book")
    scores = []
    for change in (b"", b"", b"again"):
        data = with_metadata(networks["own-picture"], change)
        own.keep("own-picture", data, NOTE)
        [one] = score(rows, variant=RECEIVED, cards=[card], book=book)
        scores.append(one.findings[0].resources["own-picture.onnx"])
    assert scores[0] == scores[1]
    assert scores[1] != scores[2]


def with_metadata(data: bytes, words: bytes) -> bytes:
    """The same network with other bytes."""
    model = onnx_files.load_from_string(data)
    model.doc_string = words.decode()
    return bytes(model.SerializeToString())
