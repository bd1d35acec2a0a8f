"""From a case to a bundle that a stranger checks, and to counsel who only reads."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_case_leaves_as_a_bundle_and_counsel_reads_it(
    report: Callable[..., str], window: Callable[..., Any], admin: dict[str, Any], drawing: Path,
    take_newest: Callable[[Any], str], tmp_path: Path,
) -> None:  # fmt: skip
    report(explanation="The day of the vote is wrong.", file=drawing, places="US-CA")
    page = window(storage_state=admin)
    take_newest(page)
    page.wait_for_selector("text=/All \\d+ findings are in/", timeout=120_000)
    page.click(".case-tools a:has-text('Bundle')")
    page.fill("#recipient", "The court")
    page.fill("#purpose", "Appeal 7/26")
    page.click("#make-bundle")
    page.wait_for_selector("text=Ready", timeout=120_000)
    with page.expect_download() as fetched:
        page.click("text=/Download, /")
    path = tmp_path / "case.zip"
    fetched.value.save_as(path)

    with zipfile.ZipFile(path) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/verify.py"))
        (tmp_path / "verify.py").write_bytes(archive.read(name))
    checked = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    states = {row["check"]: row["state"] for row in json.loads(checked.stdout)["checks"]}
    assert states["files"] == states["log"] == states["checkpoint"] == "passed"

    page.fill("#label", "Firm and Partner")
    page.fill("#days", "7")
    page.click("#make-address")
    address = page.inner_text("#counsel-address")
    counsel = window()
    counsel.goto(address)
    assert "Nothing was altered" in counsel.inner_text("article")
    assert counsel.locator("main form").count() == 0
    page.click("text=Close it now")
    page.wait_for_selector("text=No address is open")

    page.click("a:has-text('History')")
    page.click(".kinds a:has-text('Who saw what')")
    history = page.inner_text(".replay")
    for words in ("evidence bundle of the case", "was handed out", "Outside counsel read the case"):
        assert words in history, words
    page.locator(".event-raw summary").first.click()
    assert page.locator(".event-raw[open] .raw dt").count() >= 2


def test_both_pages_work_at_360_pixels(
    report: Callable[..., str],
    window: Callable[..., Any],
    admin: dict[str, Any],
    take_newest: Callable[[Any], str],
) -> None:
    report(explanation="Small.", url="https://a.example/1")
    page = window(storage_state=admin, viewport={"width": 360, "height": 800})
    case = take_newest(page).rsplit("/", 1)[1]
    addresses = (
        f"/review/{case}", f"/review/{case}/bundles", "/review/law",
        "/review/law/us-take-it-down", "/review/law/what-if?pack=us-take-it-down",
    )  # fmt: skip
    for address in addresses:
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{address} is {wide} pixels wide"
