"""From the public form to a statement of reasons, in a browser, on the real stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ALL_IN = "text=/All \\d+ findings are in/"
DENIED = {"ask-consent_to_publication", "ask-parody", "ask-disclosed"}


def announced(page: Any, words: str) -> None:
    page.wait_for_function(
        "words => document.getElementById('announce').textContent.includes(words)", arg=words
    )


def test_a_report_becomes_a_decided_case(
    take_newest: Callable[[Any], str],
    shared: Path,
    report: Callable[..., str],
    window: Callable[..., Any],
    admin: dict[str, Any],
) -> None:
    file = shared / "media/c2pa/c2pa-org__image__jpeg__adobe-20220124-CA.jpg"
    if not file.is_file():
        pytest.skip("The folder of reference media has no C2PA files.")
    receipt = report(
        category="intimate", explanation="This is me, and I never agreed.", file=file,
        url="https://pics.example/p/19", places="US-TX", depicted=True, signature="Jane Roe",
        email="jane@example.org", good_faith=True,
    )  # fmt: skip

    page = window(storage_state=admin)
    address = take_newest(page)
    page.click("text=Take this case")
    announced(page, "You hold this case")
    page.wait_for_selector(ALL_IN, timeout=120_000)
    assert page.locator(".finding").count() >= 3
    assert "Content Credentials" in page.inner_text("#findings")

    assert page.locator(".stage-concealed").count() == 1
    page.click("text=Reveal the picture")
    page.wait_for_selector(".stage-shown img")
    shown = page.locator(".stage-shown img")
    page.wait_for_function("() => document.querySelector('.stage-shown img').naturalWidth > 400")
    assert shown.get_attribute("alt") == "The reported media, shown at your request"
    page.click("button:has-text('Conceal')")
    page.wait_for_selector(".stage-concealed")

    for _ in range(12):
        question = page.locator(".question").first
        if not question.count() or not question.locator("[data-answer]").count():
            break
        name = question.get_attribute("id")
        value = "2" if name in DENIED or "minor" in name else "1"
        question.locator(f'[data-answer="{value}"]').click()
        page.wait_for_function("id => !document.getElementById(id)", arg=name)
    rules = page.inner_text(".rules")
    assert "TAKE IT DOWN" in rules
    assert page.locator(".rule-applies").count() >= 1
    assert page.locator("#decide-rules input:checked").count() >= 1

    page.click("label[for=action-remove]")
    page.fill("#reason", "The person shown never agreed to this publication.")
    page.click("#decide-now")
    page.wait_for_selector(".in-force")
    assert "Decided: remove" in page.inner_text("#decide")

    page.click("a.button:has-text('Statement of reasons')")
    letter = page.inner_text("article")
    assert "The content was removed." in letter
    assert "never agreed to this publication" in letter
    assert "TAKE IT DOWN" in letter
    assert "Jane" not in letter

    page.goto(address.replace("/triage/", "/review/"))
    history = page.inner_text("article")
    assert "Nothing was altered" in history
    for words in ("A case was opened", "An analysis ended", "revealed", "A person decided: remove"):
        assert words in history, words

    page.goto(receipt.split("?")[0])
    assert "The content was removed." in page.inner_text("main")
    assert "How far" not in page.inner_text("main")


def test_a_reviewer_needs_nothing_but_the_keyboard(
    report: Callable[..., str], window: Callable[..., Any], admin: dict[str, Any], drawing: Path
) -> None:
    report(explanation="The day of the vote is wrong.", file=drawing, places="US-CA")
    page = window(storage_state=admin, accept="422")
    press = page.keyboard.press
    page.goto("/account/keys")
    page.click("text=Switch single keys on")
    page.goto("/triage")
    press("j")
    press("k")
    assert page.evaluate("document.activeElement.matches('[data-row-link]')")
    press("t")
    page.wait_for_url(re.compile(r"/triage/[0-9a-f-]{36}$"))
    page.wait_for_selector(ALL_IN, timeout=120_000)
    press("b")
    page.wait_for_selector(".stage-shown")
    assert page.evaluate("document.activeElement.id") == "reveal-1"
    press("g")
    assert page.get_attribute("[data-grey]", "aria-pressed") == "true"
    press("b")
    page.wait_for_selector(".stage-concealed")
    press("q")
    first = page.locator(".question").first.get_attribute("id")
    press("1")
    page.wait_for_function("id => !document.getElementById(id)", arg=first)
    announced(page, "Answered")
    assert page.evaluate("document.activeElement.closest('#law') !== null")
    press("e")
    announced(page, "You hold this case")
    press("l")
    assert page.is_checked("#action-label")
    press("y")
    assert page.evaluate("document.activeElement.id") == "reason"
    press("Control+Enter")
    page.wait_for_selector("#reason-error")
    assert page.is_checked("#action-label")
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.type("remove is typed here, and no letter acts")
    assert page.is_checked("#action-label")
    press("Control+Enter")
    page.wait_for_selector(".in-force")
    assert "Decided: label" in page.inner_text("#decide")
    page.goto("/account/keys")
    page.click("text=Switch single keys off")
    page.wait_for_selector("text=Single keys are off.")


def test_everything_works_without_scripts(
    take_newest: Callable[[Any], str],
    product: Any,
    window: Callable[..., Any],
    admin: dict[str, Any],
    drawing: Path,
) -> None:
    page = window(storage_state=admin, java_script_enabled=False, accept="422")
    page.goto("/report")
    page.check("#category-other")
    page.fill("#explanation", "Without scripts.")
    page.set_input_files("#file", str(drawing))
    page.click("#send")
    page.wait_for_url("**/status/**")
    assert "Keep this address" in page.inner_text("main")
    take_newest(page)
    for _ in range(60):
        if "All" in page.inner_text("#findings"):
            break
        page.wait_for_timeout(3000)
        page.reload()
    page.click("text=Take this case")
    page.click("text=Reveal the picture")
    assert page.locator(".stage-shown img").count() == 1
    page.locator(".question [value=false]").first.click()
    assert "1 fact known" in page.inner_text("#law") or "facts known" in page.inner_text("#law")
    page.click("#decide-now")
    assert "Choose an action." in page.inner_text("#decide")
    page.click("label[for=action-no_action]")
    page.fill("#reason", "Nothing is wrong with it.")
    page.click("#decide-now")
    assert "Decided: no action" in page.inner_text("#decide")


def test_the_form_keeps_the_file_when_something_is_missing(
    window: Callable[..., Any], drawing: Path
) -> None:
    page = window(accept="422")
    page.goto("/report")
    page.set_input_files("#file", str(drawing))
    page.fill("#explanation", "Kept words.")
    page.click("#send")
    page.wait_for_selector("#summary")
    assert page.evaluate("document.activeElement.id") == "summary"
    assert page.input_value("#explanation") == "Kept words."
    assert page.evaluate("document.getElementById('file').files.length") == 1
    page.check("#category-intimate")
    assert page.is_visible("#signature")
    page.check("#category-other")
    assert not page.is_visible("#signature")
    page.click("#send")
    page.wait_for_url("**/status/**")


def test_no_page_scrolls_sideways_on_a_small_phone(
    take_newest: Callable[[Any], str],
    report: Callable[..., str],
    window: Callable[..., Any],
    admin: dict[str, Any],
    drawing: Path,
) -> None:
    receipt = report(
        explanation="W" * 120, file=drawing, places="US-CA",
        url="https://example.org/" + "a" * 300,
    )  # fmt: skip
    phone = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
    stranger, page = window(**phone), window(storage_state=admin, **phone)
    take_newest(page)
    page.wait_for_selector(ALL_IN, timeout=120_000)
    case = page.url
    page.click("label[for=action-label]")
    page.fill("#reason", "W" * 120)
    page.click("#decide-now")
    page.wait_for_selector(".in-force")
    review = case.replace("/triage/", "/review/")
    visits = [
        *((stranger, address) for address in ("/", "/report", receipt, "/sign-in")),
        *((page, address) for address in (case, "/triage", "/triage?show=decided", "/password")),
        *((page, address) for address in (review, f"{review}/statement")),
    ]
    for visitor, address in visits:
        visitor.goto(address)
        for fold in visitor.query_selector_all("main details:not([open]) > summary"):
            fold.evaluate("summary => summary.parentElement.open = true")
        wide = visitor.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, (address, wide)
        small = visitor.evaluate(
            "[...document.querySelectorAll('main button, main .button, main .action, main select')]"
            ".filter(e => e.offsetParent && !e.matches('.plain'))"
            ".filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"
        )
        assert not small, (address, small)
