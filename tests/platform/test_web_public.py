"""The public door: the report form, the receipt, the status page, and what they do not tell."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from probity.cases.models import Case, Report

pytestmark = pytest.mark.django_db


def picture(seed: int = 1) -> SimpleUploadedFile:
    pixels = np.random.default_rng(seed).normal(128, 30, (240, 320, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    return SimpleUploadedFile("holiday.jpg", out.getvalue(), "image/jpeg")


def send(client: Client, **fields: Any) -> Any:
    body = {"category": "other", "explanation": "It looks wrong.", "url": "", **fields}
    return client.post("/report", body)


def test_the_form_explains_itself_and_needs_no_account(client: Client) -> None:
    page = client.get("/report").content.decode()
    for name in (
        "file", "url", "sha256", "category", "explanation", "places", "depicted", "good_faith",
        "may_show_minor", "email", "signature",
    ):  # fmt: skip
        assert f'name="{name}"' in page
    assert "What happens next" in page
    assert "never told who reported" in page


def test_a_report_with_a_file_leads_to_its_private_page(client: Client) -> None:
    answer = send(client, file=picture(), places="de", explanation="Ünï “quoted” <b>text</b>")
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "Keep this address" in text
    assert answer["Location"].split("?")[0] in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    report = Report.objects.get()
    assert report.explanation == "Ünï “quoted” <b>text</b>"
    assert report.channel == "web"
    assert report.depicted is None
    assert report.good_faith is None
    assert report.case.places == ["DE"]
    again = client.get(answer["Location"].split("?")[0]).content.decode()
    assert "Keep this address" not in again


def test_errors_stand_beside_their_fields_and_the_text_is_kept(client: Client) -> None:
    answer = send(
        client, category="", explanation="My words <i>stay</i>.", url="ftp://x", places="Germany",
        email="not an address", depicted="true",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "My words &lt;i&gt;stay&lt;/i&gt;." in page
    for name in ("category", "url", "places", "email"):
        assert f'id="{name}-error"' in page, name
    assert 'id="explanation-error"' not in page
    assert 'value="ftp://x"' in page
    assert page.count('name="depicted" id="depicted" value="true" checked') == 1
    assert not Case.objects.exists()


def test_one_of_file_address_or_fingerprint_is_needed(client: Client) -> None:
    assert send(client).status_code == 422
    assert send(client, sha256="0" * 64).status_code == 302
    assert send(client, url="https://example.org/1").status_code == 302


def test_a_file_that_cannot_be_read_is_the_file_fields_matter(client: Client) -> None:
    answer = send(client, file=SimpleUploadedFile("a.jpg", b"no picture at all", "image/jpeg"))
    page = answer.content.decode()
    assert 400 <= answer.status_code < 500
    assert 'id="file-error"' in page
    assert "Choose it again" in page
    assert "It looks wrong." in page
    assert not Case.objects.exists()


def test_htmx_gets_the_form_alone_or_a_redirect(client: Client) -> None:
    htmx = {"headers": {"hx-request": "true"}}
    wrong = client.post("/report", {"category": "other"}, **htmx)
    assert wrong.status_code == 422
    assert b"<html" not in wrong.content
    assert b'id="report-form"' in wrong.content
    fields = {"category": "other", "explanation": "x", "url": "https://example.org/1"}
    right = client.post("/report", fields, **htmx)
    assert right.status_code == 200
    assert right["HX-Redirect"].startswith("/status/")


def test_a_possible_minor_is_sealed_before_anything_opens_it(client: Client) -> None:
    send(client, file=picture(3), may_show_minor="true")
    asset = Case.objects.get().items.get().asset
    assert asset.sealed
    assert asset.probe == {}


def test_the_status_page_tells_how_far_and_nothing_else(client: Client, work: Any) -> None:
    answer = send(
        client, file=picture(4), category="intimate", signature="Jane Roe",
        email="jane@example.org", url="https://uploader.example/carl", explanation="private words",
    )  # fmt: skip
    work()
    page = client.get(answer["Location"].split("?")[0]).content.decode()
    assert "With a reviewer" in page
    assert "Finished." in page
    for secret in ("Jane", "jane@", "carl", "private words", "JPEG", "Credentials", "sha"):
        assert secret not in page.partition("<main")[2], secret


def test_an_unknown_receipt_is_a_plain_404(client: Client) -> None:
    answer = client.get("/status/notatoken")
    assert answer.status_code == 404
    assert "not known here" in answer.content.decode()


def test_too_many_reports_from_one_place_have_to_wait(client: Client, settings: Any) -> None:
    settings.REPORT_RATE = "2/hour"
    for _ in range(2):
        assert send(client, url="https://example.org/1").status_code == 302
    answer = send(client, url="https://example.org/1")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_an_oversized_file_keeps_what_was_typed_before_it(client: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    big = SimpleUploadedFile("a.mp4", b"\0" * (1024 * 1024 + 1), "video/mp4")
    answer = send(client, file=big)
    page = answer.content.decode()
    assert answer.status_code == 413
    assert 'id="file-error"' in page
    assert "It looks wrong." in page


def test_health_needs_no_sign_in(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_old_favicon_address_leads_to_the_mark(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("mark.svg")


def test_strangers_land_on_the_welcome(client: Client) -> None:
    assert b"Report a piece of media" in client.get("/").content


def test_a_crash_shows_a_page_that_needs_no_database() -> None:
    from probity.web.problems import crashed

    answer = crashed(None)  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert b"should not have happened" in answer.content


def test_a_form_without_its_token_is_refused_with_a_sentence() -> None:
    answer = Client(enforce_csrf_checks=True).post("/report", {"category": "other"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/report", "/healthz", "/favicon.ico"])
def test_who_only_asks_whether_a_page_is_there_hears_it(client: Client, address: str) -> None:
    assert client.head(address).status_code == client.get(address).status_code


@pytest.mark.parametrize("unseen", ["\u200b\u200b\u2060", " \u3164 ", "\u202e\u202c", "\u2800"])
def test_words_that_nobody_can_see_are_no_words(client: Client, unseen: str) -> None:
    form = {"category": "other", "explanation": unseen, "url": "https://host.example/1"}
    answer = client.post("/report", form)
    assert answer.status_code == 422
    assert "Say in a sentence or two" in answer.content.decode()
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # joined by zero-width joiners
    assert client.post("/report", {**form, "explanation": family}).status_code == 302


def test_too_many_files_are_refused_with_the_reason(client: Client) -> None:
    many = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(101)]
    answer = client.post("/report", {"category": "other", "file": many})
    assert answer.status_code == 400
    assert "too many files" in answer.content.decode()
