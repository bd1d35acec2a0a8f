"""Where provenance and detectors meet on the command line."""

from __future__ import annotations

import io
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from detectors import assessment
from probity_cli.context import indications_of
from probity_cli.detect import command
from probity_cli.scan.looking import look
from provenance import indications


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """A small picture whose metadata name a generator."""
    said = PngInfo()
    said.add_text("parameters", "a town hall\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3")
    noise = np.random.default_rng(2).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG", pnginfo=said)
    path = tmp_path / "generated.png"
    path.write_bytes(out.getvalue())
    return path


def test_both_engines_mean_the_same_by_an_indication() -> None:
    theirs = {field.name for field in fields(indications.Indication)}
    ours = {field.name for field in fields(assessment.Indication)}
    assert theirs <= ours
    assert ours - theirs == {"evidence"}


def test_what_metadata_say_enters_the_assessment_of_detect(generated: Path) -> None:
    assert [(one.source, one.speaks) for one in indications_of(generated)] == [
        ("metadata", "against")
    ]
    [line] = CliRunner().invoke(command, [str(generated), "--json"]).stdout.splitlines()
    said = json.loads(line)["assessment"]
    assert [one["source"] for one in said["indications"]] == ["metadata"]
    assert "anybody could have written" in said["sentence"]


def test_named_detectors_alone_are_asked_alone(generated: Path) -> None:
    arguments = [str(generated), "--json", "--detector", "image.error_level"]
    [line] = CliRunner().invoke(command, arguments).stdout.splitlines()
    assert json.loads(line)["assessment"]["indications"] == []


def test_metadata_that_contradict_themselves_are_a_reason_to_look(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from provenance import metadata

    record = metadata.read(generated).to_dict() | {"contradictions": ["The clock ran backwards."]}
    told = metadata.MetadataRecord.from_dict(record)
    monkeypatch.setattr(metadata, "read", lambda _path: told)
    row = look(generated, with_marks=False)
    assert "The clock ran backwards." in [reason.sentence for reason in row.reasons]
    assert row.failed == []
