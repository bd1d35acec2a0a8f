"""Reference files go through the whole line once, without an unhandled error: every one with
credentials; of the films, the smallest of each container and label."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

#: Files that are refused with a sentence, and why that is right.
REFUSED = {
    "contentauth__sdk__tests__fixtures__id3v23_compression_underflow.mp3": (
        "a tag that claims more bytes than the file has, and no sound behind it"
    ),
}


def chosen(rows: list[dict[str, str]], *, by_label: bool) -> list[str]:
    """All files, or the smallest of each label and container."""
    if not by_label:
        return [row["file"] for row in rows]
    found: dict[tuple[str, str], str] = {}
    for row in sorted(rows, key=lambda row: int(row["bytes"])):
        found.setdefault((row["label"], Path(row["file"]).suffix), row["file"])
    return list(found.values())


pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("folder", "listed"), [("c2pa", "MANIFEST.csv"), ("faces", "manifest.csv")]
)
def test_every_file_goes_through(
    shared: Path,
    client_for: Callable[..., APIClient],
    work: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
    folder: str,
    listed: str,
) -> None:
    client = client_for("ada", "administrator")
    with (shared / "media" / folder / listed).open(encoding="utf-8") as lines:
        names = chosen(list(csv.DictReader(lines)), by_label=folder == "faces")
    troubles: list[str] = []
    caplog.set_level(logging.ERROR)
    for name in names:
        data = (shared / "media" / folder / name).read_bytes()
        upload = SimpleUploadedFile("x", data)
        answer = client.post(
            "/api/v1/reports",
            {"category": "other", "explanation": "Reference.", "file": upload},
            format="multipart",
        )
        if name in REFUSED:
            assert answer.status_code == 422
            continue
        if answer.status_code != 201:
            troubles.append(f"{name}: {answer.status_code} {answer.json().get('detail')}")
            continue
        work()
        case = client.get(f"/api/v1/cases/{answer.json()['case']}").json()
        if case["analysis"]["state"] != "done" or case["assessment"] is None:
            troubles.append(f"{name}: {case['analysis']}")
        troubles += [
            f"{name}: {row['producer']}: {row['sentence']}"
            for row in case["findings"]
            if row["status"] == "failed" and row["kind"] == "detector"
        ]
        if not case["audit"]["intact"] or case["provenance"] is None:
            troubles.append(f"{name}: {case['audit']['sentence']}")
    assert troubles == []
    assert len(names) > 6
    assert [record.getMessage() for record in caplog.records] == []
