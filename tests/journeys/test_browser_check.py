"""A stranger checks a file in a browser, with and without scripts; nothing of it stays."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CHAIN = "media/c2pa/contentauth__tools__testing__fixtures__images__CAICAI.jpg"
READ = ".deeper"
QUICK_SECONDS = 60.0
"""Generous: the machine that runs this does other things. The page's own goal is one second."""


@pytest.fixture
def chain(shared: Path) -> Path:
    file = shared / CHAIN
    if not file.is_file():
        pytest.skip("The folder of reference media has no C2PA files.")
    return file


def test_a_file_is_dropped_and_tells_its_history(window: Callable[..., Any], chain: Path) -> None:
    page = window()
    page.goto("/check")
    started = time.monotonic()
    page.set_input_files("#file", str(chain))
    page.wait_for_selector("#answer-title")
    assert time.monotonic() - started < QUICK_SECONDS
    assert page.inner_text("#answer-title") == "Credentials that do not hold"
    assert "claims to be Adobe, Inc." in page.inner_text(".summary")
    page.wait_for_selector(READ, state="detached", timeout=120_000)

    assert page.locator(".tree .node").count() == 6
    page.wait_for_function(
        "() => [...document.querySelectorAll('.node img')].every(one => one.naturalWidth > 50)"
    )
    cut = page.locator("[data-cut]")
    half = float(cut.get_attribute("width"))
    page.locator("#compare-at").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert float(cut.get_attribute("width")) > half
    page.click(".compare-with a:has-text('I.jpg')")
    page.wait_for_url(re.compile(r"compare="))
    assert "I.jpg" in page.inner_text("#compare")

    page.click("summary:has-text('By trust list')")
    assert "C2PA" in page.inner_text(".listed") or "Interim" in page.inner_text(".listed")
    page.click("summary:has-text('Certificates and time-stamp')")
    assert "SHA-256" in page.inner_text(".chain >> nth=0")
    with page.expect_download() as download:
        page.click("a:has-text('Everything as JSON')")
    assert download.value.suggested_filename.endswith(".json")
    page.click("button:has-text('Keep it for')")
    page.wait_for_selector("text=as you asked")
    page.click("button:has-text('Delete it now')")
    page.wait_for_url("**/check?gone")
    assert "Nothing of that file is left here" in page.inner_text(".notice")


def test_it_works_without_scripts(window: Callable[..., Any], drawing: Path) -> None:
    page = window(java_script_enabled=False)
    page.goto("/check")
    page.set_input_files("#file", str(drawing))
    page.click("#check-send")
    assert page.inner_text("#answer-title") == "No Content Credentials"
    assert "fake" not in page.inner_text("main").lower()
    deadline = time.monotonic() + 120
    while page.locator(READ).count() and time.monotonic() < deadline:
        time.sleep(1.5)
        page.click("text=Look again")
    assert "Watermarks" in page.inner_text("main")
    assert page.locator(".looked img").count() == 1


def test_a_hostile_file_does_nothing(window: Callable[..., Any], tmp_path: Path) -> None:
    page = window()
    page.goto("/check")
    file = tmp_path / "<img src=x onerror=alert(1)>.svg"
    file.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    page.set_input_files("#file", str(file))
    page.wait_for_selector("#answer-title, h1:has-text('could not be read')", timeout=120_000)
    page.wait_for_selector(READ, state="detached", timeout=120_000)
    assert page.locator("main img[src=x]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone(window: Callable[..., Any], chain: Path, scheme: str) -> None:
    page = window(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page.goto("/check")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_input_files("#file", str(chain))
    page.wait_for_selector("#answer-title")
    page.wait_for_selector(READ, state="detached", timeout=120_000)
    for summary in page.locator("details > summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
