"""The reference of the interface names everything that the interface has."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from detectors.api import Cause, Finding, Sample
from detectors.card import Card, Evidence, Modality, Needs, Runtime, ScoreScale, Subject
from probity_cli.scan.looking import Outcome, Row


@pytest.fixture(scope="module")
def reference(root: Path) -> str:
    return (root / "docs/reference/detectors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [Card, Needs, Runtime, ScoreScale, Finding, Row])
def test_every_field_is_described(kind: type, reference: str) -> None:
    names = [each.name for each in fields(kind)]
    assert [name for name in names if f"`{name}" not in reference] == []


@pytest.mark.parametrize("kind", [Subject, Evidence, Modality, Cause, Outcome])
def test_every_word_is_described(kind: type, reference: str) -> None:
    assert [word.value for word in kind if f"`{word.value}`" not in reference] == []


def test_every_method_of_a_sample_is_described(reference: str) -> None:
    methods = [name for name in vars(Sample) if not name.startswith("_") and name != "probe"]
    assert len(methods) >= 9
    assert [name for name in methods if f"`{name}(" not in reference] == []
