"""Cards are read strictly: what is wrong is named with its file and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from detectors import registry
from detectors.api import CardInvalid
from detectors.card import Modality, load, parse

GOOD: dict[str, Any] = {
    "id": "acme.sharpness",
    "name": "Sharpness",
    "version": "1.2.0",
    "interface": ">=1.0,<2.0",
    "modality": "video",
    "speaks_about": "video",
    "evidence": "digital",
    "summary": "Measures sharpness.",
    "needs": {"frames": {"fps": 5, "height": 120, "max_seconds": 60}, "resources": ["a-model"]},
    "runtime": {"libraries": ["numpy"], "devices": ["cpu", "gpu"], "seconds": 30},
    "licence": "MIT",
    "citations": ["A paper."],
    "limits": ["Fog."],
    "score": {
        "low": -1, "high": 1, "direction": "lower_is_more_suspicious", "meaning": "Edge width.",
    },
    "error_rates": [
        {
            "condition": "JPEG 75", "measure": "EER", "value": 0.2, "low": 0.1, "high": 0.3,
            "n": 120, "command": "probity evaluate set.csv",
        }
    ],
    "parameters": {"window": 8, "mode": "fast", "exact": True},
}  # fmt: skip


def changed(*path: str, to: Any) -> dict[str, Any]:
    """A copy of the good card with one value replaced (or removed, with ``to`` = ...)."""
    card: dict[str, Any] = yaml.safe_load(yaml.safe_dump(GOOD))
    place = card
    for key in path[:-1]:
        place = place[key]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return card


def test_a_full_card_is_read() -> None:
    card = parse(GOOD, where="card.yaml")
    assert card.modality is Modality.VIDEO
    assert card.needs.frames is not None
    assert (card.needs.frames.fps, card.needs.frames.height) == (5.0, 120)
    assert card.needs.resources == ("a-model",)
    assert card.parameters == {"window": 8, "mode": "fast", "exact": True}
    assert card.calibrated
    assert card.error_rates[0].n == 120


def test_a_card_that_was_never_measured_says_so() -> None:
    card = parse(changed("error_rates", to="not calibrated"), where="card.yaml")
    assert not card.calibrated
    assert card.to_dict()["error_rates"] == "not calibrated"


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (changed("colour", to="red"), "unknown key colour"),
        (changed("needs", "frame", to={}), "needs: unknown key frame"),
        (changed("needs", "frames", "hight", to=1), "frames: unknown key hight"),
        (changed("licence", to=...), "'licence' is missing"),
        (changed("licence", to=""), "'licence' must be text"),
        (changed("id", to="Sharpness"), "'id' has the wrong form"),
        (changed("version", to="1"), "'version' has the wrong form"),
        (changed("modality", to="smell"), "must be one of image, video, audio"),
        (changed("speaks_about", to="colour"), "must be one of picture, face, voice, video, file"),
        (changed("speaks_about", to=...), "'speaks_about' is missing"),
        (
            changed("speaks_about", to="voice") | {"modality": "image"},
            "cannot speak about the voice",
        ),
        (changed("evidence", to="hearsay"), "must be one of digital, physical, semantic"),
        (changed("evidence", to=...), "'evidence' is missing"),
        (changed("needs", "audio", to={"rate": 100, "max_seconds": 9}), "0 .the file's own. or at"),
        (changed("limits", to=[]), "'limits' must name at least 1"),
        (changed("runtime", "devices", to=["tpu"]), "unknown device tpu"),
        (changed("runtime", "seconds", to=0), "'seconds' must be at least 1"),
        (changed("score", "high", to=-1), "'low' must be below 'high'"),
        (changed("score", "low", to=True), "'low' must be a number"),
        (changed("parameters", "list", to=[1]), "'list' must be a number, a text or true/false"),
        (changed("error_rates", to="good"), "'not calibrated' or a list"),
        (changed("error_rates", to=[]), "'not calibrated' or a list"),
        (changed("interface", to=">=2.0,<3.0"), "written for detector interface"),
        (changed("interface", to="1"), "'interface' has the wrong form"),
        ([], "must be a table"),
    ],
)
def test_what_is_wrong_is_named(card: Any, words: str) -> None:
    with pytest.raises(CardInvalid, match=words) as caught:
        parse(card, where="card.yaml")
    assert caught.value.sentence.startswith("card.yaml")


def test_an_error_rate_outside_its_interval_is_refused() -> None:
    card = changed("error_rates", to=[{**GOOD["error_rates"][0], "value": 0.5}])
    with pytest.raises(CardInvalid, match="low <= value <= high"):
        parse(card, where="card.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: a.b\nid: a.c\n", "'id' is given twice"),
        ("id: [\n", "not a readable YAML file"),
        ("!!python/object:os.system {}\n", "not a readable YAML file"),
    ],
)
def test_a_card_that_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "card.yaml"
    path.write_text(text)
    with pytest.raises(CardInvalid, match=words):
        load(path)


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardInvalid, match=r"gone\.yaml is missing"):
        load(tmp_path / "gone.yaml")


Write = Callable[[str], str]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A package on the path whose code must not be imported to read its card."""
    package = tmp_path / "never_imported"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "sharp.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(card: str) -> str:
        (package / "sharp.yaml").write_text(card)
        return "never_imported.sharp:Sharp"

    return write


def test_a_card_is_read_without_importing_its_code(plugin: Write) -> None:
    target = plugin(yaml.safe_dump(GOOD))
    entry = registry.describe("acme.sharpness", target=target, distribution="acme 1")
    assert entry.error is None
    assert entry.card is not None
    assert entry.card.name == "Sharpness"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("never_imported.sharp", "package.module:Class"),
        ("not_there_at_all.x:Y", "is not there"),
        ("never_imported.gone:Y", "is missing"),
    ],
)
def test_a_broken_entry_point_is_told(plugin: Write, target: str, words: str) -> None:
    plugin(yaml.safe_dump(GOOD))
    entry = registry.describe("acme.sharpness", target=target, distribution="acme 1")
    assert entry.card is None
    assert words in (entry.error or "")


def test_an_id_that_differs_from_the_entry_point_is_told(plugin: Write) -> None:
    target = plugin(yaml.safe_dump(GOOD))
    entry = registry.describe("acme.blur", target=target, distribution="acme 1")
    assert entry.card is None
    assert "differs from the entry point's name" in (entry.error or "")


def test_entries_are_lifted_after_the_block() -> None:
    extra = registry.Entry(id="a.b", target="a:B", distribution="tests", error="broken")
    before = registry.entries()
    with registry.registered(extra):
        assert registry.find("a.b") == extra
        assert "a.b" not in [entry.id for entry in registry.usable()]
    assert registry.entries() == before


def test_a_checkout_whose_project_file_is_broken_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\nname = ")
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "detectors" / "registry.py"))
    registry.reset()
    try:
        assert all(entry.id for entry in registry.entries())
    finally:
        registry.reset()
