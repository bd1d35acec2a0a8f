"""`probity scan`: a folder like a virus scanner's, on files made here."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image, PngImagePlugin

from detectors.api import Assessment, Finding, Region, Report, Status
from foundation import child
from probity_cli.scan import looking
from probity_cli.scan.cli import command

PROMPT = "a harbour at dawn\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"


@pytest.fixture(scope="module", autouse=True)
def _children() -> Iterator[None]:
    yield
    child.shutdown()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two plain pictures, one that says how it was generated, one cut off, one text."""
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    made = tmp_path / "in"
    (made / "below").mkdir(parents=True)
    noise = np.random.default_rng(1).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    Image.fromarray(noise).save(made / "a.png")
    Image.fromarray(noise[::-1]).save(made / "below" / "b.png")
    told = PngImagePlugin.PngInfo()
    told.add_text("parameters", PROMPT)
    Image.fromarray(noise[:, ::-1]).save(made / "made.png", pnginfo=told)
    (made / "notes.txt").write_text("no media")
    return made


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def rows_of(result: Result) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {Path(row["file"]).name: row for row in rows}


def test_what_there_is_to_look_at_is_told_with_its_reason(folder: Path) -> None:
    result = ran(folder, "--json")
    assert result.exit_code == 1
    rows = rows_of(result)
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "a.png": "nothing", "b.png": "nothing", "made.png": "look", "notes.txt": "not_media",
    }  # fmt: skip
    assert rows["made.png"]["ai_use"] == "generated"
    assert [reason["source"] for reason in rows["made.png"]["reasons"]] == ["metadata"]
    assert rows["a.png"]["sha256"] == hashlib.sha256((folder / "a.png").read_bytes()).hexdigest()
    assert "says nothing about whether it is genuine" in rows["a.png"]["sentence"]
    assert "4 files, 1 to look at" in result.stderr


def test_the_exit_status_counts_finds_before_errors(folder: Path) -> None:
    (folder / "made.png").unlink()
    assert ran(folder).exit_code == 0
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:60])
    result = ran(folder)
    assert result.exit_code == 2
    assert "unreadable" in result.stdout
    assert "too damaged or cut off" in result.stdout


def test_an_unreadable_file_and_a_find_are_told_as_a_find(folder: Path) -> None:
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:60])
    result = ran(folder)
    assert result.exit_code == 1
    assert "1 unreadable" in result.stderr


def test_a_second_scan_looks_only_at_what_changed(folder: Path) -> None:
    first = ran(folder, "--json")
    (folder / "a.png").write_bytes((folder / "made.png").read_bytes())
    second = ran(folder, "--json")
    assert "known" not in first.stderr
    assert "3 of them known from an earlier scan" in second.stderr
    assert rows_of(second)["a.png"]["outcome"] == "look"
    assert rows_of(second)["made.png"] == rows_of(first)["made.png"]
    fresh = ran(folder, "--json", "--fresh")
    assert "known" not in fresh.stderr
    assert rows_of(fresh) == rows_of(second)


def test_a_scan_that_was_stopped_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder.parent / "state.jsonl"
    original = looking.look

    def stopping(path: Path, **options: Any) -> looking.Row:
        if path.name == "made.png":
            raise KeyboardInterrupt
        return original(path, **options)

    with monkeypatch.context() as during:
        during.setattr("probity_cli.scan.walking.look", stopping)
        assert ran(folder, "--state", place, "--jobs", 1).exit_code == 130
    kept = place.read_text().splitlines()
    assert [json.loads(line)["row"]["file"] for line in kept[1:]] == [str(folder / "a.png")]
    place.write_text("\n".join(kept) + '\n{"stamp":[1,2')
    again = ran(folder, "--state", place, "--json")
    assert "1 of them known" in again.stderr
    assert len(rows_of(again)) == 4
    assert len(place.read_text().splitlines()) == 1 + 4


def test_other_versions_make_the_state_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(folder)
    assert "known" in ran(folder).stderr
    assert "known" not in ran(folder, "--marks").stderr


def test_csv_has_a_row_a_file_and_no_formulas(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "=1+2.png").write_bytes((folder / "made.png").read_bytes())
    monkeypatch.chdir(folder)
    result = ran(".", "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["file"] for row in rows] == [
        "'=1+2.png", "a.png", "made.png", "notes.txt", "below/b.png",
    ]  # fmt: skip
    assert rows[0]["outcome"] == "look"


def test_the_quarantine_list_is_one_that_sha256sum_checks(folder: Path) -> None:
    odd = folder / "two\nlines\\.png"
    odd.write_bytes((folder / "made.png").read_bytes())
    listed = folder.parent / "quarantine.txt"
    assert ran(folder, "--quarantine", listed).exit_code == 1
    done = subprocess.run(
        ["sha256sum", "--check", str(listed)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert "made.png: OK" in done.stdout


def test_links_are_not_followed_and_closed_folders_are_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "link.png").symlink_to(folder / "made.png")
    original = os.scandir

    def closed(place: Any) -> Any:
        if str(place).endswith("below"):
            raise PermissionError(13, "Permission denied", str(place))
        return original(place)

    monkeypatch.setattr(os, "scandir", closed)
    (folder / "made.png").unlink()
    result = ran(folder, "--json")
    assert set(rows_of(result)) == {"a.png", "notes.txt"}
    assert "below could not be opened: Permission denied" in result.stderr
    assert result.exit_code == 2


def finding(detector: str, *, llr: float | None, marked: bool) -> Finding:
    region = Region(x=0, y=0, width=9, height=9, label="odd", strength=1.0)
    return Finding(
        detector=detector, version="1.0.0", status=Status.OK, sentence="A part differs.", score=1.0,
        llr=llr, regions=(region,) if marked else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("llr", "marks", "outcome"),
    [
        (None, False, "nothing"),
        (None, True, "look"),
        (2.0, False, "look"),
        (-2.0, False, "nothing"),
    ],
)
def test_detectors_count_when_calibrated_and_marks_when_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, llr: float | None, marks: bool, outcome: str
) -> None:
    def analysed(_path: Path, **_: object) -> Report:
        status = Status.ABSTAINED if llr is None else Status.OK
        assessment = Assessment(status=status, sentence="Taken together, so.", llr=llr)
        found = finding("image.odd", llr=llr, marked=llr is None)
        return Report(findings=(found,), assessment=assessment, input_sha256="0" * 64)

    monkeypatch.setattr(looking.runner, "analyse", analysed)
    row = looking.look(folder / "a.png", with_marks=marks)
    assert row.outcome == outcome
    assert row.marks == (["image.odd"] if llr is None else [])
    assert row.llr == llr


def test_one_form_at_a_time(folder: Path) -> None:
    result = ran(folder, "--json", "--csv")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr
