"""The check page: an answer for anybody, within a moment, and nothing kept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from PIL import Image

from probity.analysis.models import Job
from probity.audit.models import AuditEvent
from probity.core.clock import now
from probity.core.errors import TooManyRequests
from probity.credentials import checks, reading, slots
from probity.credentials.checks import checks_sweep
from probity.credentials.models import Check, CheckPicture
from probity.credentials.queue import desk_work
from probity.evidence.services import orphans_sweep

pytestmark = pytest.mark.django_db
C2PA = "media/c2pa"
CHAIN = "contentauth__tools__testing__fixtures__images__CAICAI.jpg"


def picture(seed: int = 1) -> bytes:
    pixels = np.random.default_rng(seed).normal(128, 30, (240, 320, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    return out.getvalue()


def send(client: Client, data: bytes, name: str = "holiday.jpg") -> Any:
    return client.post("/check", {"file": SimpleUploadedFile(name, data)})


def read(client: Client) -> str:
    return str(client.get(f"/check/{Check.objects.get().pk}").content.decode())


def test_a_file_without_credentials_is_no_warning(client: Client) -> None:
    answer = send(client, picture())
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "No Content Credentials" in text
    assert "answer-none" in text
    assert "fake" not in text.lower()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


def test_the_answer_is_there_before_any_worker(client: Client, shared: Path) -> None:
    send(client, (shared / C2PA / CHAIN).read_bytes())
    check = Check.objects.get()
    assert check.step == "waiting"
    text = read(client)
    assert "Credentials that do not hold" in text
    assert "claims to be Adobe, Inc." in text
    assert "Looking deeper" in text
    assert "CAI.jpg" in text
    polled = f"/check/{check.pk}/more?step=waiting&first"
    assert client.get(polled).status_code == 204
    desk_work()
    deeper = client.get(polled).content.decode()
    assert "Watermarks" in deeper
    assert "every 1s" not in deeper


def test_pictures_are_our_own_and_can_be_compared(client: Client, shared: Path) -> None:
    send(client, (shared / C2PA / CHAIN).read_bytes())
    desk_work()
    check = Check.objects.get()
    nodes = set(check.pictures.values_list("node", flat=True))
    assert {"view", "0", "0.0", "0.1.1"} <= nodes
    for node in ("view", "0.0"):
        answer = client.get(f"/check/{check.pk}/picture/{node}")
        assert Image.open(io.BytesIO(answer.content)).format in {"JPEG", "WEBP"}
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/check/{check.pk}/picture/0.9").status_code == 404
    text = client.get(f"/check/{check.pk}?compare=0.1.1").content.decode()
    assert "I.jpg and this file, one over the other" in text
    assert client.get(f"/check/{check.pk}?compare=%3Cb%3E").status_code == 200


def test_nothing_is_kept_but_the_answer_for_a_while(
    client: Client, stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    send(client, picture())
    assert len(stored_files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert desk_work() == 1
    assert stored_files() == []
    check = Check.objects.get()
    assert check.step == "done"
    assert check.more["left_out"] == []
    assert AuditEvent.objects.count() == 0
    assert checks_sweep() == 0
    Check.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.get(f"/check/{check.pk}").status_code == 404
    assert checks_sweep() == 1
    assert not Check.objects.exists()
    assert not CheckPicture.objects.exists()


def test_the_visitor_decides(client: Client, django_capture_on_commit_callbacks: Any,
                             stored_files: Callable[[], list[Path]]) -> None:  # fmt: skip
    send(client, picture())
    check = Check.objects.get()
    assert client.post(f"/check/{check.pk}/keep").status_code == 302
    kept = Check.objects.get()
    assert kept.expires_at - kept.made_at == timedelta(days=30)
    assert "as you asked" in read(client)
    with django_capture_on_commit_callbacks(execute=True):
        gone = client.post(f"/check/{check.pk}/forget")
    assert gone["Location"] == "/check?gone"
    assert "Nothing of that file is left" in client.get(gone["Location"]).content.decode()
    assert not Check.objects.exists()
    assert stored_files() == []
    assert client.get(f"/check/{check.pk}").status_code == 404
    assert client.post(f"/check/{uuid4()}/keep").status_code == 404
    assert client.get(f"/check/{check.pk}/keep").status_code == 405


def test_everything_can_be_taken_as_json(client: Client) -> None:
    send(client, picture())
    desk_work()
    check = Check.objects.get()
    answer = client.get(f"/check/{check.pk}/provenance.json")
    body = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert body["credentials"]["verdict"] == "none"
    assert body["sha256"] == check.sha256
    assert body["watermarks"][0]["status"] in {"absent", "unsupported"}
    assert body["possible_matches"] == []
    assert body["reading"] is False


def test_wrong_input_is_answered_with_a_sentence(client: Client) -> None:
    for answer in (client.post("/check"), send(client, b"")):
        assert answer.status_code == 422
        assert "Choose a file to check" in answer.content.decode()
    hostile = send(client, b"plain words", "<script>alert(1)</script>\u202egpj.exe")
    assert hostile.status_code == 302
    text = read(client)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    desk_work()
    assert Check.objects.get().step == "done"


def test_quotas_count_by_address(client: Client, settings: Any) -> None:
    settings.CHECK_RATE = "1/hour"
    assert send(client, picture()).status_code == 302
    refused = send(client, picture())
    assert refused.status_code == 429
    assert refused["Retry-After"]
    by_api = client.post("/api/v1/check", picture(), content_type="image/jpeg")
    assert by_api.status_code == 429


def test_a_large_file_is_read_by_the_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LARGE_BYTES", 100)
    send(client, picture())
    assert "takes longer than a moment" in read(client)
    check = Check.objects.get()
    assert client.get(f"/check/{check.pk}/more?step=waiting").status_code == 204
    desk_work()
    assert "No Content Credentials" in read(client)


def test_a_file_that_takes_too_long_is_left_to_the_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "QUICK_WALL", 0.0)
    send(client, picture())
    assert Check.objects.get().answer == {}
    desk_work()
    assert Check.objects.get().answer["credentials"]["verdict"] == "none"


def test_a_check_that_keeps_failing_ends_with_a_sentence(
    client: Client, stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    send(client, picture())
    Check.objects.update(attempts=2)
    with django_capture_on_commit_callbacks(execute=True):
        desk_work()
    check = Check.objects.get()
    assert check.step == "failed"
    assert "could not be read" in read(client)
    assert stored_files() == []


def test_cases_come_first(client: Client) -> None:
    client.post("/report", {"category": "other", "explanation": "x",
                            "file": SimpleUploadedFile("a.jpg", picture(3))})  # fmt: skip
    assert Job.objects.filter(state="waiting").count() == 1
    send(client, picture())
    assert desk_work() == 0
    assert Check.objects.get().step == "waiting"
    Job.objects.update(state="cancelled", ended_at=now())
    assert desk_work() == 1


def test_few_files_at_once_and_one_desk(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHECK_SLOTS = 1
    monkeypatch.setattr(slots, "PATIENCE_SECONDS", 0.1)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [slots.LOCK, 1])
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [slots.LOCK, slots.DESK])
        with pytest.raises(TooManyRequests, match="Many files"), slots.check_slot():
            pass
        with slots.desk_lock() as mine:
            assert not mine
    finally:
        other.close()
    with slots.check_slot():
        pass


def test_the_api_gives_the_same_answer(client: Client) -> None:
    made = client.post("/api/v1/check", picture(), content_type="image/jpeg")
    assert made.status_code == 201
    body = made.json()
    assert body["credentials"]["summary"]["icon"] == "none"
    assert body["reading"] is True
    desk_work()
    again = client.get(f"/api/v1/check/{body['id']}").json()
    assert again["reading"] is False
    assert again["left_out"] == []
    form = client.post("/api/v1/check", {"file": SimpleUploadedFile("a.jpg", picture(2))})
    assert form.status_code == 201
    assert client.delete(f"/api/v1/check/{body['id']}").status_code == 204
    assert client.get(f"/api/v1/check/{body['id']}").status_code == 404
    empty = client.post("/api/v1/check", b"", content_type="image/jpeg")
    assert empty.status_code == 422
    assert empty.json()["code"] == "invalid-input"


def test_what_a_crash_left_is_swept_and_nothing_else(
    client: Client, stored_files: Callable[[], list[Path]], evidence_store: Path
) -> None:
    send(client, picture())
    [live] = stored_files()
    store = evidence_store / "evidence"
    for shelf in ("checks", "works"):
        nobody = uuid4().hex
        left = store / shelf / nobody[:2] / nobody
        left.parent.mkdir(parents=True)
        left.write_bytes(b"left behind")
    (evidence_store / "incoming" / "sign-left").mkdir()
    (evidence_store / "incoming" / "sign-left" / "half").write_bytes(b"half")
    assert orphans_sweep(older_than_seconds=-5) == 3
    assert stored_files() == [live]
    assert not (evidence_store / "incoming" / "sign-left").exists()
