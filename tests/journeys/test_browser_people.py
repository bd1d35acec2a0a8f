"""A security key is bound and asked for, in a real browser with an authenticator of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
OWN_PASSWORD = "a quiet bridge in spring"
KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_key_is_bound_and_then_asked_for(
    window: Callable[..., Any], product: Any, newcomer: Callable[..., Any]
) -> None:
    numbers = newcomer("kim", "administrator", password=OWN_PASSWORD)
    numbers.goto("/account/second-factor/key")
    assert "bound to a name" in numbers.content()

    home = product.url.replace("127.0.0.1", "localhost")
    page = window()
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    enter(page, home)
    page.wait_for_url("**/triage")
    page.goto(f"{home}/account/second-factor/key")
    page.fill("#name", "Blue key")
    page.click("form.sheet button[type=submit]")
    page.wait_for_selector("#codes")
    assert page.locator("#codes li").count() == 10
    page.goto(f"{home}/account/second-factor")
    assert "Blue key" in page.content()
    page.click("header.top form button")

    enter(page, home)
    page.wait_for_url("**/second-step")
    page.click("#use-key")
    page.wait_for_url("**/triage")
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/account", "/account/tokens", "/administration/people"):
            page.goto(home + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def enter(page: Any, home: str) -> None:
    """Name and password, through the page."""
    page.goto(f"{home}/sign-in")
    page.fill("#username", "kim")
    page.fill("#current-password", OWN_PASSWORD)
    page.click("form.sheet button")
