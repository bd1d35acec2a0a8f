"""`probity calibrate`: what holds up is stored, used, and never measured on itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from detectors import registry
from detectors.calibration import of
from detectors.calibration.store import CalibrationInvalid, save
from detectors.card import load
from detectors.evaluation.cli import calibrate, evaluate
from detectors.evaluation.yaml_cards import CardNotWritable, rewrite
from detectors.runner import analyse
from foundation.media import inspect


def ran(command: Any, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_from_a_labelled_folder_to_an_assessment(labelled: Any, tmp_path: Path) -> None:
    """Fitting, storing, the card, the use on a file, and the measurement afterwards."""
    done = ran(calibrate, labelled.manifest, "--json", "--cards", "--out", tmp_path / "o",
               "--name", "drawn pictures")  # fmt: skip
    assert done.exit_code == 0, done.stdout
    made = {one["detector"]: one for one in json.loads(done.stdout)["calibrations"]}
    assert made["test.redness"]["calibrated"], made["test.redness"]["why"]
    assert made["test.redness"]["measured_on"] == "equalised"
    assert not made["test.noise"]["calibrated"]
    assert made["test.noise"]["why"]
    calibration = of("test.redness", "1.0.0")
    assert calibration is not None
    assert calibration.data.name == "drawn pictures"
    assert (calibration.data.n_real, calibration.data.n_fake) == (10, 10)
    assert calibration.data.held_out == ("group", "generator")
    _the_cards_say_so(labelled.plugins)
    _a_file_is_weighed(labelled.manifest.parent)
    told = json.loads(ran(evaluate, labelled.manifest, "--json", "--out", tmp_path / "o").stdout)
    red = told["detectors"]["test.redness"]
    assert red["weighed"]
    assert red["likelihood_ratios"].endswith("since the calibration in use knows it")
    assert told["fused"]["image"]["n_abstained"] < 20
    assert told["fused"]["image"]["auc"] > 0.6
    assert told["fused_equalised"]["image"]["answered"]["n_real"] > 0


def _the_cards_say_so(plugins: Path) -> None:
    calibrated, noise = load(plugins / "odd_redness.yaml"), load(plugins / "odd_noise.yaml")
    assert not noise.calibrated
    assert {rate.condition for rate in calibrated.error_rates} == {"as received", "equalised"}
    assert calibrated.error_rates[0].n == 10
    assert "probity calibrate (drawn pictures" in calibrated.error_rates[0].command


def _a_file_is_weighed(folder: Path) -> None:
    path = folder / "image-1.jpg"
    report = analyse(path, probe=inspect(path), only=["test.redness", "test.noise"])
    weights = {one.detector: one.weight for one in report.assessment.contributions}
    assert weights == {"test.redness": 1.0, "test.noise": 0.0}
    red = next(one for one in report.findings if one.detector == "test.redness")
    assert red.llr is not None
    assert red.error_rates is not None
    assert red.error_rates["n_real"] == 10


def test_on_another_set_the_calibration_in_use_is_measured(labelled: Any, tmp_path: Path) -> None:
    ran(calibrate, labelled.manifest, "--out", tmp_path / "o", "--detector", "test.redness")
    calibration = of("test.redness", "1.0.0")
    assert calibration is not None
    elsewhere = replace(calibration, data=replace(calibration.data, files=("f" * 12,)))
    save(elsewhere, folder=tmp_path / "home" / "calibration")
    told = json.loads(
        ran(evaluate, labelled.manifest, "--json", "--no-equalise", "--out", tmp_path / "o",
            "--detector", "test.redness").stdout
    )  # fmt: skip
    assert told["detectors"]["test.redness"]["likelihood_ratios"] == "calibration in use"


def test_nothing_calibrated_is_told_by_the_exit_status(labelled: Any) -> None:
    done = ran(calibrate, labelled.manifest, "--detector", "test.noise")
    assert done.exit_code == 1
    assert "test.noise" in done.stdout


def test_a_card_keeps_everything_but_its_rates(plugins: Path) -> None:
    path = plugins / "odd_noise.yaml"
    text = path.read_text().replace("limits:", "# a word about limits\nlimits:")
    path.write_text(text)
    rewrite("test.noise", None)
    assert path.read_text() == text
    path.write_text(text.replace("error_rates: not calibrated\n", ""))
    with pytest.raises(CardNotWritable, match="it has 0"):
        rewrite("test.noise", None)
    assert "error_rates" not in yaml.safe_load(path.read_text())


def test_a_damaged_stored_file_is_named(labelled: Any, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "calibration"
    folder.mkdir(parents=True)
    (folder / "test.redness.json").write_text("[]")
    with pytest.raises(CalibrationInvalid):
        of("test.redness", "1.0.0")
    done = ran(evaluate, labelled.manifest, "--no-equalise", "--detector", "test.redness")
    assert done.exit_code == 2
    assert "test.redness.json" in done.stderr
    assert registry.find("test.redness").card is not None
