"""The creators' desk for programs: one's own identities and works, and nobody else's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from probity.audit.models import AuditEvent
from probity.credentials.models import Work
from probity.credentials.queue import desk_work
from provenance import verify

pytestmark = pytest.mark.django_db
DESK = "/api/v1/desk"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_DIR = str(tmp_path / "creators")
    settings.WATERMARK_KEY = str(tmp_path / "watermark")


@pytest.fixture
def client(client_for: Callable[..., APIClient]) -> APIClient:
    return client_for("ada", "creator")


@pytest.fixture
def identity(client: APIClient) -> str:
    body = {"name": "trial", "subject": "Ada L.", "trial": True}
    made = client.post(f"{DESK}/identities", body, format="json")
    assert made.status_code == 201, made.json()
    assert "BEGIN CERTIFICATE REQUEST" in made.json()["request"]
    assert not {"token", "key_opens_with", "chain_pem"} & set(made.json())
    return str(made.json()["id"])


def upload(colour: str = "teal") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(out, "PNG")
    return SimpleUploadedFile("harbour.png", out.getvalue())


def test_signing_fetching_withdrawing_and_taking_all(
    client: APIClient, identity: str, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    form = {"identity": identity, "files": [upload()], "ai": "generated", "do_not_train": "true"}
    asked = client.post(f"{DESK}/works", form, format="multipart")
    assert asked.status_code == 202, asked.json()
    work = asked.json()["works"][0]
    assert (work["step"], work["file"]) == ("waiting", "harbour.png")
    assert client.get(f"{DESK}/works/{work['id']}/file").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert desk_work() == 1
    done = client.get(f"{DESK}/works/{work['id']}").json()
    assert (done["step"], done["error"]) == ("done", None)
    path = tmp_path / "signed.png"
    answer = client.get(f"{DESK}/works/{work['id']}/file")
    path.write_bytes(b"".join(answer.streaming_content))
    record = verify.read(path).to_dict()
    assert (record["sha256"], record["ai_use"]) == (done["sha256"], "generated")
    manifest = client.get(f"{DESK}/works/{work['id']}/credentials")
    assert manifest.headers["content-type"] == "application/c2pa"

    archive = client.post(f"{DESK}/works/export")
    kept = zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content))).namelist()
    assert f"manifests/{work['id']}.c2pa" in kept
    with django_capture_on_commit_callbacks(execute=True):
        gone = client.post(f"{DESK}/works/{work['id']}/withdraw").json()
    assert gone["withdrawn_at"] is not None
    assert client.get(f"{DESK}/works/{work['id']}/file").status_code == 404
    names = AuditEvent.objects.values_list("name", flat=True)
    assert {"work.asked", "work.signed", "works.exported", "work.withdrawn"} <= set(names)


def test_what_is_wrong_is_said_and_nothing_is_half_taken(client: APIClient, identity: str) -> None:
    def refused(**form: Any) -> dict[str, str]:
        answer = client.post(f"{DESK}/works", form, format="multipart")
        assert answer.status_code == 422, answer.content
        fields: dict[str, str] = answer.json()["fields"]
        return fields

    assert "at least one file" in refused(identity=identity)["files"]
    assert set(refused(identity="no", files=[upload()])) == {"identity"}
    assert set(refused(identity=identity, files=[upload()], colour="red")) == {"colour"}
    both = refused(identity=identity, files=[upload()], ai="generated", source="camera")
    assert set(both) == {"source"}
    twice = refused(identity=identity, files=[upload(), upload("navy")], parent=upload("red"))
    assert set(twice) == {"parent"}
    assert Work.objects.count() == 0


def test_a_repeated_request_signs_once(client: APIClient, identity: str) -> None:
    first, again = (
        client.post(
            f"{DESK}/works", {"identity": identity, "files": [upload()]}, format="multipart",
            headers={"idempotency-key": "monday"},
        )
        for _ in range(2)
    )  # fmt: skip
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert Work.objects.count() == 1


def test_a_revoked_key_signs_no_more_and_others_see_nothing(
    client: APIClient, identity: str, client_for: Callable[..., APIClient]
) -> None:
    other = client_for("eve", "creator")
    assert other.get(f"{DESK}/identities").json()["identities"] == []
    assert other.get(f"{DESK}/identities/{identity}").status_code == 404
    address = f"{DESK}/identities/{identity}"
    broken = client.put(f"{address}/chain", {"chain": "nothing"}, format="json")
    assert broken.status_code == 422
    done = client.post(f"{address}/revoke", {"why": "Lost."}, format="json").json()
    assert (done["state"], done["revoked_why"]) == ("revoked", "Lost.")
    form = {"identity": identity, "files": [upload()]}
    asked = client.post(f"{DESK}/works", form, format="multipart")
    assert (asked.status_code, asked.json()["code"]) == (409, "conflict")
    assert client_for("bob", "reviewer").get(f"{DESK}/works").status_code == 403
