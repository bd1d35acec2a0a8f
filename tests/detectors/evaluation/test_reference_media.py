"""A few of the reference media: the leaks that are known to be there are seen, and removed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detectors.evaluation.cli import evaluate


@pytest.fixture
def few(shared: Path, tmp_path: Path) -> Path:
    """Four genuine and four altered files of pictures and of sound, from several groups."""
    folder = shared / "media" / "detection"
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    # diffusion against camera pictures: their sizes alone tell them apart
    kinds = {
        "image": {"real": "camera", "fake": "diffusion"},
        "audio": {"real": "human", "fake": "Chatterbox"},
    }
    kept = []
    for modality, labels in kinds.items():
        for label, prefix in labels.items():
            fitting = [
                row for row in rows
                if (row["modality"], row["label"]) == (modality, label)
                and row["generator"].startswith(prefix)
            ]  # fmt: skip
            kept += fitting[:: max(1, len(fitting) // 4)][:4]
    path = tmp_path / "few.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "modality", "label", "group", "generator"])
        for row in kept:
            at = str(folder / row["file"])
            writer.writerow([at, row["modality"], row["label"], row["group"], row["generator"]])
    return path


def test_known_leaks_are_told_and_taken_away(few: Path) -> None:
    done = CliRunner().invoke(
        evaluate, [str(few), "--json", "--detector", "image.jpeg_ghost", "--detector",
                   "audio.background"],
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["set"]["refused"] == {"as received": {}, "equalised": {}}
    assert told["leaks"]["image"]["pixel count"]["auc"] == 1.0
    assert told["leaks"]["audio"]["sample rate"]["auc"] > 0.8
    for modality, name in (("image", "pixel count"), ("audio", "sample rate")):
        assert name not in told["leaks_equalised"][modality]
    assert any("LEAK: in the image files as received" in one for one in told["warnings"])
    assert told["detectors"]["image.jpeg_ghost"]["n_fake"] == 4
