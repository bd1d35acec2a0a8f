"""Every rendered page obeys the content security policy and the basics of accessibility."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from probity.alerts.models import Alert, Subscription
from probity.alerts.tokens import confirm_token, leave_token
from probity.cases.models import Case
from probity.credentials.models import SigningIdentity, Work
from probity.credentials.queue import desk_work
from probity.outbox.models import Endpoint

pytestmark = pytest.mark.django_db
WEB = Path(__file__).resolve().parents[2] / "platform" / "probity" / "web"
LABELLED = {"input", "textarea", "select"}


class Markup(HTMLParser):
    """What is wrong with a page, collected while it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.fors: set[str] = set()
        self.fields: list[tuple[str, dict[str, str | None]]] = []
        self.pointers: set[str] = set()
        self.links: set[str] = set()
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._policy(tag, given)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label":
            self.fors.add(given.get("for") or "")
        if tag in LABELLED and given.get("type") not in {"hidden", "submit"}:
            self.fields.append((tag, given))
        for name in ("aria-describedby", "aria-labelledby"):
            self.pointers |= set((given.get(name) or "").split())
        if tag == "img" and "alt" not in given:
            self.wrong.append(f"an image without alt: {given}")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name in ("src", "href"):
            if (given.get(name) or "").startswith("/static/"):
                self.links.add(str(given[name]))

    def _policy(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.wrong.append(f"inline <{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self.wrong.append(f"<{tag} {name}={value!r}>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}={value!r}>")


@pytest.fixture
def pages(
    client: Client, person: Callable[..., Any], work: Callable[[], int], settings: Any,
    tmp_path: Path,
) -> dict[str, str]:  # fmt: skip
    """Every page of the product, in the states that differ, by a name."""
    settings.SIGNING_DIR = str(tmp_path / "creators")
    pixels = np.random.default_rng(7).normal(128, 30, (240, 320, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    upload = SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")
    stranger = Client()
    fields = {"category": "election", "explanation": "x", "places": "US-CA", "file": upload}
    receipt = stranger.post("/report", fields)["Location"]
    stranger.post("/report", {**fields, "file": "", "url": "https://example.org/1"})
    one, two = Case.objects.order_by("number")
    client.force_login(person("ada", "administrator"))

    def got(address: str, browser: Client = client) -> str:
        answer = browser.get(address)
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert answer.status_code in {200, 404}, (address, answer.status_code)
        return answer.content.decode()

    found = {
        "home": got("/", stranger),
        "report": got("/report", stranger),
        "report wrong": stranger.post("/report", {"email": "x", "sha256": "x"}).content.decode(),
        "receipt": got(receipt, stranger),
        "sign-in": got("/sign-in", stranger),
        "lost": got("/nowhere", stranger),
        "password": got("/password"),
        "account": got("/account"),
        "factors": got("/account/second-factor"),
        "exceptions": got("/administration/access"),
        "case waiting": got(f"/triage/{one.pk}"),
        "queue": got("/triage"),
    }
    work()
    found |= {"case analysed": got(f"/triage/{one.pk}"), "case bare": got(f"/triage/{two.pk}")}
    client.post(f"/triage/{one.pk}/facts", {"fact": "parody", "value": "true"})
    view = one.items.get().asset.derivatives.get(name="view")
    client.post(f"/triage/{one.pk}/reveal", {"derivative": str(view.pk)})
    found["case revealed"] = got(f"/triage/{one.pk}")
    client.post(f"/triage/{one.pk}/decide", {"action": "label", "reason": "x"})
    found |= _creators(client, stranger, out.getvalue())
    found |= _leaving(client, stranger, settings)
    return found | {
        "case decided": got(f"/triage/{one.pk}"),
        "decided": got("/triage?show=decided"),
        "mine": got("/triage?show=mine"),
        "dossier": got(f"/review/{one.pk}"),
        "statement": got(f"/review/{one.pk}/statement"),
    }


def _leaving(client: Client, stranger: Client, settings: Any) -> dict[str, str]:
    """The pages of the outbox, of watch-lists and of those who get alerts."""
    settings.PUBLIC_URL = "https://probity.example"

    def shown(answer: Any) -> str:
        return str(answer.content.decode())

    endpoint = {"name": "Host", "url": "https://host.example/", "kinds": ["decision.made"]}
    found = {
        "outbox bare": shown(client.get("/outbox")),
        "outbox wrong": shown(client.post("/outbox", {"name": "Host"})),
        "endpoint made": shown(client.post("/outbox", endpoint)),
        "lists wrong": shown(client.post("/alerts/lists", {})),
    }
    row = Endpoint.objects.get()
    client.post(f"/outbox/endpoints/{row.pk}/test")
    made = {"name": "Us", "kind": "likeness", "why": "x"}
    page = client.post("/alerts/lists", made)["Location"]
    client.post(f"{page}/names", {"text": "Ada Example"})
    client.post(f"{page}/hashes", {"kind": "sha256", "value": "0" * 64, "why": "x"})
    asked = {"email": "a@b.example", "via": "mail", "rhythm": "daily"}
    client.post(f"{page}/subscribers", asked)
    address = "https://example.org/2"
    stranger.post("/report", {"category": "other", "explanation": "Ada Example", "url": address})
    alert, asking = Alert.objects.get(), Subscription.objects.get()
    yes, leave = confirm_token(asking), leave_token(asking)
    found |= {
        "outbox": shown(client.get("/outbox")),
        "endpoint": shown(client.get(f"/outbox/endpoints/{row.pk}")),
        "deliveries": shown(client.get("/outbox/messages")),
        "webhook": shown(client.get(f"/outbox/messages/{row.messages.get().pk}")),
        "alerts": shown(client.get("/alerts")),
        "alert": shown(client.get(f"/alerts/{alert.pk}")),
        "lists": shown(client.get("/alerts/lists")),
        "list": shown(client.get(page)),
        "list wrong": shown(client.post(f"{page}/subscribers", {})),
        "confirm": shown(stranger.get(f"/alerts/confirm/{yes}")),
        "confirmed": shown(stranger.post(f"/alerts/confirm/{yes}")),
        "leave": shown(stranger.get(f"/alerts/leave/{leave}")),
    }
    return found | {"left": shown(stranger.post(f"/alerts/leave/{leave}"))}


def _creators(client: Client, stranger: Client, data: bytes) -> dict[str, str]:
    """The pages of creators and of those who check a file."""

    def file(name: str = "a.jpg") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, data, "image/jpeg")

    def shown(answer: Any) -> str:
        return str(answer.content.decode())

    address = stranger.post("/check", {"file": file()})["Location"]
    found = {
        "check": shown(stranger.get("/check")),
        "check wrong": shown(stranger.post("/check")),
        "check reading": shown(stranger.get(address)),
        "desk without identity": shown(client.get("/desk")),
        "identities wrong": shown(client.post("/desk/identities", {"kind": "trial"})),
    }
    client.post(
        "/desk/identities",
        {"name": "trial", "subject": "A. L.", "algorithm": "ES256", "kind": "trial"},
    )
    identity = SigningIdentity.objects.get()
    asked = {"identity": str(identity.pk), "ai": "generated", "files": [file()]}
    client.post("/desk", asked)
    found |= {
        "desk waiting": shown(client.get("/desk")),
        "desk wrong": shown(client.post("/desk", {"ai": "x", "actions": "x"})),
    }
    desk_work()
    signed = Work.objects.get()
    whole = b"".join(client.get(f"/desk/works/{signed.pk}/file").streaming_content)
    again = stranger.post("/check", {"file": SimpleUploadedFile("s.jpg", whole)})["Location"]
    desk_work()
    return found | {
        "check read": shown(stranger.get(address)),
        "check signed": shown(stranger.get(again)),
        "desk": shown(client.get("/desk")),
        "identities": shown(client.get("/desk/identities")),
        "work": shown(client.get(f"/desk/works/{signed.pk}")),
        "recover": shown(client.get("/desk/recover")),
        "recovered": shown(client.post("/desk/recover", {"file": file()})),
    }


def test_pages_obey_the_policy_and_the_basics(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        page = Markup()
        page.feed(text)
        assert not page.wrong, (name, page.wrong)
        twice = {id_ for id_ in page.ids if page.ids.count(id_) > 1}
        assert not twice, (name, twice)
        nameless = [
            given.get("name")
            for _, given in page.fields
            if not ({"aria-label", "aria-labelledby", "aria-hidden"} & set(given))
            and given.get("id") not in page.fors
        ]
        assert not nameless, (name, nameless)
        assert page.headings.count(1) == 1, name
        assert text.count("<main") == 1, name
        assert "lang=" in text[:200], name
        assert "{{" not in text, name
        assert "{%" not in text, name


def test_every_static_file_that_a_page_names_exists(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        page = Markup()
        page.feed(text)
        for link in page.links:
            assert finders.find(link.removeprefix("/static/")), (name, link)


def test_templates_and_scripts_hold_nothing_inline() -> None:
    templates = list(WEB.glob("templates/**/*.html")) + list(WEB.glob("templates/**/*.svg"))
    assert len(templates) > 40
    for path in templates:
        text = path.read_text()
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r"\son[a-z]+=", text), path
        assert not re.search(r"<script(?![^>]*src=)", text), path
    for path in WEB.glob("static/**/*.js"):
        text = path.read_text()
        assert not re.search(r"\beval\(|new Function|innerHTML|\.style\b", text), path
