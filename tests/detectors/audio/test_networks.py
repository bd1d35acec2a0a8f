"""The speech networks: architecture, parity with the reference, preparing, and using them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detectors.api import Status
from detectors.audio.speech import Kind, look
from detectors.ground_truth import sounds
from detectors.ground_truth.voice import background, speech
from detectors.models.cli import models
from detectors.models.known import WAVE_SAMPLES
from detectors.models.prepared import State, ready, state
from detectors.registry import find
from detectors.runner import analyse
from detectors.runtimes import onnx
from detectors.testing import finding
from foundation.media import decode, inspect

RATE = sounds.RATE
REFERENCES = {"aasist": "AASIST", "aasist-l": "AASIST-L", "rawgat-st": "RawGAT_ST_mul"}
RULES = {"least_level_db": -60.0, "least_swing_db": 6.0, "most_steady": 0.96}


def network(model_id: str) -> Path:
    found = ready(model_id)
    assert found is not None
    return found.path


@pytest.mark.parametrize("model_id", REFERENCES)
def test_the_prepared_network_computes_what_the_reference_does(
    model_id: str, networks: Path, shared: Path, real_speech: list[Path]
) -> None:
    folder = shared / "models" / "reference-onnx"
    reference = onnx.session(folder / f"{REFERENCES[model_id]}.onnx")
    waves = [np.resize(decode.audio_mono(path, RATE), WAVE_SAMPLES) for path in real_speech[:2]]
    batch = np.stack(waves).astype(np.float32)
    expected = np.concatenate([onnx.outputs(reference, wave[None]) for wave in batch])
    ours = onnx.outputs(onnx.session(network(model_id)), batch)
    assert ours.shape == (len(batch), 2)
    assert np.abs(ours - expected).max() < 1e-4


def test_it_abstains_on_what_it_cannot_judge(networks: Path, tmp_path: Path) -> None:
    _, unusable = sounds.files_for("audio.aasist_l", tmp_path)
    told = [finding(find("audio.aasist_l"), path) for path in unusable]
    assert {found.status for found in told} == {Status.ABSTAINED}
    assert [word in found.sentence for word, found in zip(("music", "1.0 s", "silence"), told,
                                                          strict=True)] == [True] * 3  # fmt: skip


def test_the_score_is_synthetic_minus_recorded(networks: Path, real_speech: list[Path]) -> None:
    path = real_speech[0]
    found = finding(find("audio.aasist_l"), path)
    sound = decode.audio_mono(path, RATE)
    session = onnx.session(network("aasist-l"))
    [logits] = onnx.outputs(session, np.resize(sound, WAVE_SAMPLES)[None])
    assert found.details["windows"][0][2] == pytest.approx(float(logits[0] - logits[1]), abs=1e-3)
    mean = np.mean([row[2] for row in found.details["windows"]])
    assert found.score == pytest.approx(mean, abs=1e-3)


def test_windows_overlap_and_the_last_one_ends_with_the_sound(networks: Path, hear: Any) -> None:
    found = hear("audio.aasist_l", speech(9.7, rate=RATE, seed=3))
    spans = np.array([row[:2] for row in found.details["windows"]])
    assert spans[0, 0] == 0
    assert spans[-1, 1] == pytest.approx(9.7, abs=0.01)
    assert (np.diff(spans[:, 0]) <= WAVE_SAMPLES / RATE / 2 + 0.01).all()


def test_a_long_recording_is_sampled_all_over(
    networks: Path, hear: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx, "outputs", lambda _session, batch: np.zeros((len(batch), 2)))
    talk = np.concatenate([speech(60.0, rate=RATE, seed=4)] * 10)
    found = hear("audio.aasist_l", talk)
    starts = np.array([row[0] for row in found.details["windows"]])
    assert 40 <= len(starts) <= 50
    assert starts[-1] > 590
    assert np.diff(starts).max() < 30


def test_only_speech_is_judged(networks: Path, hear: Any) -> None:
    quiet = background(6 * RATE, level_db=-75, seed=5)
    mixed = np.concatenate([quiet, speech(6.0, rate=RATE, seed=6), quiet])
    found = hear("audio.aasist_l", mixed)
    assert found.details["passed_over"]
    assert all(start > 1.5 and end < 16.5 for start, end, _ in found.details["windows"])


@pytest.mark.parametrize(
    ("sound", "kind"),
    [
        (speech(4.0, rate=RATE, seed=7), Kind.SPEECH),
        (sounds.music(seconds=4.0), Kind.MUSIC),
        (background(4 * RATE, level_db=-25, seed=8), Kind.STEADY),
        (background(4 * RATE, level_db=-80, seed=9), Kind.SILENCE),
    ],
)
def test_what_a_stretch_is_taken_for(sound: np.ndarray, kind: Kind) -> None:
    assert look(sound.astype(np.float32), **RULES).kind is kind


def test_people_are_heard_as_speech(real_speech: list[Path]) -> None:
    for path in real_speech:
        sound = decode.audio_mono(path, RATE)[:WAVE_SAMPLES]
        assert look(sound, **RULES).kind is Kind.SPEECH


def test_without_weights_it_abstains_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    path = sounds.write_wav(tmp_path / "a.wav", speech(5.0, rate=RATE, seed=1), rate=RATE)
    [found] = analyse(path, probe=inspect(path), only=["audio.aasist_l"]).findings
    assert found.status is Status.ABSTAINED
    assert "probity pull aasist-l" in found.sentence
    assert state("aasist-l") is State.WEIGHTS_MISSING


def test_without_torch_it_abstains_and_says_what_to_do(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROBITY_RESOURCES_MIRROR", str(shared))
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "torch" else real(name)
    )
    path = sounds.write_wav(tmp_path / "a.wav", speech(5.0, rate=RATE, seed=1), rate=RATE)
    [found] = analyse(path, probe=inspect(path), only=["audio.aasist_l"]).findings
    assert found.status is Status.ABSTAINED
    assert "probity-platform[torch]" in found.sentence
    assert state("aasist-l") is State.WEIGHTS_HERE


def test_a_prepared_network_runs_in_the_child(networks: Path, tmp_path: Path) -> None:
    path = sounds.write_wav(tmp_path / "a.wav", speech(5.0, rate=RATE, seed=1), rate=RATE)
    [found] = analyse(path, probe=inspect(path), only=["audio.aasist_l"]).findings
    assert found.status is Status.OK
    prepared = ready("aasist-l")
    assert prepared is not None
    assert set(found.resources) == {"aasist-l", "aasist-l.onnx"}
    assert found.resources["aasist-l.onnx"] == prepared.sha256


def test_a_changed_file_is_not_used(networks: Path) -> None:
    path = network("rawgat-st")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\0")
    try:
        assert ready("rawgat-st") is None
    finally:
        path.write_bytes(whole)
    assert ready("rawgat-st") is not None


def test_the_commands_list_and_prepare(networks: Path) -> None:
    listed = CliRunner().invoke(models, ["list", "--json"])
    rows = {row["id"]: row for row in map(json.loads, listed.stdout.splitlines())}
    assert rows["aasist"]["state"] == "ready"
    assert rows["aasist"]["difference"] < 1e-4
    done = CliRunner().invoke(models, ["prepare", "aasist", "--json"])
    assert json.loads(done.stdout)["prepared"] is False
    wrong = CliRunner().invoke(models, ["prepare", "nobody"])
    assert wrong.exit_code == 3
    assert "No network is called 'nobody'" in wrong.stderr
