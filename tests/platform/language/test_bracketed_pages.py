"""In a language that puts every message in brackets, no page says anything outside of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.conf import settings as product
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from probity.cases.models import Case

pytestmark = pytest.mark.django_db
PUBLIC = ("/", "/report", "/check", "/request", "/sign-in", "/nowhere")
STAFF = (
    "/triage", "/triage?show=decided", "/triage/board", "/triage/approvals", "/triage/search",
    "/triage/bulk", "/leading/queues", "/leading/routing", "/leading/priority", "/leading/figures",
    "/keeping", "/keeping/schedules", "/review/banks", "/review/banks/parked", "/alerts",
    "/alerts/lists", "/outbox", "/outbox/messages", "/account", "/account/tokens", "/wellbeing",
    "/leading/care", "/desk", "/desk/identities", "/desk/recover", "/appeals", "/senders",
    "/misuse", "/administration/people", "/administration/work",
    "/triage/approvals/table",
)  # fmt: skip


@pytest.fixture
def picture() -> SimpleUploadedFile:
    pixels = np.random.default_rng(3).normal(128, 30, (64, 64, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG")
    return SimpleUploadedFile("holiday.jpg", out.getvalue(), "image/jpeg")


def read(client: Client, address: str, brackets: str) -> str:
    client.cookies[product.LANGUAGE_COOKIE_NAME] = brackets
    answer = client.get(address, follow=True)
    assert answer.status_code in {200, 404}, (address, answer.status_code)
    return str(answer.content.decode())


def test_public_pages(brackets: str, unbracketed: Any, picture: SimpleUploadedFile) -> None:
    client = Client()
    left = {address: unbracketed(read(client, address, brackets)) for address in PUBLIC}
    sent = client.post("/report", {"category": "other", "explanation": "x", "file": picture})
    left["status"] = unbracketed(read(client, sent["Location"], brackets))
    wrong = client.post("/report", {"category": "other"}).content.decode()
    left["wrong"] = unbracketed(wrong)
    assert {address: found for address, found in left.items() if found} == {}


def test_staff_pages(brackets: str, unbracketed: Any, person: Callable[..., Any]) -> None:
    client = Client()
    client.force_login(person("ada", "administrator", "lead", "legal", "creator"))
    left = {address: unbracketed(read(client, address, brackets)) for address in STAFF}
    assert {address: found for address, found in left.items() if found} == {}


def test_the_pages_beside_a_case(
    brackets: str, unbracketed: Any, person: Callable[..., Any], picture: SimpleUploadedFile
) -> None:
    client = Client()
    Client().post("/report", {"category": "other", "explanation": "x", "file": picture})
    case = Case.objects.get()
    client.force_login(person("ada", "lead", "legal"))
    client.post(f"/triage/{case.pk}/claim")
    # the case page and its history quote the packs of law and the detectors, in their own words
    pages = ("bundles", "keeping", "notices", "copies")
    left = {one: unbracketed(read(client, f"/review/{case.pk}/{one}", brackets)) for one in pages}
    assert {page: found for page, found in left.items() if found} == {}
