"""The table of labels says of every reference video what its publisher says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.reference import LABELS
from detectors.evaluation.manifest import read
from detectors.runner import modalities
from foundation.media import inspect

SUFFIXES = {".mp4", ".mov", ".avi", ".gif", ".webm", ".mkv"}


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row for row in csv.DictReader(lines)}


def published(shared: Path) -> dict[str, str]:
    found = {}
    for folder, of in (("faces", None), ("detection", "video")):
        with (shared / "media" / folder / "manifest.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if of is None or row["modality"] == of:
                    found[f"{folder}/{row['file']}"] = row["label"]
    return {name: label for name, label in found.items() if Path(name).suffix in SUFFIXES}


def test_every_reference_video_is_there_with_its_label(
    shared: Path, rows: dict[str, dict[str, str]]
) -> None:
    known = published(shared)
    assert set(rows) == set(known)
    for name, label in known.items():
        expected = "real" if label in ("real", "real-presumed") else label.partition("-")[0]
        if label not in ("real", "real-presumed", "fake") and not label.startswith("fake-"):
            expected = "skip"
        assert (rows[name]["label"], rows[name]["published_label"]) == (expected, label)


def test_a_fake_names_what_made_it_and_a_group(rows: dict[str, dict[str, str]]) -> None:
    assert all(row["group"] for row in rows.values())
    assert all(bool(row["generator"]) == (row["label"] == "fake") for row in rows.values())


def test_it_is_a_manifest_whose_files_lie_elsewhere(shared: Path) -> None:
    manifest = read(LABELS, media=shared / "media")
    assert sum(row.fake for row in manifest.rows) == 12
    assert sum(not row.fake for row in manifest.rows) == 18
    assert manifest.skipped == {"skip": 4}


def test_an_animation_is_looked_at_as_video_too(shared: Path) -> None:
    name = "faces/SadTalker__docs_example_crop.gif"
    assert modalities(inspect(shared / "media" / name)) == {"image", "video"}
