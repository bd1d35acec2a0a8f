"""A folder against a bank's file, offline."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

from foundation import fingerprint
from foundation.fingerprint import exchange
from foundation.fingerprint.exchange import Known, Part
from probity_cli.scan.cli import command


def drawn(seed: int) -> Image.Image:
    generator = np.random.default_rng(seed)
    coarse = generator.uniform(0, 255, (12, 16, 3)).astype(np.uint8)
    return Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "media"
    made.mkdir()
    ImageOps.mirror(drawn(1)).save(made / "mirrored.jpg", quality=70)
    drawn(2).save(made / "other.jpg", quality=90)
    drawn(3).save(made / "same.png")
    return made


def bank(folder: Path, name: str = "partner.csv") -> Path:
    known = folder.parent / "known.png"
    drawn(1).save(known)
    digest = hashlib.sha256((folder / "same.png").read_bytes()).digest()
    entries = [
        Known(kind="pdq", parts=(Part(value=fingerprint.of_image(known)[0].hash),)),
        Known(kind="sha256", parts=(Part(value=digest),)),
    ]
    place = folder.parent / name
    text = exchange.write(entries, form=exchange.form_of(name), collab="partner")
    place.write_text(text, encoding="utf-8")
    return place


def ran(*arguments: object) -> Any:
    return CliRunner().invoke(command, [str(each) for each in arguments])


@pytest.mark.parametrize("name", ["partner.csv", "partner.json", "partner.txt"])
def test_known_files_are_named_with_the_reason(folder: Path, name: str, tmp_path: Path) -> None:
    result = ran(folder, "--bank", bank(folder, name), "--json", "--state", tmp_path / "s")
    assert result.exit_code == 1
    rows = {Path(row["file"]).name: row for row in map(json.loads, result.stdout.splitlines())}
    reasons = {
        file: [each["sentence"] for each in row["reasons"] if each["source"] == "bank"]
        for file, row in rows.items()
    }
    assert reasons["other.jpg"] == []
    assert f"looks like a picture in {name}" in reasons["mirrored.jpg"][0]
    assert reasons["same.png"][0].startswith("The very same bytes")


def test_another_bank_or_radius_asks_again(folder: Path, tmp_path: Path) -> None:
    place, state = bank(folder), tmp_path / "s"
    first = ran(folder, "--bank", place, "--state", state)
    again = ran(folder, "--bank", place, "--state", state)
    assert "known from an earlier scan" not in first.stderr
    assert "3 of them known from an earlier scan" in again.stderr
    tight = ran(folder, "--bank", place, "--radius", "0", "--state", state)
    assert "known from an earlier scan" not in tight.stderr


def test_a_broken_bank_stops_the_scan_with_its_line(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "bad.txt"
    place.write_text("pdq 00\n", encoding="utf-8")
    result = ran(folder, "--bank", place)
    assert result.exit_code == 2
    assert "Line 1 is no pdq hash" in result.stderr
