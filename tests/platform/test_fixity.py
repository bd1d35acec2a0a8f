"""Stored originals, hashed again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image
from rest_framework.test import APIClient

from probity.audit.models import AuditEvent
from probity.evidence.fixity import fixity_sweep
from probity.evidence.models import Asset, FixityCheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(client_for: Callable[..., APIClient]) -> Asset:
    out = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 255, (40, 40, 3), dtype="uint8")
    Image.fromarray(noise).save(out, "PNG")
    body = {
        "category": "other", "explanation": "Look.",
        "file": SimpleUploadedFile("a.png", out.getvalue(), "image/png"),
    }  # fmt: skip
    assert client_for("ada", "lead").post("/api/v1/reports", body).status_code == 201
    return Asset.objects.get()


def test_an_intact_file_gets_a_history(asset: Asset) -> None:
    call_command("fixity_check")
    assert fixity_sweep() == 0
    rows = FixityCheck.objects.filter(asset=asset)
    assert [row.intact for row in rows] == [True]


@pytest.mark.parametrize("how", ["altered", "missing"])
def test_a_changed_file_is_named_and_recorded(
    asset: Asset, stored_files: Callable[[], list[Path]], how: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (path,) = (path for path in stored_files() if path.name == asset.sha256)
    path.chmod(0o600)
    if how == "altered":
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()
    with pytest.raises(SystemExit):
        call_command("fixity_check", "--json")
    (wrong,) = json.loads(capsys.readouterr().out)["wrong"]
    assert wrong["asset"] == asset.sha256
    assert (wrong["found"] is None) is (how == "missing")
    event = AuditEvent.objects.get(name="asset.fixity_failed")
    assert event.payload["asset"] == asset.sha256
