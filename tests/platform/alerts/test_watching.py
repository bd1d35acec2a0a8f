"""What each kind of watch-list finds, through the real engines and the real bank."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from detectors import registry, runner
from probity.accounts.actors import Actor, person_actor
from probity.alerts.lists import (
    hash_add,
    hash_remove,
    term_add,
    term_remove,
    watch_list_make,
)
from probity.alerts.models import Alert
from probity.alerts.names import folded
from probity.cases.models import Case
from probity.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from probity.credentials.identities import identity_create, identity_told
from probity.credentials.queue import desk_work
from probity.matching.models import BankKind
from probity.workflow.case_match import entries_match

pytestmark = pytest.mark.django_db


def picture(seed: int = 4, size: tuple[int, int] = (640, 480)) -> bytes:
    grid = (size[1] // 8, size[0] // 8, 3)
    cells = np.random.default_rng(seed).normal(128, 40, grid).clip(0, 255).astype("uint8")
    image = Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)
    ImageDraw.Draw(image).ellipse((180, 90, 420, 330), fill=(200, 120, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def send(data: bytes, **fields: str) -> Case:
    upload = SimpleUploadedFile("a.jpg", data, "image/jpeg")
    given = {"category": "impersonation", "explanation": "look", "file": upload, **fields}
    assert Client().post("/report", given).status_code == 302
    return Case.objects.latest("opened_at")


@pytest.fixture(autouse=True)
def no_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists look at provenance and matches only; the detectors have tests of their own."""
    monkeypatch.setattr(registry, "usable", list)
    monkeypatch.setattr(runner, "usable", list)


@pytest.fixture
def signed(
    client: Client, person: Callable[..., Any], settings: Any, tmp_path: Path
) -> tuple[bytes, str]:
    """A file signed and sealed here with a certificate that nobody trusts, and its SHA-256."""
    settings.SIGNING_DIR = str(tmp_path / "creators")
    settings.WATERMARK_KEY = str(tmp_path / "watermark")
    ada = person("ada", "creator")
    identity = identity_create(
        actor=person_actor(ada), name="trial", subject="Example Press", organisation="",
        country="", algorithm="ES256", trial=True,
    )  # fmt: skip
    client.force_login(ada)
    upload = SimpleUploadedFile("a.jpg", picture(size=(1200, 900)))
    client.post("/desk", {"identity": str(identity.pk), "files": [upload], "mark": "true"})
    desk_work()
    work = identity.works.get()
    assert work.error == ""
    answer = client.get(f"/desk/works/{work.pk}/file")
    return b"".join(answer.streaming_content), str(identity_told(identity).sha256)


def test_a_name_that_nobody_vouches_for(
    signed: tuple[bytes, str], lead: Actor, work: Callable[[], int]
) -> None:
    data, certificate = signed
    ours = watch_list_make(actor=lead, name="Known to us", kind="signer", why="our own key")
    term_add(actor=lead, watch_list=ours, text="Example Press", own=[certificate.upper()])
    watched = watch_list_make(actor=lead, name="Our name", kind="signer", why="false friends")
    term_add(actor=lead, watch_list=watched, text="EXAMPLE press")
    seals = watch_list_make(actor=lead, name="Our seal", kind="seal", why="altered copies")
    case = send(data)
    work()
    alert = Alert.objects.get()
    assert alert.watch_list == watched
    assert alert.level == "certain"
    assert case.label in alert.found
    assert "no trust list" in alert.found
    assert "says nothing about who made it" in alert.sure

    altered = Image.open(io.BytesIO(data)).convert("RGB")
    ImageDraw.Draw(altered).rectangle((220, 140, 380, 280), fill=(20, 40, 200))
    out = io.BytesIO()
    altered.save(out, "JPEG", quality=92)
    second = send(out.getvalue(), explanation="changed")
    work()
    found = Alert.objects.get(watch_list=seals)
    assert found.case == second.pk
    assert "altered" in found.found
    assert "chance of at most" in found.sure
    assert Alert.objects.count() == 2


def test_a_hash_finds_what_comes_and_what_is_here(lead: Actor, work: Callable[[], int]) -> None:
    data = picture(5)
    digest = hashlib.sha256(data).hexdigest()
    early = watch_list_make(actor=lead, name="Early", kind="content", why="known fake")
    assert early.bank is not None
    assert early.bank.kind == BankKind.WATCH
    entry = hash_add(
        actor=lead, watch_list=early, kind="sha256", value=digest.upper(), label="", why="fake"
    )
    case = send(data)
    work()
    first = Alert.objects.get()
    assert (first.watch_list, first.case, first.level) == (early, case.pk, "certain")
    assert "very same bytes" in first.sure
    late = watch_list_make(actor=lead, name="Late", kind="likeness", why="protected")
    hash_add(actor=lead, watch_list=late, kind="sha256", value=digest, label="", why="fake")
    entries_match()
    second = Alert.objects.get(watch_list=late)
    assert (second.case, second.withheld) == (case.pk, True)
    entries_match()
    assert Alert.objects.count() == 2
    hash_remove(actor=lead, watch_list=early, entry_id=entry.pk, why="")
    with pytest.raises(NotFound):
        hash_remove(actor=lead, watch_list=early, entry_id=entry.pk, why="")


def test_what_may_stand_on_a_list(lead: Actor, person: Callable[..., Any]) -> None:
    names = watch_list_make(actor=lead, name="Names", kind="name", why="x")
    with pytest.raises(Conflict):
        watch_list_make(actor=lead, name="Names", kind="name", why="x")
    with pytest.raises(InvalidInput) as wrong:
        watch_list_make(actor=lead, name=" ", kind="faces", why="")
    assert set(wrong.value.fields) == {"name", "kind", "why"}
    with pytest.raises(InvalidInput, match="no hashes"):
        hash_add(actor=lead, watch_list=names, kind="pdq", value="0", label="", why="x")
    for text in ("Jo", "...", "x" * 121):
        with pytest.raises(InvalidInput):
            term_add(actor=lead, watch_list=names, text=text)
    with pytest.raises(InvalidInput, match="SHA-256"):
        term_add(actor=lead, watch_list=names, text="Jo Example", own=["abc"])
    term = term_add(actor=lead, watch_list=names, text="Jo Example")
    with pytest.raises(Conflict):
        term_add(actor=lead, watch_list=names, text="JO  EXAMPLE!")
    term_remove(actor=lead, watch_list=names, term_id=term.pk)
    term.refresh_from_db()
    assert (term.text, term.folded) == ("", "")
    with pytest.raises(NotFound):
        term_remove(actor=lead, watch_list=names, term_id=term.pk)
    with pytest.raises(NotAllowed):
        watch_list_make(
            actor=person_actor(person("rev", "reviewer")), name="N", kind="name", why="x"
        )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Renée  O’Brien-Śmith", "renee o brien smith"),
        ("  İSTANBUL ", "istanbul"),
        ("Straße", "strasse"),
        ("李 小龍", "李 小龍"),
        ("…", ""),
    ],
)
def test_how_names_are_compared(text: str, wanted: str) -> None:
    assert folded(text) == wanted
