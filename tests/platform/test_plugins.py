"""Third-party detectors in the platform: on the case page, contained, and gone when removed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from detectors import registry
from foundation import child
from probity.analysis.models import Finding
from probity.cases.models import Case

pytestmark = pytest.mark.django_db
EXAMPLE = "example.histogram_comb"
CODE = """
import os, time

class Raises:
    def detect(self, sample, parameters, /):
        raise ValueError("broken inside")

class Hangs:
    def detect(self, sample, parameters, /):
        time.sleep(600)

class Exits:
    def detect(self, sample, parameters, /):
        os._exit(3)

class Hungry:
    def detect(self, sample, parameters, /):
        return [bytearray(2**30) for _ in range(50)]
"""
CARD = {
    "version": "1.0.0", "interface": ">=1.0,<2.0", "modality": "image", "speaks_about": "picture",
    "evidence": "digital", "summary": "For tests.", "needs": {}, "licence": "Apache-2.0",
    "citations": ["None."], "limits": ["All of them."],
    "score": {"low": 0, "high": 1, "direction": "higher_is_more_suspicious", "meaning": "None."},
    "error_rates": "not calibrated", "parameters": {},
}  # fmt: skip
TROUBLES = {
    "Raises": "broken inside",
    "Hangs": "did not finish within its 2 s",
    "Exits": "brought its process down",
    "Hungry": "more memory than it is allowed",
}


def picture(seed: int) -> SimpleUploadedFile:
    """Small, with a stretched histogram: what the example plugin looks for."""
    green = np.clip(np.random.default_rng(seed).normal(128, 22, (200, 200)), 60, 200)
    pixels = ((green.astype(np.uint8).astype(float) - 60) * 255 / 140).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.stack([pixels] * 3, axis=2)).save(out, "PNG")
    return SimpleUploadedFile("stretched.png", out.getvalue(), "image/png")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Nothing is installed but the given plugins; the built-ins have tests of their own."""

    def given(*entries: Any) -> None:
        monkeypatch.setattr("detectors.runner.usable", lambda: entries)
        monkeypatch.setattr("detectors.registry.usable", lambda: entries)

    return given


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Make a folder importable here and in the confined process, which is started afresh."""

    def go(folder: Path) -> None:
        monkeypatch.syspath_prepend(str(folder))
        child.shutdown()

    yield go
    child.shutdown()


def analysed(work: Callable[[], int], *, seed: int = 3) -> Case:
    body = {"category": "other", "explanation": "Look at it.", "file": picture(seed)}
    assert Client().post("/report", body).status_code == 302
    assert work() == 1
    return Case.objects.latest("number")


def page(client: Client, case: Case) -> str:
    return client.get(f"/triage/{case.pk}").content.decode()


def test_the_example_plugin_appears_on_the_case_page_until_it_is_removed(
    root: Path,
    only: Callable[..., None],
    importable: Callable[[Path], None],
    work: Callable[[], int],
    client: Client,
    person: Callable[..., Any],
) -> None:
    client.force_login(person("rea", "lead"))
    importable(root / "examples" / "probity-histogram-comb")
    target = "probity_histogram_comb.comb:HistogramComb"
    entry = registry.describe(EXAMPLE, target=target, distribution="example")
    assert entry.error is None
    with registry.registered(entry):
        only(entry)
        case = analysed(work)
        told = Finding.objects.get(producer=EXAMPLE)
        assert told.status == "ok"
        assert told.sentence.startswith("The picture skips")
        shown = page(client, case)
        assert told.title in shown
        assert "The picture skips" in shown
    only()
    # what was found stays found after the plugin is gone, and a new run does without it
    assert "The picture skips" in page(client, case)
    analysed(work, seed=4)
    assert Finding.objects.filter(producer=EXAMPLE).count() == 1


def test_bad_plugins_are_named_on_the_case_and_harm_nobody(
    tmp_path: Path,
    only: Callable[..., None],
    importable: Callable[[Path], None],
    work: Callable[[], int],
    client: Client,
    person: Callable[..., Any],
) -> None:
    importable(tmp_path)
    entries: list[registry.Entry] = []
    for name in TROUBLES:
        module = f"bad_{name.lower()}"
        seconds = 60 if name == "Hungry" else 2
        card = {
            **CARD, "id": f"bad.{name.lower()}", "name": f"Bad one that {name.lower()}",
            "runtime": {"libraries": [], "devices": ["cpu"], "seconds": seconds},
        }  # fmt: skip
        (tmp_path / f"{module}.py").write_text(CODE)
        (tmp_path / f"{module}.yaml").write_text(yaml.safe_dump(card))
        entries.append(registry.describe(card["id"], target=f"{module}:{name}", distribution="bad"))
    assert [entry.error for entry in entries if entry.error] == []
    client.force_login(person("rea", "lead"))
    with registry.registered(*entries):
        only(*entries)
        case = analysed(work)
    shown = page(client, case)
    for name, words in TROUBLES.items():
        told = Finding.objects.get(producer=f"bad.{name.lower()}")
        assert told.status == "failed"
        assert words in told.sentence
        assert f"Bad one that {name.lower()}" in shown
    assert Finding.objects.filter(producer="provenance.metadata", status="ok").exists()
    assert "findings are in" in shown
