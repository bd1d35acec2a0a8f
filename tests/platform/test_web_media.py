"""Looking at media: concealed until asked, on the record, safe copies only, sealed for good."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from probity.analysis.models import FindingPicture
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.evidence.models import CustodyEvent, Derivative
from probity.evidence.services import derivative_keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(work: Callable[[], int]) -> Case:
    """A case whose picture has been analysed."""
    smooth = np.linspace(0, 255, 480, dtype=np.float32)[None, :, None].repeat(360, 0)
    noise = np.random.default_rng(5).normal(0, 9, (360, 480, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(smooth + noise, 0, 255).astype("uint8")).save(out, "JPEG", quality=80)
    upload = SimpleUploadedFile("holiday.jpg", out.getvalue(), "image/jpeg")
    Client().post("/report", {"category": "other", "explanation": "Look.", "file": upload})
    assert work() == 1
    return Case.objects.get()


@pytest.fixture
def reviewer(client: Client, person: Callable[..., Any]) -> Client:
    """A browser in which the reviewer “ada” is signed in."""
    client.force_login(person("ada"))
    return client


def copy(case: Case, name: str) -> Derivative:
    return case.items.get().asset.derivatives.get(name=name)


def reveal(client: Client, case: Case, name: str = "view") -> Any:
    return client.post(f"/triage/{case.pk}/reveal", {"derivative": str(copy(case, name).pk)})


def test_the_page_shows_only_the_concealed_picture(reviewer: Client, case: Case) -> None:
    text = reviewer.get(f"/triage/{case.pk}").content.decode()
    assert f"/media/{copy(case, 'concealed').pk}" in text
    assert f'src="/media/{copy(case, "view").pk}' not in text
    assert "Concealed" in text


def test_concealed_pictures_and_diagrams_are_free_the_view_is_not(
    reviewer: Client, case: Case
) -> None:
    concealed = reviewer.get(f"/media/{copy(case, 'concealed').pk}")
    assert concealed.status_code == 200
    assert Image.open(io.BytesIO(concealed.content)).mode == "L"
    diagram = FindingPicture.objects.first()
    assert diagram
    assert reviewer.get(f"/media/{diagram.derivative_id}")["Content-Type"] == "image/png"
    refused = reviewer.get(f"/media/{copy(case, 'view').pk}")
    assert refused.status_code == 403
    assert not CustodyEvent.objects.filter(action="viewed").exists()


def test_a_reveal_is_deliberate_recorded_and_can_be_taken_back(
    reviewer: Client, case: Case
) -> None:
    view = copy(case, "view")
    assert reviewer.get(f"/triage/{case.pk}/reveal").status_code == 405
    assert reveal(reviewer, case)["Location"] == f"/triage/{case.pk}"
    assert CustodyEvent.objects.get(action="viewed").tool == "view"
    assert AuditEvent.objects.filter(name="asset.viewed").count() == 1
    shown = reviewer.get(f"/media/{view.pk}")
    assert shown.status_code == 200
    assert f'src="/media/{view.pk}' in reviewer.get(f"/triage/{case.pk}").content.decode()
    reviewer.post(f"/triage/{case.pk}/conceal")
    assert reviewer.get(f"/media/{view.pk}").status_code == 403
    reveal(reviewer, case)
    assert CustodyEvent.objects.filter(action="viewed").count() == 2


def test_one_persons_reveal_opens_nothing_for_another(
    reviewer: Client, case: Case, person: Callable[..., Any]
) -> None:
    reveal(reviewer, case)
    other = Client()
    other.force_login(person("bert"))
    assert other.get(f"/media/{copy(case, 'view').pk}").status_code == 403
    assert Client().get(f"/media/{copy(case, 'view').pk}").status_code == 302


def test_the_same_person_in_another_session_asks_again(
    reviewer: Client, case: Case, person: Callable[..., Any]
) -> None:
    from probity.accounts.models import Person

    reveal(reviewer, case)
    elsewhere = Client()
    elsewhere.force_login(Person.objects.get(username="ada"))
    assert elsewhere.get(f"/media/{copy(case, 'view').pk}").status_code == 403


def test_a_copy_is_revealed_only_through_its_own_case(reviewer: Client, case: Case) -> None:
    body = {"category": "other", "explanation": "x", "url": "https://example.org/1"}
    Client().post("/report", body)
    other = Case.objects.latest("number")
    answer = reviewer.post(f"/triage/{other.pk}/reveal", {"derivative": str(copy(case, "view").pk)})
    assert answer.status_code == 404
    assert reviewer.post(f"/triage/{case.pk}/reveal", {"derivative": "x"}).status_code == 422


def test_media_is_walled_in(reviewer: Client, case: Case) -> None:
    answer = reviewer.get(f"/media/{copy(case, 'concealed').pk}")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "image/jpeg"


def test_the_original_and_other_types_are_never_served(reviewer: Client, case: Case) -> None:
    asset = case.items.get().asset
    assert reviewer.get(f"/media/{asset.pk}").status_code == 404
    page = derivative_keep(
        asset=asset, name="odd", media_type="text/html", data=b"<script>", producer="test 1",
        concealed=True,
    )  # fmt: skip
    assert reviewer.get(f"/media/{page.pk}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "first", "length"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=5-", 206, 5, None),
        ("bytes=-4", 206, -4, 4),
        ("bytes=999999999-", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
        ("bytes=0-1,4-5", 200, 0, None),
        ("nonsense", 200, 0, None),
    ],
)
def test_players_may_ask_for_parts(
    reviewer: Client, case: Case, asked: str, status: int, first: int, length: int | None
) -> None:
    row = copy(case, "concealed")
    whole = reviewer.get(f"/media/{row.pk}").content
    answer = reviewer.get(f"/media/{row.pk}", headers={"range": asked})
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(whole)}"
        return
    expected = whole[first:]
    assert answer.content == (expected if length is None else expected[:length])


def test_sealing_destroys_every_picture_for_good(
    client: Client, case: Case, person: Callable[..., Any]
) -> None:
    client.force_login(person("lead", "lead"))
    view, concealed = copy(case, "view"), copy(case, "concealed")
    reveal(client, case)
    client.post(f"/triage/{case.pk}/seal", {"asset": view.asset_id})
    for row in (view, concealed):
        assert client.get(f"/media/{row.pk}").status_code == 423
    text = client.get(f"/triage/{case.pk}").content.decode()
    assert "<b>Sealed.</b>" in text
    assert "<img" not in text
    again = client.post(f"/triage/{case.pk}/seal", {"asset": view.asset_id})
    assert again.status_code == 409


def test_a_seal_needs_a_file_of_this_case(reviewer: Client, case: Case) -> None:
    assert reviewer.post(f"/triage/{case.pk}/seal", {"asset": "0" * 64}).status_code == 404
