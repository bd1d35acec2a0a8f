"""`probity detect` and `probity detectors`: sentences for people, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from detectors import registry
from detectors.cli import command
from probity_cli.detect import command as detect

TWO = ("--detector", "image.jpeg_ghost", "--detector", "image.noise")
"""Where it does not matter how many there are."""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    generator = np.random.default_rng(2)
    coarse = Image.fromarray(generator.integers(40, 215, (48, 64, 3), dtype=np.uint8))
    path = tmp_path / "photo.jpg"
    coarse.resize((512, 384), Image.Resampling.BICUBIC).save(path, quality=92)
    return path


def ran(*arguments: str, group: bool = False) -> Result:
    return CliRunner().invoke(command if group else detect, list(arguments))


def test_a_file_is_told_in_sentences_with_a_table_of_what_each_measured(photo: Path) -> None:
    result = ran(str(photo))
    assert result.exit_code == 0
    assert "image.jpeg_ghost" in result.stdout
    assert str(photo) in result.stdout
    assert "what it says" in result.stdout
    assert "informs only" in result.stdout or "log LR" in result.stdout


def test_folders_are_searched_on_several_cores_in_order(photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    (folder / "below").mkdir(parents=True)
    names = ["a.jpg", "b.jpg", "below/c.jpg", "d.jpg"]
    for number, name in enumerate(names):
        (folder / name).write_bytes(photo.read_bytes() + bytes(number))
    result = ran(str(folder), "--json", "--jobs", "3", "--detector", "image.jpeg_ghost")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(folder / name) for name in names]
    assert len({row["sha256"] for row in rows}) == 4


def test_json_is_alone_on_stdout_a_line_per_file(photo: Path, tmp_path: Path) -> None:
    result = ran(str(photo), str(photo), "--json", "--out", str(tmp_path / "out"), *TWO)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(photo)] * 2
    assert rows[0]["sha256"] == rows[1]["sha256"]
    assessment = rows[0]["assessment"]
    assert {"llr", "verbal", "abstained", "contributions"} <= assessment.keys()
    assert len(assessment["contributions"]) == len(rows[0]["findings"]) == 2
    keys = {"detector", "version", "status", "reason", "score", "llr", "cause", "input_sha256"}
    for found in rows[0]["findings"]:
        assert keys <= found.keys()
        assert found["reason"].endswith(".")
    [finding] = [f for f in rows[0]["findings"] if f["detector"] == "image.jpeg_ghost"]
    assert finding["parameters"] == dict(registry.find("image.jpeg_ghost").card.parameters)  # type: ignore[union-attr]
    assert "data" not in json.dumps(finding["pictures"])
    for name in rows[0]["written"]:
        assert (tmp_path / "out" / name).stat().st_size > 1000


def test_two_files_of_one_name_keep_their_own_pictures(photo: Path, tmp_path: Path) -> None:
    twin = tmp_path / "other" / photo.name
    twin.parent.mkdir()
    twin.write_bytes(photo.read_bytes() + b"\0")
    result = ran(str(photo), str(twin), "--json", "--out", str(tmp_path / "out"), *TWO)
    written = [name for line in result.stdout.splitlines() for name in json.loads(line)["written"]]
    assert written
    assert len(set(written)) == len(written)


def test_an_unreadable_file_is_named_and_the_others_go_on(photo: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no media")
    result = ran(str(text), str(tmp_path / "gone.jpg"), str(photo), "--json", *TWO)
    assert result.exit_code == 2
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert ["error" in row for row in rows] == [True, True, False]
    assert "There is no such file" in result.stderr


def test_an_unknown_detector_is_refused(photo: Path) -> None:
    result = ran(str(photo), "--detector", "image.none")
    assert result.exit_code == 2
    assert "No detector is called 'image.none'" in result.stderr


def test_the_list_shows_broken_ones_with_their_error() -> None:
    broken = registry.Entry(id="acme.x", target="acme:X", distribution="acme 1", error="no card")
    with registry.registered(broken):
        words = ran("list", group=True).stdout
        rows = [json.loads(line) for line in ran("list", "--json", group=True).stdout.splitlines()]
        shown = ran("show", "acme.x", group=True)
    assert "no card" in words
    assert "image.jpeg_ghost" in words
    assert [row["error"] for row in rows if row["id"] == "acme.x"] == ["no card"]
    assert shown.exit_code == 2
    assert "no card" in shown.stderr


def test_a_card_is_shown_with_its_limits() -> None:
    words = ran("show", "audio.background", group=True).stdout
    assert "not calibrated" in words
    assert "Limits" in words
    assert "speaks about the voice" in words
    card = json.loads(ran("show", "audio.background", "--json", group=True).stdout)
    assert card["needs"]["audio"]["rate"] == 32000


def test_validate_tells_good_cards_from_bad_ones(tmp_path: Path) -> None:
    good = registry.find("video.timing").card_path
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: a.b\ncolour: red\n")
    result = ran("validate", str(good), str(bad), group=True)
    assert result.exit_code == 1
    assert "in order (video.timing" in result.stdout
    assert "bad.yaml" in result.stdout
    rows = ran("validate", str(good), str(bad), "--json", group=True).stdout.splitlines()
    assert [json.loads(row)["valid"] for row in rows] == [True, False]


def test_validate_loads_an_installed_detector_in_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ended_module.py").write_text("import os\nos._exit(3)\n")
    entry = registry.find("image.jpeg_ghost")
    ends = registry.Entry(
        id="acme.ends", target="ended_module:X", distribution="acme 1", card=entry.card
    )
    gone = registry.Entry(
        id="acme.gone", target="detectors.image.jpeg_ghost:Gone", distribution="acme 1",
        card=entry.card,
    )  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    with registry.registered(ends, gone):
        result = ran("validate", "image.jpeg_ghost", "acme.ends", "acme.gone", "--json", group=True)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["valid"] for row in rows] == [True, False, False]
    assert result.exit_code == 1
    assert "ended" in rows[1]["error"]
    assert "Gone" in rows[2]["error"]
