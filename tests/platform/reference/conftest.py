"""Sending reference files through the whole line."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from detectors import runner

Through = Callable[..., None]
#: What looks at every file: one for each modality.
ALWAYS = frozenset({"audio.silence", "image.noise", "video.shallowfake"})
SAME = {".jpeg": ".jpg", ".tif": ".tiff"}


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
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> Through:  # fmt: skip
    """Report, analyse and read again the chosen files of a folder; nothing may go wrong.

    Where the labels say nothing of pictures and sound (``apart``), a detector that has answered for
    one file of a container is not asked about the next; a few are asked about every file.
    """
    answered: dict[str, set[str]] = {}
    client = client_for("ada", "administrator")
    caplog.set_level(logging.ERROR)

    def kind(path: Path) -> str:
        return SAME.get(path.suffix.lower(), path.suffix.lower())

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
        measured = [row for row in case["findings"] if row["kind"] == "detector"]
        wrong = [
            f"{row['producer']}: {row['sentence']}" for row in measured if row["status"] == "failed"
        ]
        said = {row["producer"] for row in measured if row["status"] == "ok"}
        answered[kind(path)] = answered.get(kind(path), set()) | said
        if case["analysis"]["state"] != "done" or case["assessment"] is None:
            wrong.append(str(case["analysis"]))
        if not case["audit"]["intact"] or case["provenance"] is None:
            wrong.append(case["audit"]["sentence"])
        return wrong

    def unheard(path: Path) -> list[str]:
        heard = answered.get(kind(path), set()) - ALWAYS
        left = [entry for entry in runner.usable() if entry.id not in heard]
        with monkeypatch.context() as patch:
            patch.setattr(runner, "usable", lambda: left)
            return one(path)

    def every(
        folder: str, listed: str, *, label: str, refused: Collection[str] = (), apart: bool = False
    ) -> None:
        media, send = shared / "media" / folder, unheard if apart else one
        names = [*chosen(media / listed, label=label), *refused]
        assert {entry.id for entry in runner.usable()} > ALWAYS
        troubles = {name: wrong for name in dict.fromkeys(names) if (wrong := send(media / name))}
        sentences = {name: troubles.pop(name, [""]) for name in refused}
        assert all(wrong[0].startswith("422 ") for wrong in sentences.values()), sentences
        assert troubles == {}
        assert len(names) > 6
        assert [record.getMessage() for record in caplog.records] == []

    return every
