"""Sending reference files through the whole line."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

Through = Callable[..., None]


def chosen(listed: Path, *, label: str) -> list[str]:
    """The smallest file of each label and container."""
    with listed.open(encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["bytes"]))
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        found.setdefault((row[label], Path(row["file"]).suffix), row["file"])
    return list(found.values())


@pytest.fixture
def through(
    shared: Path, client_for: Callable[..., APIClient], work: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
) -> Through:  # fmt: skip
    """Report, analyse and read again the chosen files of a folder; nothing may go wrong."""
    client = client_for("ada", "administrator")
    caplog.set_level(logging.ERROR)

    def one(path: Path) -> list[str]:
        body = {
            "category": "other", "explanation": "Reference.",
            "file": SimpleUploadedFile("x", path.read_bytes()),
        }  # fmt: skip
        answer = client.post("/api/v1/reports", body, format="multipart")
        if answer.status_code != 201:
            return [f"{answer.status_code} {answer.json().get('detail')}"]
        work()
        case = client.get(f"/api/v1/cases/{answer.json()['case']}").json()
        wrong = [
            f"{row['producer']}: {row['sentence']}"
            for row in case["findings"]
            if row["status"] == "failed" and row["kind"] == "detector"
        ]
        if case["analysis"]["state"] != "done" or case["assessment"] is None:
            wrong.append(str(case["analysis"]))
        if not case["audit"]["intact"] or case["provenance"] is None:
            wrong.append(case["audit"]["sentence"])
        return wrong

    def every(folder: str, listed: str, *, label: str, refused: Collection[str] = ()) -> None:
        media = shared / "media" / folder
        names = [*chosen(media / listed, label=label), *refused]
        troubles = {name: wrong for name in dict.fromkeys(names) if (wrong := one(media / name))}
        sentences = {name: troubles.pop(name, [""]) for name in refused}
        assert all(wrong[0].startswith("422 ") for wrong in sentences.values()), sentences
        assert troubles == {}
        assert len(names) > 6
        assert [record.getMessage() for record in caplog.records] == []

    return every
