"""The console in a browser: keys, palette, the next case in place, who else looks, the look."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import requests

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
OWN_PASSWORD = "a still lake in winter"
CASE = re.compile(r"/triage/[0-9a-f-]{36}$")
DARK = "rgb(20, 22, 25)"


def reported(product: Any, count: int) -> None:
    """Reports about as many addresses as wanted, sent as a stranger's browser would."""
    for _ in range(count):
        with requests.Session() as stranger:
            form = stranger.get(f"{product.url}/report", timeout=60).text
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            assert found
            said = {
                "category": "election", "explanation": "The day of the vote.",
                "url": f"https://example.org/{uuid4()}", "csrfmiddlewaretoken": found[1],
            }  # fmt: skip
            answer = stranger.post(f"{product.url}/report", said, timeout=60)
            assert "/status/" in answer.url


def switch_keys(page: Any, *, on: bool) -> None:
    page.goto("/account/keys")
    page.click(f"text=Switch single keys {'on' if on else 'off'}")
    page.wait_for_selector(f"text=Single keys are {'on' if on else 'off'}.")


def test_keys_act_when_switched_on_and_are_ones_own(
    window: Callable[..., Any], admin: dict[str, Any], product: Any
) -> None:
    reported(product, 2)
    page = window(storage_state=admin, accept="422")
    press = page.keyboard.press
    page.goto("/triage")
    press("j")
    press("t")
    assert page.url.endswith("/triage")
    assert page.locator("main kbd").count() == 0

    page.get_by_role("link", name="Keys", exact=True).click()
    page.wait_for_selector("#keys-sheet[open] >> text=Single keys are off.")
    page.click("#keys-sheet >> text=Switch single keys on")
    page.wait_for_selector("text=Single keys are on.")
    assert page.url.endswith("/triage")
    press("j")
    first = page.evaluate("document.activeElement.textContent")
    press("j")
    assert page.evaluate("document.activeElement.textContent") != first
    press("?")
    page.wait_for_selector("#keys-sheet[open] >> text=Take the next case")
    press("t")
    assert page.url.endswith("/triage"), "no key acts behind an open box"
    press("Escape")

    page.goto("/account/keys")
    page.fill("#key-claim", "q")
    page.click("text=Keep these keys")
    assert "Next open question of the law" in page.inner_text("#wrong-claim")
    page.fill("#key-claim", "9")
    page.click("text=Keep these keys")
    page.wait_for_selector("text=Your keys are kept.")
    page.goto("/triage")
    press("t")
    page.wait_for_url(CASE)
    assert page.inner_text("#extend").startswith("9")
    press("o")
    page.wait_for_url("**/triage")
    press("t")
    page.wait_for_url(CASE)
    press("l")
    assert page.is_checked("#action-label")
    press("h")
    assert page.get_attribute("#pass-on", "open") is not None
    press("y")
    page.keyboard.type("remove")
    assert page.input_value("#reason") == "remove"
    assert not page.is_checked("#action-remove")
    press("Escape")
    press("9")
    page.wait_for_function(
        "() => document.getElementById('announce').textContent.includes('until')"
    )
    switch_keys(page, on=False)


def test_the_palette_goes_to_cases_pages_and_actions(
    window: Callable[..., Any], admin: dict[str, Any], product: Any
) -> None:
    reported(product, 2)
    page = window(storage_state=admin, viewport={"width": 360, "height": 740})
    press = page.keyboard.press
    page.goto("/triage?show=open")
    numbers = sorted(
        int(re.sub(r"\D", "", text) or 0)
        for text in page.locator("[data-row-link]").all_inner_texts()
    )
    first, second = numbers[-2:]
    page.goto("/triage")
    press("Control+k")
    page.wait_for_selector("#palette[open]")
    assert page.evaluate("document.activeElement.id") == "palette-input"
    page.wait_for_selector("#palette-found [role=option]")
    page.keyboard.type("<img src=x>")
    page.wait_for_selector("#palette-found >> text=<img src=x>")
    assert page.locator("#palette img").count() == 0
    page.fill("#palette-input", str(first))
    page.wait_for_selector(f"#palette-found >> text=P-{first:06}")
    assert page.locator("#palette [aria-selected=true]").count() == 1
    chosen = page.get_attribute("#palette-input", "aria-activedescendant")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    press("Enter")
    page.wait_for_url(CASE)

    page.evaluate("window.stayed = true")
    page.click("[data-palette]")
    page.keyboard.type("label")
    page.wait_for_selector("#palette-acts >> text=Label")
    press("Enter")
    assert page.is_checked("#action-label")
    press("Control+k")
    page.keyboard.type(str(second))
    press("Enter")
    page.wait_for_function(f"() => document.title.startsWith('P-{second:06}')")
    assert page.evaluate("window.stayed"), "a case takes another's place without a reload"
    press("Control+k")
    page.keyboard.type("about to breach")
    page.wait_for_selector("#palette-found >> text=What is about to breach")
    page.wait_for_selector("[data-asked='about to breach']", state="attached")
    press("ArrowDown")
    press("ArrowUp")
    press("Enter")
    page.wait_for_url("**/triage/board")
    press("Control+k")
    press("Escape")
    assert page.locator("#palette[open]").count() == 0


def test_the_next_case_comes_without_a_reload(
    window: Callable[..., Any], admin: dict[str, Any], product: Any
) -> None:
    reported(product, 3)
    page = window(storage_state=admin)
    switch_keys(page, on=True)
    page.goto("/triage")
    page.keyboard.press("t")
    page.wait_for_url(CASE)
    first, title = page.url, page.title()
    page.evaluate("window.stayed = true")
    page.evaluate("document.querySelector('.ruling-law').scrollTop = 90")
    page.check("#action-label")
    page.fill("#reason", "It is a cartoon, and it says so.")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_function("first => location.href !== first", arg=first)
    page.wait_for_function("title => document.title !== title", arg=title)
    assert CASE.search(page.url)
    assert page.evaluate("document.activeElement.matches('#main h1')")
    assert page.evaluate("document.getElementById('announce').textContent") == page.title()
    assert "is decided" in page.inner_text("#notice")
    second = page.url
    page.keyboard.press("]")
    page.wait_for_function("second => location.href !== second", arg=second)
    page.keyboard.press("r")
    assert page.is_checked("#action-remove"), "keys act on what came in"

    held: list[Any] = []
    page.route(second, lambda route: held.append(route))
    page.go_back()
    page.wait_for_function("second => location.href === second", arg=second)
    page.go_back()
    page.wait_for_function("first => location.href === first", arg=first)
    page.wait_for_function("title => document.title === title", arg=title)
    page.wait_for_selector(".in-force")
    held[0].continue_()
    page.wait_for_timeout(500)
    assert page.title() == title, "a page that comes late takes no other's place"
    page.wait_for_function("() => document.querySelector('.ruling-law').scrollTop > 60")
    assert page.evaluate("window.stayed")
    switch_keys(page, on=False)


def test_colleagues_see_each_other_and_hear_of_claims(
    window: Callable[..., Any], admin: dict[str, Any], product: Any, newcomer: Callable[..., Any]
) -> None:
    reported(product, 1)
    mine = window(storage_state=admin)
    bea = newcomer("bea", "reviewer", password=OWN_PASSWORD)
    mine.goto("/triage?show=open")
    mine.locator("[data-row-link]").first.click()
    mine.wait_for_url(CASE)
    bea.goto(mine.url)
    bea.wait_for_selector("#presence >> text=admin is looking at this case too.")
    look(mine)
    mine.wait_for_selector("#presence >> text=bea is looking at this case too.")
    said = "text => document.getElementById('announce').textContent.includes(text)"
    mine.wait_for_function(said, arg="bea is looking")
    bea.click("#extend")
    bea.wait_for_selector("text=You hold this case")
    look(mine)
    mine.wait_for_function(said, arg="bea holds this case now.")
    assert "bea holds this case" in mine.inner_text("#hold")
    bea.click("text=Release")
    bea.wait_for_url("**/triage")
    look(mine)
    mine.wait_for_function(said, arg="Nobody holds this case now.")


def test_light_and_dark_are_remembered(
    window: Callable[..., Any], admin: dict[str, Any], product: Any
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    stranger = window(color_scheme="light")
    stranger.goto("/report")
    assert stranger.evaluate(ground) != DARK
    stranger.click(".foot >> text=Dark")
    stranger.goto("/check")
    assert stranger.evaluate(ground) == DARK
    assert stranger.get_attribute("meta[name=color-scheme]", "content") == "dark"

    page = window(storage_state=admin, color_scheme="dark")
    page.goto("/triage")
    assert page.evaluate(ground) == DARK, "the device's wish holds until somebody chooses"
    page.goto("/look")
    page.check("#theme-light")
    page.check("#density-compact")
    page.check("#motion-reduced")
    page.click("text=Keep this look")
    again = window(storage_state=admin, color_scheme="dark")
    again.goto("/triage")
    assert again.evaluate(ground) != DARK
    assert again.get_attribute("html", "data-density") == "compact"
    moves = "getComputedStyle(document.querySelector('.button')).transitionDuration"
    assert again.evaluate(moves) == "0s"
    again.goto("/look")
    for usual in ("#theme-system", "#density-usual", "#motion-system"):
        again.check(usual)
    again.click("text=Keep this look")


def look(page: Any) -> None:
    """What the page does every fifteen seconds, now."""
    page.evaluate("htmx.trigger(document.getElementById('presence'), 'look')")
