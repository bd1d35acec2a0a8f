"""`probity evaluate`: the whole way from a labelled folder to figures, report and cards."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detectors.evaluation import scoring
from detectors.evaluation.cli import evaluate

DETECTOR = {"n_real", "n_fake", "n_abstained", "auc", "auc_ci", "eer", "cllr", "ece"}


def ran(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, [str(one) for one in arguments])


@pytest.fixture
def told(labelled: Any, tmp_path: Path) -> dict[str, Any]:
    result = ran(
        labelled.manifest, "--json", "--out", tmp_path / "out", "--degrade", "jpeg60,mp3-32k"
    )
    assert result.exit_code == 0, result.stderr
    [line] = result.stdout.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_figures_report_and_cards(told: dict[str, Any], tmp_path: Path) -> None:
    """One run serves many assertions: measuring is what costs."""
    assert set(told["detectors"]) == {"test.redness", "test.noise", "test.highness"}
    for one in told["detectors"].values():
        assert one.keys() >= DETECTOR
        assert (one["n_real"], one["n_fake"], one["n_abstained"]) == (10, 10, 0)
        assert one["likelihood_ratios"] == "fitted on the other groups of this set"
        assert not one["weighed"]
    red, noise = told["detectors"]["test.redness"], told["detectors"]["test.noise"]
    assert red["auc"] > 0.7
    assert red["equalised"]["auc"] > 0.7
    assert red["auc_ci"][0] < red["auc"] < red["auc_ci"][1] <= 1
    assert noise["auc_ci"][0] < 0.5
    assert told["detectors"]["test.highness"]["equalised"]["auc"] > 0.55
    assert set(red["degraded"]) == {"jpeg60"}
    assert set(red["by_generator"]) == {f"tool {number}" for number in range(5)}
    # nothing is calibrated: the product would say nothing, and that is what is measured
    assert told["fused"]["image"]["n_abstained"] == 20
    assert told["fused"]["image"]["auc"] == 0.5
    assert told["fused"]["audio"]["cllr"] == 1.0
    assert set(told["fused_equalised"]) == {"image", "audio"}
    assert set(told["fused_degraded"]) == {"jpeg60", "mp3-32k"}
    _leaks_vanish(told)
    assert told["set"]["skipped"] == {"unknown": 1}
    assert told["set"]["equalised_to"]["size"] == 256
    _written(told, tmp_path / "out")


def _leaks_vanish(told: dict[str, Any]) -> None:
    assert told["leaks"]["image"]["pixel count"]["auc"] == 1.0
    assert told["leaks"]["audio"]["sample rate"]["auc"] == 1.0
    assert "pixel count" not in told["leaks_equalised"]["image"]
    assert "sample rate" not in told["leaks_equalised"]["audio"]
    assert "container" not in told["leaks_equalised"]["audio"]
    [image] = [one for one in told["warnings"] if one.startswith("LEAK: in the image files as re")]
    assert "alone gives AUC 1.000, no less than test.redness, test.noise." in image


def _written(told: dict[str, Any], out: Path) -> None:
    assert json.loads((out / "evaluation.json").read_text()) == told
    page = (out / "report.html").read_text()
    assert page.count("<svg") >= 12
    assert "LEAK:" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    card = (out / "cards" / "test.redness.md").read_text()
    assert "| as received | 10 / 10 | 0 |" in card
    assert "Not calibrated" in card


def test_a_second_run_goes_on_from_the_first(
    labelled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (labelled.manifest, "--json", "--out", tmp_path / "o", "--no-equalise",
                 "--detector", "test.redness")  # fmt: skip
    first = ran(*arguments)
    lines = (tmp_path / "o" / scoring.FILE).read_text().splitlines()
    assert len(lines) == 40
    measured = []
    original = scoring.analyse

    def counted(path: Path, **options: Any) -> Any:
        measured.append(path)
        return original(path, **options)

    monkeypatch.setattr(scoring, "analyse", counted)
    # one line lost, one cut off in the middle: two files are measured again
    (tmp_path / "o" / scoring.FILE).write_text("\n".join([*lines[2:], lines[0][:40]]) + "\n")
    again = ran(*arguments)
    assert len(measured) == 2
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert json.loads(again.stdout)["fused_equalised"] == {}


def test_what_cannot_be_read_is_counted_and_not_kept(labelled: Any, tmp_path: Path) -> None:
    broken = labelled.manifest.parent / "image-0.jpg"
    broken.write_bytes(b"no picture at all")
    result = ran(labelled.manifest, "--json", "--no-equalise", "--out", tmp_path / "o",
                 "--detector", "test.redness")  # fmt: skip
    told = json.loads(result.stdout)
    assert list(told["set"]["refused"]["as received"]) == ["image-0.jpg"]
    assert told["detectors"]["test.redness"]["n_real"] == 9
    assert len((tmp_path / "o" / scoring.FILE).read_text().splitlines()) == 39


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--detector", "test.gone"), "No detector is called 'test.gone'"),
        (("--degrade", "blur"), "There is no degradation 'blur'"),
    ],
)
def test_a_call_that_cannot_work_is_refused(
    arguments: tuple[str, ...], words: str, labelled: Any
) -> None:
    result = ran(labelled.manifest, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_people_get_tables(labelled: Any, tmp_path: Path) -> None:
    small = labelled.manifest.parent / "small.csv"
    with labelled.manifest.open() as file:
        rows = list(csv.reader(file))
    with small.open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[1:9]])
    result = ran(small, "--detector", "test.redness")
    assert result.exit_code == 0, result.stderr
    assert "test.redness, equalised" in result.stdout
    assert "pixel count" in result.stdout
    assert "!! LEAK" in result.stderr


def test_help_needs_no_numbers() -> None:
    code = (
        "import sys, detectors.evaluation.cli; "
        "assert not {'numpy', 'av', 'django', 'celery'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
