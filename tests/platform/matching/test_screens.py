"""Known copies, campaigns and banks on the screen and in the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ImageOps
from rest_framework.test import APIClient

from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.decisions.selectors import decision_current
from probity.evidence.models import CustodyEvent
from probity.evidence.selectors import asset_bytes
from probity.evidence.services import previews_make
from probity.matching.models import Bank, BankEntry, Cluster, Match

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(person: Callable[..., Any]) -> Callable[..., Client]:
    """A browser with somebody signed in."""

    def make(name: str = "lena", role: str = "lead") -> Client:
        client = Client()
        client.force_login(person(name, role))
        somebody = client.get("/password").wsgi_request.user
        somebody.password_change_required = False
        somebody.save(update_fields=["password_change_required"])
        return client

    return make


@pytest.fixture
def pair(case_with: Any, look: Callable[[], int], draw: Any, jpeg: Any) -> tuple[Case, Case]:
    """A case, and one with a mirrored copy."""
    picture = draw(31)
    first = case_with(jpeg(picture))
    copy = case_with(jpeg(ImageOps.mirror(picture), 60))
    look()
    for case in (first, copy):
        asset = case.items.get().asset
        with asset_bytes(asset) as path:
            previews_make(asset=asset, path=path)
    return first, copy


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_proposal_stands_on_the_case_page_with_its_reason_and_is_answered(
    signed_in: Any, pair: tuple[Case, Case]
) -> None:
    browser = signed_in()
    for case, other in (pair, pair[::-1]):
        text = text_of(browser.get(f"/triage/{case.pk}"))
        assert "Perhaps a copy." in text
        assert "mirrored" in text
        assert other.label in text
    match = Match.objects.get()
    browser.post(f"/review/{pair[1].pk}/copies/{match.pk}/answer", {"accepted": "true"})
    assert "A copy." in text_of(browser.get(f"/triage/{pair[1].pk}"))


def test_both_pictures_stay_concealed_until_somebody_chooses_to_look(
    signed_in: Any, pair: tuple[Case, Case]
) -> None:
    browser, match = signed_in(), Match.objects.get()
    address = f"/review/{pair[1].pk}/copies/{match.pk}"
    before = text_of(browser.get(address))
    assert "Reveal both" in before
    assert "data-slider" not in before
    assert browser.post(address).status_code == 302
    after = text_of(browser.get(address))
    assert "data-slider" in after
    pictures = set(re.findall(r"/media/[0-9a-f-]{36}", after))
    assert len(pictures) == 2
    stranger = signed_in("eve", "auditor")
    for picture in pictures:
        answer = browser.get(picture)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert stranger.get(picture).status_code == 403
    assert AuditEvent.objects.filter(name="asset.viewed").count() == 2
    assert CustodyEvent.objects.filter(action="viewed").count() == 2


def test_a_campaign_shows_copies_outcomes_and_no_reporter(
    signed_in: Any, pair: tuple[Case, Case]
) -> None:
    from probity.cases.models import Report, ReporterContact

    ReporterContact.objects.create(report=Report.objects.first(), email="ada@example.org")
    text = text_of(signed_in().get(f"/review/campaign/{Cluster.objects.get().pk}"))
    assert "2 copies of one thing" in text
    assert "2 reports" in text
    assert "256 bits from the copy nearest to it, mirrored" in text
    assert "ada@example.org" not in text
    assert ": 2 reports</title>" in text


def test_a_decision_is_previewed_and_carried(signed_in: Any, pair: tuple[Case, Case]) -> None:
    browser, first, copy = signed_in(), *pair
    address = f"/review/{first.pk}/copies"
    assert "Decide this case first" in text_of(browser.get(address))
    browser.post(f"{address}/search")
    browser.post(f"/triage/{first.pk}/decide", {"action": "remove", "reason": "It is made up."})
    preview = text_of(browser.get(address))
    assert "needs a second person" in preview
    assert f'value="{copy.pk}"' in preview
    assert "hashes compared within 31 bits" in preview
    browser.post(f"{address}/carry", {"cases": str(copy.pk)})
    assert "waits for a second person" in text_of(browser.get(address))
    assert decision_current(copy) is None
    other = signed_in("sven", "reviewer")
    carry = re.search(r"/review/carry/[0-9a-f-]{36}", text_of(other.get(address)))
    assert carry
    other.post(carry[0], {"agree": "true"})
    taken = decision_current(copy)
    assert taken is not None
    assert taken.action == "remove"
    history = text_of(browser.get(f"/review/{copy.pk}"))
    assert "carried here, because its file is a known copy" in history
    assert first.label in history


def test_banks_are_for_those_who_manage_them(signed_in: Any) -> None:
    assert signed_in("rita", "reviewer").get("/review/banks").status_code == 403
    browser = signed_in()
    wrong = browser.post("/review/banks", {"label": "Partner", "name": "No Name", "kind": "known"})
    assert wrong.status_code == 422
    assert 'value="Partner"' in wrong.content.decode()
    made = browser.post(
        "/review/banks",
        {"label": "Partner", "name": "partner", "kind": "known", "source": "P", "licence": "L",
         "share": "100", "expires": ""},
    )  # fmt: skip
    assert made.status_code == 302
    assert "Partner" in text_of(browser.get("/review/banks"))


def test_a_bank_is_filled_by_hash_by_file_and_by_list(
    signed_in: Any, bank: Any, draw: Any, jpeg: Any
) -> None:
    browser, address = signed_in("lars"), f"/review/banks/{bank().name}"
    browser.post(address, {"how": "hash", "kind": "pdq", "value": "0f" * 32, "why": "Known."})
    file = SimpleUploadedFile("a.jpg", jpeg(draw(41)))
    browser.post(address, {"how": "file", "file": file, "why": "Known.", "label": "A trial"})
    rows = SimpleUploadedFile("l.txt", f"video_md5 {'11' * 16}\n".encode())
    browser.post(address, {"how": "list", "file": rows, "why": "A partner's."})
    kinds = sorted(BankEntry.objects.values_list("signals__kind", flat=True))
    assert kinds == ["md5", "md5", "pdq", "pdq", "sha256"]
    text = text_of(browser.get(address))
    assert "A trial" in text
    wrong = browser.post(address, {"how": "hash", "kind": "pdq", "value": "zz", "why": "x"})
    assert wrong.status_code == 422
    assert "64 hexadecimal digits" in wrong.content.decode()
    out = browser.post(f"{address}/file", {"form": "txt"})
    assert out["Content-Disposition"] == 'attachment; filename="partner.txt"'
    assert out.content.decode().count("\n") == 5
    entry = BankEntry.objects.filter(label="A trial").get()
    browser.post(f"/review/banks/entry/{entry.pk}", {"why": "It was wrong."})
    assert "A trial" not in text_of(browser.get(address))
    browser.post(f"{address}/settings", {"share": "10", "expires": "", "close": "1"})
    assert Bank.objects.get().closed_at is not None


def test_the_api_looks_up_adds_and_answers(
    client_for: Callable[..., APIClient], pair: tuple[Case, Case], draw: Any, jpeg: Any
) -> None:
    api = client_for("bot", "administrator")
    given = {"name": "b", "label": "B", "kind": "known", "source": "s", "licence": "l"}
    assert api.post("/api/v1/banks", given, format="json").status_code == 201
    picture = jpeg(draw(31), 50)
    entry = api.post(
        "/api/v1/banks/b/entries",
        {"file": SimpleUploadedFile("a.jpg", picture), "why": "Known."}, format="multipart",
    )  # fmt: skip
    assert entry.status_code == 201, entry.content
    value = next(s["value"] for s in entry.json()["signals"] if s["kind"] == "pdq")
    asked = api.post("/api/v1/matching", {"kind": "pdq", "value": value}, format="json").json()
    assert {row["bank"] for row in asked["matches"]} == {"b", None}
    upload = SimpleUploadedFile("b.jpg", picture)
    by_file = api.post("/api/v1/matching", {"file": upload}, format="multipart").json()
    assert by_file["matches"][0]["distance"] == 0
    assert api.post("/api/v1/matching", {}, format="json").status_code == 422
    wrong = api.post("/api/v1/matching", {"kind": "pdq", "value": "00"}, format="json")
    assert (wrong.status_code, "hexadecimal" in wrong.json()["detail"]) == (422, True)
    copies = api.get(f"/api/v1/cases/{pair[0].pk}/copies").json()["copies"]
    assert [row["case"] for row in copies] == [str(pair[1].pk)]
    answer = api.post(
        f"/api/v1/cases/{pair[0].pk}/matches/{copies[0]['match']}", {"accepted": True},
        format="json",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    out = api.get("/api/v1/banks/b/file?form=json")
    assert {row["signal_type"] for row in out.json()} == {"pdq", "sha256", "video_md5"}
    gone = api.delete(f"/api/v1/entries/{entry.json()['id']}", {"why": "No."}, format="json")
    assert gone.status_code == 204
    assert api.get("/api/v1/banks/b/entries").json()["entries"] == []
    assert api.get("/api/v1/matching").json()["hashes"] >= 2


def test_a_reviewers_token_may_not_touch_banks(client_for: Callable[..., APIClient]) -> None:
    api = client_for("rita", "reviewer")
    assert api.get("/api/v1/banks").status_code == 403
