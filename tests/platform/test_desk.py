"""The creators' desk: keys, signing, finding stripped copies again, taking everything out."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from probity.accounts.actors import person_actor
from probity.accounts.roles import Role
from probity.audit.models import AuditEvent
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.credentials.identities import identity_create, keystore_of
from probity.credentials.models import SigningIdentity, Work, WorkBinding
from probity.credentials.queue import desk_work
from provenance import verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_DIR = str(tmp_path / "creators")
    settings.WATERMARK_KEY = str(tmp_path / "watermark")


@pytest.fixture
def ada(person: Callable[..., Any]) -> Any:
    return person("ada", "creator")


@pytest.fixture
def desk(ada: Any, client: Client) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def trial(ada: Any) -> SigningIdentity:
    return identity_create(
        actor=person_actor(ada), name="trial", subject="Ada L.", organisation="", country="",
        algorithm="ES256", trial=True,
    )  # fmt: skip


def picture(seed: int = 1, form: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    cells = (size[1] // 8, size[0] // 8, 3)
    grid = np.random.default_rng(seed).normal(128, 40, cells).clip(0, 255).astype("uint8")
    image = Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)
    ImageDraw.Draw(image).ellipse((180, 90, 420, 330), fill=(200, 120, 60 + seed))
    out = io.BytesIO()
    image.save(out, form, quality=92)
    return out.getvalue()


def upload(data: bytes, name: str = "harbour.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def ask(client: Client, identity: SigningIdentity, *files: SimpleUploadedFile, **said: Any) -> Any:
    return client.post("/desk", {"identity": str(identity.pk), "files": list(files), **said})


def downloaded(client: Client, work: Work, folder: Path) -> Path:
    answer = client.get(f"/desk/works/{work.pk}/file")
    assert answer.status_code == 200
    path = folder / "signed.jpg"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_a_signed_file_verifies_and_tells_what_was_declared(
    desk: Client, trial: SigningIdentity, tmp_path: Path, stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    answer = ask(desk, trial, upload(picture()), ai="generated", do_not_train="true")
    assert answer.status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        assert desk_work() == 1
    work = Work.objects.get()
    assert work.step == "done", work.error
    record = verify.read(downloaded(desk, work, tmp_path)).to_dict()
    assert record["sha256"] == work.sha256
    assert record["verdict"] == "valid"
    assert record["ai_use"] == "generated"
    assert set(record["do_not_train"].values()) == {"notAllowed"}
    assert [event.name for event in AuditEvent.objects.order_by("pk")] == [
        "person.created", "person.password_set", "identity.created", "person.signed_in",
        "work.asked", "work.signed",
    ]  # fmt: skip
    kept = [path.name for path in stored_files() if "works" in path.parts]
    assert kept == ["signed"]
    page = desk.get(f"/desk/works/{work.pk}").content.decode()
    assert "Signed, signer not known" in page
    assert "trial" in page


def test_many_files_are_signed_and_one_refusal_stops_no_other(
    desk: Client, trial: SigningIdentity
) -> None:
    ask(desk, trial, upload(picture(1), "a.jpg"), upload(b"words", "b.txt"),
        upload(picture(2, "PNG"), "c.png"))  # fmt: skip
    assert Work.objects.count() == 3
    waiting = desk.get("/desk").content.decode()
    assert "3 still to be signed" in waiting
    assert desk_work() == 3
    steps = dict(Work.objects.values_list("name", "step"))
    assert steps == {"a.jpg": "done", "b.txt": "failed", "c.png": "done"}
    page = desk.get("/desk/works").content.decode()
    assert "Not signed" in page
    assert Work.objects.get(name="b.txt").error in page.replace("&#x27;", "'")


def test_a_stripped_smaller_copy_leads_back(
    desk: Client, trial: SigningIdentity, tmp_path: Path, client: Client
) -> None:
    ask(desk, trial, upload(picture(3)))
    desk_work()
    work = Work.objects.get()
    signed = Image.open(downloaded(desk, work, tmp_path))
    stripped = io.BytesIO()
    signed.convert("RGB").resize((400, 300)).save(stripped, "JPEG", quality=60)
    found = desk.post("/desk/recover", {"file": upload(stripped.getvalue(), "copy.jpg")})
    text = found.content.decode()
    assert "Possible match" in text
    assert "bits differ" in text
    assert "harbour.jpg" in text
    other = desk.post("/desk/recover", {"file": upload(picture(9), "other.jpg")}).content.decode()
    assert "No match" in other
    by_content = Client().post(
        "/api/v1/matches/byContent", stripped.getvalue(), content_type="image/jpeg"
    )
    assert by_content.status_code == 200, by_content.content
    [match] = by_content.json()["matches"]
    assert match["manifestId"] == work.manifest_id
    assert 60 <= match["similarityScore"] <= 100
    store = Client().get(f"/api/v1/manifests/{match['manifestId']}")
    assert store["Content-Type"] == "application/c2pa"
    assert store.content == bytes(work.manifest)


def test_the_seal_is_put_in_and_found_again(
    desk: Client, trial: SigningIdentity, tmp_path: Path
) -> None:
    ask(desk, trial, upload(picture(4, size=(1200, 900))), mark="true")
    desk_work()
    work = Work.objects.get()
    assert work.step == "done", work.error
    held = set(WorkBinding.objects.values_list("algorithm", flat=True))
    assert held == {"org.probity.seal.1", "org.probity.pdq.1"}
    signed = Image.open(downloaded(desk, work, tmp_path))
    stripped = io.BytesIO()
    signed.save(stripped, "JPEG", quality=85)
    text = desk.post("/desk/recover", {"file": upload(stripped.getvalue())}).content.decode()
    assert "Possible match: the mark inside" in text


def test_a_parent_becomes_part_of_the_history(
    desk: Client, trial: SigningIdentity, tmp_path: Path
) -> None:
    ask(desk, trial, upload(picture(5)), source="camera")
    desk_work()
    first = downloaded(desk, Work.objects.get(), tmp_path)
    ask(desk, trial, upload(picture(6), "edit.jpg"), actions=["cropped"],
        parent=upload(first.read_bytes(), "first.jpg"))  # fmt: skip
    desk_work()
    work = Work.objects.get(name="edit.jpg")
    assert work.step == "done", work.error
    assert work.outcome["parent"]["verdict"] == "valid"
    page = desk.get(f"/desk/works/{work.pk}").content.decode()
    assert "the work that this one was made from" in page.lower()


def test_what_cannot_be_declared_is_said_beside_the_field(
    desk: Client, trial: SigningIdentity
) -> None:
    wrong = ask(desk, trial, upload(picture()), ai="generated", source="camera")
    assert wrong.status_code == 422
    assert "either by its source or by its use of AI" in wrong.content.decode()
    assert ask(desk, trial, ai="none").status_code == 422
    assert desk.post("/desk", {"identity": "x", "files": [upload(picture())]}).status_code == 422
    assert not Work.objects.exists()
    with_two = ask(desk, trial, upload(picture(1)), upload(picture(2)), parent=upload(picture(3)))
    assert "A parent belongs to one work" in with_two.content.decode()


def test_keys_wait_for_their_certificate_and_go_when_revoked(desk: Client, ada: Any) -> None:
    made = desk.post(
        "/desk/identities",
        {"name": "press", "subject": "Ada L.", "algorithm": "ES256", "kind": "own"},
    )
    assert made.status_code == 302
    row = SigningIdentity.objects.get()
    request = desk.get(f"/desk/identities/{row.pk}/request").content
    assert request.startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    page = desk.get("/desk/identities").content.decode()
    assert "Waits for its certificate" in page
    assert "PRIVATE" not in page
    assert ask(desk, row, upload(picture())).status_code == 409
    junk = desk.post(f"/desk/identities/{row.pk}/import", {"chain": upload(b"junk", "c.pem")})
    assert junk.status_code == 422
    assert desk.get(f"/desk/identities/{row.pk}/chain").status_code == 404
    key = keystore_of(ada).folder / "press" / "key.json"
    assert key.exists()
    assert desk.post(f"/desk/identities/{row.pk}/revoke", {"why": "lost"}).status_code == 302
    assert not key.exists()
    assert "Revoked" in desk.get("/desk/identities").content.decode()
    assert AuditEvent.objects.filter(name="identity.revoked").count() == 1
    wrong = desk.post(
        "/desk/identities", {"name": "Not Good", "subject": "A", "algorithm": "ES256"}
    )
    assert wrong.status_code == 422
    assert SigningIdentity.objects.count() == 1


def test_nobody_reaches_another_creators_things(
    desk: Client, trial: SigningIdentity, person: Callable[..., Any]
) -> None:
    ask(desk, trial, upload(picture()))
    desk_work()
    work = Work.objects.get()
    eve = Client()
    eve.force_login(person("eve", "creator"))
    addresses = ("", "/file", "/credentials")
    assert {eve.get(f"/desk/works/{work.pk}{end}").status_code for end in addresses} == {404}
    assert eve.get(f"/desk/identities/{trial.pk}/request").status_code == 404
    assert ask(eve, trial, upload(picture())).status_code == 404
    assert eve.post(f"/desk/works/{work.pk}/withdraw").status_code == 404
    reviewer = Client()
    reviewer.force_login(person("rob", "reviewer"))
    for address in ("/desk", "/desk/identities", "/desk/recover", f"/desk/works/{work.pk}"):
        assert reviewer.get(address).status_code == 403, address
        assert Client().get(address).status_code == 302, address
    assert desk.get("/triage").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_who_may_sign(role: Role, person: Callable[..., Any], client: Client) -> None:
    may = role in {Role.CREATOR, Role.ADMINISTRATOR}
    client.force_login(person("somebody", role))
    read = ("/desk", "/desk/works", "/desk/identities", "/desk/recover")
    assert {client.get(address).status_code for address in read} == {200 if may else 403}
    taken = client.post("/desk/export")
    assert taken.status_code == (200 if may else 403)
    assert not may or b"".join(taken.streaming_content).startswith(b"PK")
    written = client.post("/desk/identities", {"name": "x y", "subject": "A", "algorithm": "ES256"})
    assert written.status_code == (422 if may else 403)
    if role is Role.CREATOR:
        for address in ("/triage", "/review/law"):
            assert client.get(address).status_code == 403


def test_everything_can_be_taken_out_and_a_work_withdrawn(
    desk: Client, trial: SigningIdentity, stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    ask(desk, trial, upload(picture()))
    with django_capture_on_commit_callbacks(execute=True):
        desk_work()
    work = Work.objects.get()
    answer = desk.post("/desk/export")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert set(archive.namelist()) == {
        "README.txt", "works.json", "identities.json", "certificates/trial.pem",
        f"manifests/{work.pk}.c2pa", f"records/{work.pk}.json",
    }  # fmt: skip
    assert json.loads(archive.read("works.json"))[0]["sha256"] == work.sha256
    assert archive.read(f"manifests/{work.pk}.c2pa") == bytes(work.manifest)
    assert not any(b"PRIVATE" in archive.read(name) for name in archive.namelist())
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(f"/desk/works/{work.pk}/withdraw").status_code == 302
    assert [path for path in stored_files() if "works" in path.parts] == []
    assert desk.get(f"/desk/works/{work.pk}/file").status_code == 404
    assert Client().get(f"/api/v1/manifests/{work.manifest_id}").status_code == 404


def test_a_creator_lands_at_the_desk(desk: Client) -> None:
    assert desk.get("/")["Location"] == "/desk"
    assert "First, an identity" in desk.get("/desk").content.decode()


def test_the_service_refuses_what_the_form_would(ada: Any, trial: SigningIdentity) -> None:
    actor = person_actor(ada)
    again = {"actor": actor, "subject": "A", "organisation": "", "country": "", "trial": True}
    with pytest.raises(Conflict):
        identity_create(name="trial", algorithm="ES256", **again)
    with pytest.raises(InvalidInput):
        identity_create(name="other", algorithm="MD5", **again)
    from uuid import uuid4

    from probity.credentials.identities import identity_find

    with pytest.raises(NotFound):
        identity_find(actor=actor, identity_id=uuid4())
