"""A decided case with a picture, and its bundle."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from probity.bundles.models import Export
from probity.bundles.services import export_build, export_request
from probity.cases.models import Case
from probity.evidence.selectors import bundle_open

Bundle = Callable[..., Path]


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, settings: Any) -> None:
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"


@pytest.fixture
def case(client_for: Callable[..., APIClient], work: Callable[[], int], settings: Any) -> Case:
    """Reported with a file, analysed, answered and decided."""
    settings.SERVICE_FACTS = {"covered_platform": True}
    client = client_for("ada", "lead")
    pixels = np.random.default_rng(7).normal(128, 30, (240, 320, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    body = {
        "category": "election", "explanation": "The day is wrong.", "places": "US-CA",
        "url": "https://example.org/1", "email": "reporter@example.org",
        "file": SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg"),
    }  # fmt: skip
    assert client.post("/api/v1/reports", body).status_code == 201
    work()
    case = Case.objects.latest("number")
    client.post(f"/api/v1/cases/{case.pk}/facts", {"synthetic": True}, format="json")
    decided = {"action": "label", "reason": "It is generated.", "rules": []}
    assert client.post(f"/api/v1/cases/{case.pk}/decisions", decided).status_code == 201
    return case


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Make a case's bundle and copy it to a file."""

    def make(case: Case, profile: str = "court", **fields: str) -> Path:
        export = export_request(
            case=case, profile=profile, person=None, actor="system",
            **{"purpose": "Court file 7", "recipient": "The court", "why": "", **fields},
        )  # fmt: skip
        Export.objects.filter(pk=export.pk).update(state="building")
        export_build(export)
        assert export.state == "done", export.error
        path = tmp_path / f"{export.pk}.zip"
        with bundle_open(export.storage_name) as source:
            path.write_bytes(source.read())
        return path

    return make
