"""Somebody is asked, says yes, is told of what was found, and leaves: with real mails on disk."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SUBSCRIBER = "desk@paper.example"
BETWEEN = b"-" * 79 + b"\n"


@pytest.fixture
def mailbox(product: Any) -> Path:
    """Where the product writes its mails."""
    return Path(product.env["PROBITY_MAIL_FOLDER"])


@pytest.fixture
def mail_to(mailbox: Path) -> Callable[..., EmailMessage]:
    """Wait for a mail to the subscriber whose subject begins so."""

    def wait(subject: str) -> EmailMessage:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            texts = [path.read_bytes().split(BETWEEN) for path in mailbox.glob("*.log")]
            for text in (text for each in texts for text in each):
                found = email.message_from_bytes(text, policy=email.policy.default)
                assert isinstance(found, EmailMessage)
                if found["To"] == SUBSCRIBER and str(found["Subject"]).startswith(subject):
                    return found
            time.sleep(0.3)
        raise AssertionError(f"No mail called {subject!r} came: {list(mailbox.iterdir())}")

    return wait


def link_in(mail: EmailMessage, part: str) -> str:
    found = re.search(rf"https?://\S+{part}\S*", str(mail.get_content()))
    assert found is not None, mail.get_content()
    return found[0]


def test_from_yes_to_goodbye(
    window: Callable[..., Any], admin: dict[str, Any], report: Callable[..., str],
    mail_to: Callable[..., EmailMessage],
) -> None:  # fmt: skip
    page = window(storage_state=admin)
    page.goto("/alerts/lists")
    page.check("#kind-name")
    page.fill("#name", "Our editors")
    page.fill("#why", "They are impersonated often.")
    page.click("#make-list")
    page.wait_for_url(re.compile(r"/alerts/lists/[0-9a-f-]{36}$"))
    page.fill("#text", "Marta Beispiel")
    page.click("#add-term")
    page.fill("#email", SUBSCRIBER)
    page.click("#subscribe")
    page.wait_for_selector("text=has not said yes")

    stranger = window(viewport={"width": 360, "height": 740})
    stranger.goto(link_in(mail_to("Please confirm"), "/alerts/confirm/"))
    stranger.click("#confirm")
    stranger.wait_for_selector("text=You get alerts now")

    report(
        explanation="An advert with MARTA BEISPIEL, who never said it.", url="https://h.example/1"
    )
    alert = mail_to("Alert: Our editors")
    text = str(alert.get_content())
    assert "never said it" not in text
    assert "How sure that is" in text
    assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    address = link_in(alert, "/alerts/[0-9a-f-]{36}")
    stranger.goto(address)
    assert "/sign-in" in stranger.url
    page.goto(address)
    assert "names the watched name" in page.inner_text("main")
    page.click("button:has-text('Useful')")
    page.wait_for_selector("[aria-pressed=true]")
    page.click("a:has-text('Open case')")
    page.wait_for_url(re.compile(r"/triage/[0-9a-f-]{36}$"))

    stranger.goto(link_in(alert, "/alerts/leave/"))
    stranger.click("#leave")
    stranger.wait_for_selector("text=You get no more alerts")
    page.goto("/alerts/lists")
    page.click("text=Our editors")
    assert SUBSCRIBER not in page.inner_text("main")
    page.goto("/outbox/messages?state=sent")
    assert page.locator(".work-done:has-text('an erased address')").count() == 2
